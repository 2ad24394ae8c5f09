"""How much each piece of evidence weighs in the choice of the best assignment.

The numbers order hypotheses and nothing else: confidence comes from the kinds of evidence and from
the gap to the next best assignment, never from a sum. They are whole, so that ties are exact.
"""

from __future__ import annotations

from typing import Final

NOWHERE: Final = -1
"""The place of "no site of this index" among the candidates of a span."""

FUNCTION_NAME: Final = 2
LITERAL_NAME: Final = 6
DEFAULT_NAME: Final = 3
PATTERN_NAME: Final = 2
SHORT_PATTERN_NAME: Final = 1
UNTOLD_NAME: Final = -1
OTHER_NAME: Final = -12

SAME_PARAMETERS: Final = 6
SAME_KEYWORDS: Final = 4
SOME_PARAMETERS: Final = -5
OTHER_PARAMETERS: Final = -9

SAME_TYPE: Final = 1
OTHER_TYPE: Final = -3
SAME_ATTRIBUTE: Final = 3
OTHER_ATTRIBUTE: Final = -3
OTHER_ARGUMENT: Final = -40
SAME_DESCRIPTION: Final = 3
SAME_VALUES: Final = 3
OTHER_VALUES: Final = -8
STREAMED: Final = 2
OTHER_LIBRARY: Final = -3
RULED: Final = 8

PINNED: Final = 100
PINNED_ELSEWHERE: Final = -60
UNVERIFIED_FRAME: Final = 6
UNVERIFIED_ELSEWHERE: Final = -6

CALLED: Final = 10
GUESSED_CALL: Final = 6
ASSUMED_CALL: Final = 3
REPEATED_CALL: Final = 5
ANY_CALL: Final = 3
SKIPPED_CALL: Final = -1
EARLY_RETURN: Final = -2

DECISIVE_GAP: Final = 4
"""A smaller lead over the next best site cannot carry more than weak confidence."""

HORIZON: Final = 40
"""Assignments that far behind the best one are not looked at any more."""

MOST_CANDIDATES: Final = 24
