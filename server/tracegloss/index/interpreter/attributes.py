"""What a member of a value may be: methods along the bases, attributes, enum members."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tracegloss.index.interpreter.expressions import union
from tracegloss.index.interpreter.lookup import annotated, module
from tracegloss.index.interpreter.names import owners_of
from tracegloss.index.interpreter.project_settings import put_on
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import Defined, FileScopes
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    External,
    Folder,
    Function,
    Instance,
    Marked,
    Member,
    Method,
    Module,
    Plain,
    Scope,
    Sequence,
    Spot,
    Super,
    Table,
    Text,
    Traced,
    Unknown,
    Value,
)
from tracegloss.syntax.facts import Assignment, Extent, Name, Opaque

_ENUMS = ("Enum", "StrEnum", "IntEnum", "Flag")
_ENTERED = {"__enter__", "__aenter__"}
_MAX_OVERRIDES = 16
_DEEPEST_MODULE = 5
_PROPERTIES = {"property", "cached_property", "functools.cached_property"}


def attribute(reader: Reader, value: Value, name: str) -> Values:
    """Tell what `value.name` may be; `Unknown(attribute=name)` when its type is not known."""
    if name in _ENTERED:
        return (value if isinstance(value, Instance) else Unknown("entered"),)
    if reader.is_changed(name):
        reader.assume()
    if name == "__module__":
        named = _module_names(value)
        if named:
            return named
    own = _own_name(reader, value, name)
    return _member(reader, value, name) if own is None else (own,)


def _member(reader: Reader, value: Value, name: str) -> Values:
    match value:
        case External(dotted):
            return (External(f"{dotted}.{name}"),)
        case Module(path):
            return reader.exported(path, name)
        case Folder(importer, dotted):
            joined = f"{dotted}.{name}".replace("..", ".") if dotted.strip(".") else dotted + name
            return module(reader, importer, joined) if joined else (Unknown(name),)
        case Class():
            return _class_member(reader, value, name)
        case Instance():
            return _object_member(reader, value, name)
        case Super(of, kind):
            return _inherited(reader, of, kind, name) or (External(f"builtins.object.{name}"),)
        case _:
            return (_untold_member(value, name),)


def _untold_member(value: Value, name: str) -> Value:
    """Give a member that the interpreter does not look into, or cannot."""
    is_none = isinstance(value, Plain) and value.value is None  # until something else is put there
    if isinstance(value, Plain | Text | Table | Sequence | Member) and not is_none:
        return Method(value, name)
    text = ""
    if isinstance(value, Argument):
        text = f"{value.name}."
    elif isinstance(value, Unknown):
        text = f"{value.text}."
    return Unknown(f"{text}{name}", attribute=name, owners=owners_of([value]))


_NAMES = {"__name__", "__qualname__"}


def _own_name(reader: Reader, value: Value, name: str) -> Value | None:
    """Read `fn.__name__`, `fn.__qualname__`, and what an enum member is called and holds."""
    if isinstance(value, Member):
        held = {"value": value.value, "_value_": value.value, "name": value.name}
        return Plain(held[name], "constant") if name in held else None
    if not isinstance(value, External | Function | Traced | Marked):
        return None
    if not isinstance(value, External) and name == "__wrapped__":
        return value
    if name not in _NAMES:
        return None
    while isinstance(value, Traced | Marked):
        if not isinstance(value.inner, External | Function | Class | Traced | Marked):
            return Unknown(name)
        if isinstance(value.inner, Class):
            return _class_name(reader, value.inner, name)
        value = value.inner
    if isinstance(value, External):
        return Plain(value.last, "function")
    return _function_name(reader, value, name)


def _module_names(value: Value) -> Values:
    """Give what a definition's module may be called: as a script, or from any folder above it.

    The root may lie in a package itself; of deep paths only the last name is told.
    """
    while isinstance(value, Traced | Marked):
        value = value.inner
    if not isinstance(value, Function | Class):
        return ()
    parts = value.path.removesuffix(".py").removesuffix("/__init__").split("/")
    script = Plain("__main__", "constant")
    if len(parts) > _DEEPEST_MODULE:
        return Text(("", parts[-1])), script
    dotted = [".".join(parts[start:]) for start in range(len(parts))]
    known = (Plain(name, "constant") for name in dotted)
    return *known, Text(("", f".{dotted[0]}")), script


def _function_name(reader: Reader, value: Function, name: str) -> Value:
    scopes = reader.scopes(value.path)
    if scopes is None:
        return Unknown(name)
    definition = scopes.definition(value.definition)
    if name == "__name__":
        return Plain(definition.name if value.seen is None else value.seen.name, "function")
    return Plain(definition.qualified_name, "constant")


def _class_name(reader: Reader, value: Class, name: str) -> Value:
    scopes = reader.scopes(value.path)
    if scopes is None:
        return Unknown(name)
    definition = scopes.definition(value.definition)
    return Plain(definition.name if name == "__name__" else definition.qualified_name, "constant")


def bases(reader: Reader, of: Class) -> Values:
    """List a class and what it inherits from, outside bases included, in Python's order (C3).

    Who asks a reader has what was found before.
    """
    named = list(dict.fromkeys(direct_bases(reader, of)))
    rest = [list(reader.bases(base)) if isinstance(base, Class) else [base] for base in named]
    rest.append(named)
    order: list[Value] = [of]
    while rest := [each for each in rest if each]:
        heads = [each[0] for each in rest]
        # Without a consistent order Python refuses the class; any order will do then.
        free = (head for head in heads if not any(head in each[1:] for each in rest))
        taken = next(free, heads[0])
        order.append(taken)
        rest = [[value for value in each if value != taken] for each in rest]
    return tuple(order)


def direct_bases(reader: Reader, of: Class) -> Iterator[Value]:
    """Yield the classes a class names as its bases, those outside the tree included."""
    scopes = reader.scopes(of.path)
    if scopes is None:
        return
    definition = scopes.definition(of.definition)
    at = Scope(of.path, definition.scope)
    for base in definition.bases:
        yield from (v for v in reader.evaluate(base, at) if isinstance(v, Class | External))


def is_enum(reader: Reader, of: Class) -> bool:
    """Tell whether a class is an enum."""
    return any(isinstance(base, External) and base.last in _ENUMS for base in reader.bases(of))


def _class_member(reader: Reader, of: Class, name: str) -> Values:
    if name in {"__name__", "__qualname__"}:
        return (_class_name(reader, of, name),)
    for base in reader.bases(of):
        found = _directly(reader, base, name) if isinstance(base, Class) else ()
        if found:
            if is_enum(reader, of):
                return tuple(_enum_member(value, name) for value in found)
            return found
        if isinstance(base, External) and base.dotted.startswith("mlflow"):
            return (External(f"{base.dotted}.{name}"),)
    return (Unknown(name, attribute=name),)


def _enum_member(value: Value, name: str) -> Value:
    if isinstance(value, Plain):
        return Member(name, value.value)
    if isinstance(value, Sequence) and value.items and isinstance(value.items[0][0], Plain):
        return Member(name, value.items[0][0].value)
    if isinstance(value, Unknown | External | Instance):
        return Member(name, name.lower())
    return value


def _directly(reader: Reader, of: Class, name: str) -> Values:
    """Give a member from a class body itself."""
    scopes = reader.scopes(of.path)
    if scopes is None:
        return ()
    at = Scope(of.path, of.definition)
    found: list[Values] = []
    for bound in scopes.names.get(of.definition, {}).get(name, ()):
        if isinstance(bound, Defined):
            found.append(reader.decorated(of.path, bound.definition, None))
        elif isinstance(bound, Assignment) and bound.value != Opaque(""):
            values = reader.evaluate(bound.value, at)
            if bound.annotation is not None and all(map(_is_outside, values)):
                # `baskets: list[Basket] = field(default_factory=list)`
                values = annotated(reader, bound.annotation, at) or values
            found.append(tuple(_constant(value) for value in values))
    return union(found) if found else ()


def _is_outside(value: Value) -> bool:
    if isinstance(value, Instance):
        return isinstance(value.of, External)
    return isinstance(value, Unknown | External)


def _constant(value: Value) -> Value:
    return replace(value, origin="constant") if isinstance(value, Plain) else value


def _inherited(reader: Reader, of: Class, kind: Class | None, name: str) -> Values:
    """Give what `super()` in a class finds on an object of a kind, or of any kind there is.

    Python goes on behind the class in the order of the object's own class, so that a mixin finds
    what stands beside it there.
    """
    kinds = (kind,) if kind is not None else (of, *reader.subclasses(of))
    if len(kinds) > _MAX_OVERRIDES:
        reader.assume()
    found: dict[Value, None] = {}
    for each in kinds[:_MAX_OVERRIDES]:
        receiver = Instance(of, exact=False) if kind is None else Instance(kind)
        for value in _behind(reader, of, each, name):
            found[bind(value, receiver)] = None
    return tuple(found)


def _behind(reader: Reader, of: Class, kind: Class, name: str) -> Values:
    order = reader.bases(kind)
    for base in order[order.index(of) + 1 :] if of in order else ():
        told = _directly(reader, base, name) if isinstance(base, Class) else ()
        if told:
            return told
    return ()


def _object_member(reader: Reader, value: Instance, name: str) -> Values:
    of = value.of
    if isinstance(of, External):
        object_ = "" if of.dotted.startswith("mlflow") or of.dotted.endswith("()") else "()"
        return (External(f"{of.dotted}{object_}.{name}"),)
    told = put_on(reader, value, name)
    if told:
        return told
    if name == "__class__":
        return (of,) if value.exact else (of, *reader.subclasses(of))
    found = _along_bases(reader, value, of, name)
    if not value.exact:
        below = reader.subclasses(of)
        if len(below) > _MAX_OVERRIDES:
            reader.assume()
        known = reader.bases(of)
        for each in below[:_MAX_OVERRIDES]:
            found.extend(_overriding(reader, each, known, name))
    return union(found) if found else _from_outside(reader, of, name)


def _overriding(reader: Reader, below: Class, known: Values, name: str) -> list[Values]:
    """Give what objects of a class below have in place of what the `known` classes give."""
    for base in reader.bases(below):
        if base in known:
            return []
        found = _members(reader, Instance(below), base, name) if isinstance(base, Class) else []
        if found:
            return found
    return []


def _along_bases(reader: Reader, value: Instance, of: Class, name: str) -> list[Values]:
    for base in reader.bases(of):
        found = _members(reader, value, base, name) if isinstance(base, Class) else []
        if found:
            return found
    return []


def _from_outside(reader: Reader, of: Class, name: str) -> Values:
    """Give a member that only a base outside the tree can have."""
    for base in reader.bases(of):
        if isinstance(base, External) and base.dotted.startswith("mlflow"):
            return (External(f"{base.dotted}.{name}"),)
    return (Unknown(f"self.{name}", attribute=name),)


def _members(reader: Reader, value: Instance, of: Class, name: str) -> list[Values]:
    """Give what a class itself says of a member of its objects."""
    found: list[Values] = []
    scopes = reader.scopes(of.path)
    if scopes is None:
        return found
    direct = _directly(reader, of, name)
    if direct:
        found.append(_bound(reader, scopes, of, direct, value, name))
    assignments = scopes.attributes.get(of.definition, {}).get(name, ())
    found.extend(_assigned(reader, of, assignment, value) for assignment in assignments)
    if not found:
        typed = _typed(reader, scopes, of, name)
        if typed:
            found.append(typed)
    return found


def _bound(
    reader: Reader, scopes: FileScopes, of: Class, direct: Values, value: Instance, name: str
) -> Values:
    bound = tuple(bind(member, value) for member in direct)
    for member in bound:
        if isinstance(member, Function) and member.path == of.path:
            definition = scopes.definition(member.definition)
            written = {
                d.expression.dotted for d in definition.decorators if isinstance(d.expression, Name)
            }
            if written & _PROPERTIES and definition.name == name:
                return reader.apply(member, (), _nowhere(member))
    return bound


def _nowhere(member: Function) -> Spot:
    return Spot(member.path, Extent(0, 0, 0, 0))


def _assigned(reader: Reader, of: Class, assignment: Assignment, value: Instance) -> Values:
    frame = value.given
    if frame is None or (frame.path, frame.definition) != (of.path, assignment.scope):
        owner = value.of if isinstance(value.of, Class) else of
        frame = reader.constructed(owner, of.path, assignment.scope)
    at = Scope(of.path, assignment.scope, frame)
    told = tuple(_constant(found) for found in reader.evaluate(assignment.value, at))
    if assignment.annotation and all(isinstance(v, Unknown | Argument | Plain) for v in told):
        return annotated(reader, assignment.annotation, Scope(of.path, of.definition)) or told
    return told


def _typed(reader: Reader, scopes: FileScopes, of: Class, name: str) -> Values:
    """Read `name: Type` of a class body without a value, as dataclasses and models have it."""
    for bound in scopes.names.get(of.definition, {}).get(name, ()):
        if isinstance(bound, Assignment):
            return annotated(reader, bound.annotation, Scope(of.path, of.definition))
    return ()


def bind(value: Value, receiver: Instance | Class) -> Value:
    """Bind a method to the object or class it was taken from."""
    match value:
        case Function():
            return value if value.receiver is not None else replace(value, receiver=receiver)
        case Traced(_, inner) | Marked(_, _, inner):
            return replace(value, inner=bind(inner, receiver))
        case _:
            return value
