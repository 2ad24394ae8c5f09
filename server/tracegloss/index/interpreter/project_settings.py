"""What CrewAI's class decorator puts on a class: its files of settings, its agents and its tasks.

`@CrewBase` reads two YAML files beside the class, `config/agents.yaml` and `config/tasks.yaml`, or
those that the class attributes `agents_config` and `tasks_config` name, and fills `self.agents` and
`self.tasks` with what the methods under `@agent` and `@task` return. Source: `crewai.project`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import MODULE, Defined, last_name
from tracegloss.index.interpreter.values import (
    Class,
    External,
    Function,
    Instance,
    Plain,
    Scope,
    Sequence,
    Spot,
    Table,
)
from tracegloss.model.site import Place
from tracegloss.syntax.facts import Assignment
from tracegloss.text import Position, TextRange

_FILES = {"agents_config": "config/agents.yaml", "tasks_config": "config/tasks.yaml"}
_FILLED = {"agents": "agent", "tasks": "task"}


def put_on(reader: Reader, value: Instance, name: str) -> Values:
    """Give the member of an object that the decorator of its class makes, empty for any other."""
    of = value.of
    if not isinstance(of, Class) or not (name in _FILES or name in _FILLED):
        return ()
    if not any(_is_project(reader, each) for each in reader.bases(of) if isinstance(each, Class)):
        return ()
    if name in _FILES:
        return _settings(reader, of, name)
    return (Sequence(tuple(_made(reader, value, of, _FILLED[name]))),)


def key_place(reader: Reader, method: Scope, name: str, key: str) -> Place | None:
    """Find the line of a key in the settings that a method's class has under a name."""
    scopes = reader.scopes(method.path)
    if scopes is None or method.definition < 0 or name not in _FILES:
        return None
    path = _file(reader, Class(method.path, scopes.outer(method.definition)), name)
    told = reader.scopes(path) if path in reader.modules.files else None
    for each in told.facts.assignments if told is not None else ():
        if each.target == key:
            start, end = Position(each.line, 0), Position(each.line, len(key))
            return Place(path, TextRange(start, end))
    return None


def _is_project(reader: Reader, of: Class) -> bool:
    scopes = reader.scopes(of.path)
    if scopes is None:
        return False
    definition = scopes.definition(of.definition)
    outer = Scope(of.path, definition.scope)
    return any(
        isinstance(value, External) and value.dotted.startswith("crewai.")
        for decorator in definition.decorators
        if last_name(decorator.expression) == "CrewBase"
        for value in reader.evaluate(decorator.expression, outer)
    )


def _settings(reader: Reader, of: Class, name: str) -> Values:
    path = _file(reader, of, name)
    scopes = reader.scopes(path) if path in reader.modules.files else None
    if scopes is None:
        return ()
    keys = (each.target for each in scopes.facts.assignments)
    return (Table(tuple((key, reader.lookup(key, Scope(path, MODULE))) for key in keys)),)


def _file(reader: Reader, of: Class, name: str) -> str:
    """Name the file of settings of a class: what its own attribute says, else the usual one."""
    named = _FILES[name]
    scopes = reader.scopes(of.path)
    bound = scopes.names.get(of.definition, {}).get(name, ()) if scopes is not None else ()
    for each in bound:
        if isinstance(each, Assignment):
            told = reader.evaluate(each.value, Scope(of.path, of.definition))
            texts = [v.value for v in told if isinstance(v, Plain) and isinstance(v.value, str)]
            named = texts[0] if texts else named
    return posixpath.normpath(posixpath.join(posixpath.dirname(of.path), named))


def _made(reader: Reader, value: Instance, of: Class, decorator: str) -> Iterator[Values]:
    """Yield what the methods under a decorator return, in the order of the class."""
    scopes = reader.scopes(of.path)
    for bounds in scopes.names.get(of.definition, {}).values() if scopes is not None else ():
        for bound in bounds:
            if not isinstance(bound, Defined) or scopes is None:
                continue
            definition = scopes.definition(bound.definition)
            if decorator in {last_name(each.expression) for each in definition.decorators}:
                method = Function(of.path, bound.definition, receiver=value)
                yield reader.apply(method, (), Spot(of.path, definition.at))
