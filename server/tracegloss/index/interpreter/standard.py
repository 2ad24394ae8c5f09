"""What callables of the standard library give, as far as tracing code relies on them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from tracegloss.index.interpreter.dressing import seen
from tracegloss.index.interpreter.expressions import element, union
from tracegloss.index.interpreter.lookup import module
from tracegloss.index.interpreter.names import as_text, string_method
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.values import (
    Class,
    Function,
    Given,
    Instance,
    Member,
    Partial,
    Plain,
    Sequence,
    Spot,
    Table,
    Traced,
    Unknown,
    Value,
    Wraps,
)


def dress(reader: Reader, value: Value, of: Value) -> Value:
    """Dress a function up as another, as `functools.wraps` does."""
    if isinstance(value, Function):
        as_seen = seen(reader, of)
        own = seen(reader, value)
        if as_seen is not None and own is not None:
            as_seen = replace(as_seen, is_generator=own.is_generator)
        return replace(value, seen=as_seen)
    return value


def plain_method(of: Value, name: str, given: tuple[Given, ...]) -> Values:
    """Tell what a method of a literal, a sequence or a mapping gives."""
    if isinstance(of, Table) and name in {"get", "pop", "setdefault"} and given:
        found = element_or_none(of, given[0].values)
        default = given[1].values if len(given) > 1 else ()
        if None in map(as_text, given[0].values):
            return union((found, default))
        return found or default or (Plain(None),)
    if isinstance(of, Table) and name in {"values", "copy"}:
        return (Sequence((of.all(),)),) if name == "values" else (of,)
    if isinstance(of, Table) and name == "items":
        return (Sequence(tuple((_pair(key, values),) for key, values in of.entries)),)
    if isinstance(of, Table) and name == "keys":
        return (of,)
    if isinstance(of, Plain | Member):
        values = [v for argument in given for v in argument.values[:1]]
        folded = string_method(of, name, values)
        if folded is not None:
            return (folded,)
    return (Unknown(f"{name}()"),)


def _pair(key: str | None, values: Values) -> Sequence:
    name = Unknown("key") if key is None else Plain(key, "constant")
    return Sequence(((name,), values))


def element_or_none(table: Table, keys: Values) -> Values:
    """Look known keys up in a mapping; empty when it has none of them."""
    texts = [as_text(key) for key in keys]
    if None in texts:
        return element(table, keys)
    return tuple(v for text in texts if text is not None for v in table.get(text))


def _first(given: tuple[Given, ...]) -> Values:
    return given[0].values if given else (Unknown(""),)


def _get_attribute(reader: Reader, given: tuple[Given, ...], _: Spot) -> Values:
    if len(given) < 2:
        return (Unknown("getattr"),)
    names = [as_text(name) for name in given[1].values]
    known = [name for name in names if name is not None]
    if not known:
        return (Unknown("getattr"),)
    return union(reader.attribute(v, name) for v in given[0].values for name in known)


def _import_module(reader: Reader, given: tuple[Given, ...], spot: Spot) -> Values:
    names = [as_text(value) for value in _first(given)]
    return union(module(reader, spot.path, name) for name in names if name)


def _classes_of(reader: Reader, given: tuple[Given, ...], _: Spot) -> Values:
    return union(
        reader.attribute(value, "__class__") if isinstance(value, Instance) else (Unknown("type"),)
        for value in _first(given)
    )


def _partial(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    return tuple(Partial(value, given[1:]) for value in _first(given))


def _managed(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    return tuple(replace(v, managed=True) if isinstance(v, Function) else v for v in _first(given))


def _update_wrapper(reader: Reader, given: tuple[Given, ...], _: Spot) -> Values:
    if len(given) < 2:
        return _first(given)
    return tuple(dress(reader, value, given[1].values[0]) for value in given[0].values)


def _table(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    spread = [v for argument in given for v in argument.values if isinstance(v, Table)]
    named = [(a.keyword, a.values) for a in given if a.keyword not in {None, "*", "**"}]
    return (Table((*(entry for table in spread for entry in table.entries), *named)),)


def _as_it_is(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    return _first(given)


def _wraps(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    return tuple(Wraps(value) for value in _first(given))


def _caching(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    functions = [v for v in _first(given) if isinstance(v, Function | Traced | Class)]
    return tuple(functions) or (Unknown("cache"),)


STANDARD: dict[str, Callable[[Reader, tuple[Given, ...], Spot], Values]] = {
    "functools.wraps": _wraps,
    "functools.update_wrapper": _update_wrapper,
    "functools.partial": _partial,
    "functools.lru_cache": _caching,
    "functools.cache": _caching,
    "contextlib.contextmanager": _managed,
    "contextlib.asynccontextmanager": _managed,
    "importlib.import_module": _import_module,
    "builtins.__import__": _import_module,
    "builtins.getattr": _get_attribute,
    "builtins.type": _classes_of,
    "builtins.dict": _table,
    **{
        f"builtins.{name}": _as_it_is
        for name in ("staticmethod", "classmethod", "property", "list", "tuple", "str", "iter")
    },
    **{
        f"builtins.{name}": _as_it_is for name in ("sorted", "reversed", "set", "enumerate", "next")
    },
    "typing.cast": lambda _, given, __: given[1].values if len(given) > 1 else (Unknown("cast"),),
}
