"""The page of the protocol names every method, parameter, state and setting."""

from __future__ import annotations

import typing

import msgspec
import pytest

from tests.conftest import REPOSITORY
from tracegloss.lsp import options, protocol
from tracegloss.lsp.status import State

PAGE = (REPOSITORY / "docs" / "protocol.md").read_text("utf-8")
REQUESTS = protocol.REQUESTS
PARAMETERS = {f.encode_name for p in REQUESTS.values() for f in msgspec.structs.fields(p)}


@pytest.mark.parametrize(
    "names",
    [
        {*REQUESTS, protocol.STATUS, protocol.COMMAND_PIN, protocol.COMMAND_RELEASE},
        PARAMETERS,
        set(typing.get_args(State)),
        set(options.SETTINGS),
    ],
    ids=["methods", "parameters", "states", "settings"],
)
def test_the_page_names_all(names: set[str]) -> None:
    assert {name for name in names if f"`{name}`" not in PAGE} == set()
