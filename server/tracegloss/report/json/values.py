"""Recorded values as the member IO: redacted, then cut to a bound of bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping

from msgspec import Struct

from tracegloss.recorded import JsonValue, RecordedText, RecordedValue
from tracegloss.report.json.members import Json
from tracegloss.report.options import ReportOptions
from tracegloss.wording.cutting import cut_bytes, cut_name
from tracegloss.wording.display import Display
from tracegloss.wording.printable import one_line

_BOUND = 2048
_MOST_KEYS = 50
_KEY_ROOM = 80


class ValueWriter(Struct):
    """Writes recorded values of one report and counts those it cut."""

    display: Display
    options: ReportOptions
    n_cut: int = 0

    def value(self, recorded: RecordedValue | None) -> Json:
        """Write an input or output; `None` when not recorded or not asked for."""
        if recorded is None or self.options.values == "none":
            return None
        value = self.display.value(recorded)
        if isinstance(value, str):
            return self._members(value, "text", None)
        keys = list(value)[:_MOST_KEYS] if isinstance(value, Mapping) else None
        return self._members(json.dumps(value, ensure_ascii=False, default=str), "json", keys)

    def text(self, recorded: RecordedText | None) -> Json:
        """Write a preview, which is text even when it looks like JSON."""
        if recorded is None or self.options.values == "none":
            return None
        return self._members(self.display.text(recorded), "text", None)

    def bounded(self, value: JsonValue) -> Json:
        """Write a redacted value as it is; one that is too large becomes its JSON text, cut."""
        text = json.dumps(value, ensure_ascii=False, default=str)
        if len(text) * 4 <= _BOUND or len(text.encode("utf-8", "replace")) <= _BOUND:
            decoded: Json = json.loads(text, parse_constant=str)
            return decoded
        self.n_cut += 1
        return cut_bytes(text, _BOUND)

    def string(self, recorded: RecordedText | None) -> str | None:
        """Write a recorded text in full up to the bound."""
        return None if recorded is None else self.plain(self.display.text(recorded))

    def plain(self, text: str) -> str:
        """Cut a redacted text to the bound."""
        kept = cut_bytes(text, _BOUND)
        self.n_cut += len(kept) < len(text)
        return kept

    def _members(self, text: str, form: str, keys: list[str] | None) -> Json:
        whole = self.options.values == "full"
        kept = text if whole else cut_bytes(text, _BOUND)
        is_cut = len(kept) < len(text)
        self.n_cut += is_cut
        return {
            "text": kept,
            "format": form,
            "bytes": len(text.encode("utf-8", "replace")),
            "cut": is_cut,
            "keys": None if keys is None else [cut_name(one_line(k), _KEY_ROOM) for k in keys],
        }
