"""The extension's copies of the server's names: methods, parameters, settings, commands."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tracegloss.lsp import options, protocol
from tracegloss.lsp.wire_names import camel

CLIENT = REPOSITORY / "editor-client"
MIRROR = (CLIENT / "src" / "protocol.ts").read_text("utf-8")
PACKAGE: dict[str, Any] = json.loads((CLIENT / "package.json").read_text("utf-8"))
CONSTANTS = dict(re.findall(r'export const (\w+) = "([^"]+)";', MIRROR))
ONLY_OURS = {"python"}
ONLY_THE_SERVERS = {"commandLinks"}


def interface(name: str) -> dict[str, bool]:
    """Read an interface as its members, each with whether it may be left out."""
    found = re.search(rf"export interface {name} \{{\n(.*?)\n\}}", MIRROR, re.DOTALL)
    assert found is not None, name
    return {
        member: bool(optional)
        for member, optional in re.findall(r"^  (\w+)(\??):", found[1], re.MULTILINE)
    }


def test_methods_are_the_servers() -> None:
    theirs = {
        name: value
        for name, value in vars(protocol).items()
        if isinstance(value, str) and value.startswith("tracegloss/")
    }
    assert theirs == CONSTANTS


@pytest.mark.parametrize("method", protocol.REQUESTS)
def test_parameters_are_the_servers(method: str) -> None:
    [constant] = [name for name, value in CONSTANTS.items() if value == method]
    mirrored = re.search(rf"\[{constant}\]: \{{\s*params: (\w+)", MIRROR)
    params = protocol.REQUESTS[method]
    assert mirrored is not None
    assert mirrored[1] == params.__name__
    required = len(params.__struct_fields__) - len(params.__struct_defaults__)
    assert interface(mirrored[1]) == {
        name: at >= required for at, name in enumerate(params.__struct_encode_fields__)
    }


def test_settings_are_the_servers() -> None:
    properties = PACKAGE["contributes"]["configuration"]["properties"]
    ours = {name.removeprefix("tracegloss."): each for name, each in properties.items()}
    assert set(ours) - ONLY_OURS == set(options.SETTINGS) - ONLY_THE_SERVERS
    defaults = {camel(name): getattr(options.Options(), name) for name in options.SETTINGS.values()}
    for name, each in ours.items():
        if name in defaults:
            assert (each["default"] or None) == (defaults[name] or None), name


def test_commands_that_links_run_are_there() -> None:
    server = (CLIENT / "src" / "server.ts").read_text("utf-8")
    linked = set(re.findall(r'"(tracegloss\.\w+)"', server.split("LINKED_COMMANDS")[1]))
    assert linked >= {protocol.COMMAND_PIN, protocol.COMMAND_RELEASE}
    commands = (CLIENT / "src" / "commands.ts").read_text("utf-8")
    for command in linked - {protocol.COMMAND_PIN, protocol.COMMAND_RELEASE}:
        assert f"    {command.removeprefix('tracegloss.')}: (" in commands


def test_every_command_is_of_one_category_and_does_something() -> None:
    contributed = PACKAGE["contributes"]["commands"]
    assert {each["category"] for each in contributed} == {"Tracegloss"}
    sources = "".join(
        (CLIENT / "src" / name).read_text("utf-8") for name in ("commands.ts", "setup.ts")
    )
    for each in contributed:
        name = each["command"].removeprefix("tracegloss.")
        assert re.search(rf"^      {name}: |^    {name}: ", sources, re.MULTILINE), name
