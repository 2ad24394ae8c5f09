"""Where the output's text came from, as far as its lengths may be told."""

from __future__ import annotations

import re

from tracegloss.model.finding import OutputOrigin
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display

_ONLY_A_LABEL = re.compile(r"\s*\[[a-z ]+ #\d+\]\s*")


def shown_origin(on_code: TraceOnCode, display: Display) -> OutputOrigin | None:
    """Return the origin of the output; nothing when a figure would be the length of a secret."""
    origin = on_code.examination.origin
    if origin is None:
        return None
    hidden = (_ONLY_A_LABEL.fullmatch(display.text(part.text)) for part in origin.parts)
    return None if any(hidden) else origin
