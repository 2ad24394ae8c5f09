"""Regular expressions that are compiled when they are first used.

A start would compile a hundred, and a report needs a few: which ones depends on what was recorded.
"""

from __future__ import annotations

import re
from typing import AnyStr, cast


class _Matcher:
    """Stands in for a compiled expression, whose methods it takes over one by one."""

    def __init__(self, source: str | bytes, flags: re.RegexFlag) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        found: object = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)
        return found


def matcher(source: AnyStr, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[AnyStr]:
    """Give a regular expression; one with a fault in it raises at its first use."""
    return cast("re.Pattern[AnyStr]", _Matcher(source, flags))
