"""What an editor may set, checked value by value: a wrong one keeps its default and is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tracegloss.lsp.wire_names import camel
from tracegloss.snapshot import Mode

SECTION = "tracegloss"


class Options(Struct, frozen=True):
    """Settings of the editor, section `tracegloss`; names there are in camel case.

    `show` says how sites are annotated. `command_links` tells that the client runs the commands
    `tracegloss.showSpan`, `.showStack`, `.openAsRan`, `.compareAsRan`, `.pinTrace` from links
    and lenses.
    """

    show: Mode = "inlay"
    tracking_uri: str | None = None
    experiment: str | None = None
    follow: Literal["auto", "on", "off"] = "auto"
    timeout_seconds: float = 10.0
    cache: bool = True
    command_links: bool = False


_SHAPES: Mapping[str, object] = {
    "show": Mode,
    "tracking_uri": str | None,
    "experiment": str | None,
    "follow": Literal["auto", "on", "off"],
    "timeout_seconds": Annotated[float, msgspec.Meta(gt=0, le=600)],
    "cache": bool,
    "command_links": bool,
}
SETTINGS = {camel(name): name for name in _SHAPES}


def read_options(sent: object, base: Options) -> tuple[Options, tuple[str, ...]]:
    """Lay what a client sent over `base`; the second part says what could not be used."""
    if sent is None:
        return base, ()
    if not isinstance(sent, Mapping):
        return base, ("the settings are no object",)
    wrong: list[str] = []
    for wire, value in sent.items():
        name = SETTINGS.get(wire)
        if name is None:
            continue
        if value is None or value == "":
            base = replace(base, **{name: getattr(Options(), name)})
            continue
        try:
            base = replace(base, **{name: msgspec.convert(value, _SHAPES[name])})
        except msgspec.ValidationError as error:
            wrong.append(f"{SECTION}.{wire}: {error}; its default is used")
            base = replace(base, **{name: getattr(Options(), name)})
    return base, tuple(wrong)
