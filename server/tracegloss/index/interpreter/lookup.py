"""What a plain name stands for in its scope, and what a module of the tree exports."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.index.interpreter.expressions import union
from tracegloss.index.interpreter.names import as_text
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import MODULE, Bound, Defined, FileScopes
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    External,
    Folder,
    Frame,
    Instance,
    Module,
    Plain,
    Scope,
    Sequence,
    Table,
    Unknown,
    Value,
)
from tracegloss.matcher import matcher
from tracegloss.syntax.facts import Assignment, Definition, Entries, Expression, Import, Parameter

# A file that puts more into one mapping writes data, and every use would carry all of it.
_MAX_STORED = 256


def lookup(reader: Reader, name: str, scope: Scope) -> Values:
    """Find a name as Python would: own scope, functions around, module; else outside the tree."""
    scopes = reader.scopes(scope.path)
    if scopes is None:
        return (Unknown(name),)
    for level, frame in _levels(scopes, scope):
        told = _bound_in(reader, frame, scope.path, level, name)
        if told is not None:
            return told
        found = scopes.names.get(level, {}).get(name)
        if found:
            if level == MODULE and reader.is_changed(f"{_module_stem(scope.path)}.{name}"):
                reader.assume()
            at = Scope(scope.path, level, frame)
            if at != scope:  # one question, from wherever it is asked
                return reader.lookup(name, at)
            inside = _before_rebinding(reader, found, name, at)
            return union(
                _meaning(reader, scopes, each, inside if isinstance(each, Assignment) else at)
                for each in found
            )
    if name == "mlflow":  # imported in another function and handed over by `global`
        return (External(name),)
    return star_imported(reader, scopes, scope.path, name) or (External(f"builtins.{name}"),)


def _before_rebinding(reader: Reader, found: list[Bound], name: str, scope: Scope) -> Scope:
    """Let `name = trace(name)` mean the function that was defined under the name before."""
    defined = [each for each in found if isinstance(each, Defined)]
    if not defined or len(defined) == len(found) or scope.definition == MODULE:
        return scope
    values = union(reader.decorated(scope.path, each.definition, scope.frame) for each in defined)
    around = scope.frame
    is_own = around is not None and around.definition == scope.definition
    bound = dict(around.bound) if around is not None and is_own else {}
    outer = around.outer if around is not None and is_own else around
    frame = Frame(scope.path, scope.definition, {**bound, name: values}, outer)
    return Scope(scope.path, scope.definition, frame)


def _module_stem(path: str) -> str:
    return path.removesuffix("/__init__.py").rpartition("/")[2].removesuffix(".py")


def _bound_in(
    reader: Reader, frame: Frame | None, path: str, level: int, name: str
) -> Values | None:
    """Give what a frame binds a name of its own scope to: an argument, or one turn of a loop."""
    if frame is None or frame.definition != level or frame.path != path:
        return None
    if name in frame.assumed:
        reader.assume()
    return frame.bound.get(name)


def _levels(scopes: FileScopes, scope: Scope) -> Iterator[tuple[int, Frame | None]]:
    """Yield the scopes a name is searched in; class bodies count for code directly in them."""
    level = scope.definition
    frame = scope.frame
    while level != MODULE:
        here = frame
        while here is not None and not (here.path == scope.path and here.definition == level):
            here = here.outer
        if level == scope.definition or scopes.definition(level).kind != "class":
            yield level, here if here is not None else frame
        level = scopes.outer(level)
    yield MODULE, scope.frame if scope.definition == MODULE else None


def _meaning(reader: Reader, scopes: FileScopes, bound: Bound, scope: Scope) -> Values:
    match bound:
        case Import():
            return imported(reader, scope.path, bound)
        case Defined(definition):
            return reader.decorated(scope.path, definition, scope.frame)
        case Assignment():
            return _assigned(reader, scopes, bound, scope)
        case Parameter():
            return _parameter(reader, scopes, bound, scope)


def _assigned(reader: Reader, scopes: FileScopes, bound: Assignment, scope: Scope) -> Values:
    told = tuple(_moved(v) for v in reader.evaluate(bound.value, scope))
    entries = scopes.entries_of(bound.target, scope.definition)
    if entries and any(isinstance(value, Table | Unknown) for value in told):
        told = (_with_entries(told, reader.stored(bound.target, scope)),)
    if bound.annotation and all(isinstance(v, Unknown | Argument) for v in told):
        return annotated(reader, bound.annotation, scope) or told
    return told


def _with_entries(told: Values, stored: Values) -> Table:
    """Join what a mapping begins with and what is put into it."""
    held = [entry for value in told if isinstance(value, Table) for entry in value.entries]
    for value in stored:
        held.extend(value.entries if isinstance(value, Table) else ((None, (value,)),))
    return Table(tuple(held))


def stored(reader: Reader, name: str, scope: Scope) -> Values:
    """Tell what `name[key] = value` puts into a scope's mapping anywhere in its file.

    One question however often the name is bound: each answer to it holds all that is put.
    """
    scopes = reader.scopes(scope.path)
    entries = [] if scopes is None else scopes.entries_of(name, scope.definition)
    held: list[tuple[str | None, Values]] = []
    for entry in entries[:_MAX_STORED]:
        at = Scope(scope.path, entry.scope)
        keys = reader.evaluate(entry.key, at) if entry.key is not None else ()
        values = reader.evaluate(entry.value, at)
        held.extend((as_text(key), values) for key in keys or (Unknown("key"),))
    if len(entries) > _MAX_STORED:
        held.append((None, (Unknown("..."),)))
    return (Table(tuple(held)),)


def _moved(value: Value) -> Value:
    """Note that a literal was read elsewhere than where it is used."""
    if isinstance(value, Plain) and value.origin == "literal":
        return Plain(value.value, "constant")
    return value


def imported(reader: Reader, importer: str, bound: Import) -> Values:
    """Tell what one import binds."""
    if bound.name is None:
        if bound.asname:
            return module(reader, importer, bound.module)
        return module(reader, importer, bound.module.partition(".")[0])
    if bound.name == "*":
        return (Unknown("*"),)
    return imported_name(reader, importer, bound.module, bound.name)


def module(reader: Reader, importer: str, dotted: str) -> Values:
    """Tell what a module name means in a file."""
    if dotted.partition(".")[0] == "mlflow":
        return (External(dotted),)
    files = reader.modules.resolve(importer, dotted)
    if files:
        return tuple(Module(path) for path in files)
    if reader.modules.is_folder(dotted):
        return (Folder(importer, dotted),)
    return (External(dotted),)


def imported_name(reader: Reader, importer: str, dotted: str, name: str) -> Values:
    """Tell what `from dotted import name` binds."""
    if dotted.partition(".")[0] == "mlflow":
        return (External(f"{dotted}.{name}"),)
    files = reader.modules.resolve(importer, dotted)
    found = union(reader.exported(path, name) for path in files) if files else ()
    if not all(isinstance(value, Unknown) for value in found):
        return found
    joined = f"{dotted}{name}" if dotted.endswith(".") else f"{dotted}.{name}"
    submodules = reader.modules.resolve(importer, joined)
    return tuple(Module(path) for path in submodules) or found or (External(joined),)


def exported(reader: Reader, path: str, name: str) -> Values:
    """Tell what a name of a module stands for: own, re-exported, lazy, or a submodule."""
    scopes = reader.scopes(path)
    if scopes is None:
        return (Unknown(f"{path}:{name}"),)
    found = scopes.names.get(MODULE, {}).get(name)
    if found:
        at = Scope(path, MODULE)
        return union(_meaning(reader, scopes, bound, at) for bound in found)
    handed_on = _lazily_exported(reader, scopes, path, name) or star_imported(
        reader, scopes, path, name
    )
    if handed_on:
        return handed_on
    submodules = reader.modules.resolve(path, f".{name}") if path.endswith("__init__.py") else ()
    return tuple(Module(sub) for sub in submodules) or (Unknown(name, attribute=name),)


def star_imported(reader: Reader, scopes: FileScopes, path: str, name: str) -> Values:
    """Look a name up in the modules a file imports everything from."""
    for bound in scopes.names.get(MODULE, {}).get("*", ()):
        if not isinstance(bound, Import):
            continue
        if bound.module.partition(".")[0] == "mlflow":
            continue
        for target in reader.modules.resolve(path, bound.module):
            found = reader.exported(target, name) if target != path else ()
            if found and not all(isinstance(value, Unknown) for value in found):
                return found
    return ()


def _lazily_exported(reader: Reader, scopes: FileScopes, path: str, name: str) -> Values:
    """Follow a module's `__getattr__` that reads a dict of strings: `{"traced": ".tracing"}`."""
    if "__getattr__" not in scopes.names.get(MODULE, {}):
        return ()
    for assignment in scopes.facts.assignments:
        if assignment.scope != MODULE or not isinstance(assignment.value, Entries):
            continue
        for table in reader.evaluate(assignment.value, Scope(path, MODULE)):
            if isinstance(table, Table) and table.get(name):
                return _lazy_target(reader, path, name, table.get(name))
    return ()


def _lazy_target(reader: Reader, path: str, name: str, values: Values) -> Values:
    texts = [v.value for v in _flat(values) if isinstance(v, Plain) and isinstance(v.value, str)]
    if not texts:
        return ()
    target, exported_as = texts[0], texts[1] if len(texts) > 1 else name
    for separator in (":", "."):
        head, found, tail = target.rpartition(separator)
        if found and tail == exported_as and head:
            target = head
            break
    for attempt in (target, f".{target}"):
        files = reader.modules.resolve(path, attempt)
        if files:
            return union(reader.exported(file, exported_as) for file in files)
    return ()


def _flat(values: Values) -> Iterator[Value]:
    for value in values:
        if isinstance(value, Sequence):
            for item in value.items:
                yield from item
        else:
            yield value


def _parameter(reader: Reader, scopes: FileScopes, parameter: Parameter, scope: Scope) -> Values:
    frame = scope.frame
    definition = scopes.definition(scope.definition)
    itself = _itself(scopes, definition, parameter, scope)
    if itself is not None:
        return (itself,)
    told: list[Value] = []
    if parameter.default is not None:
        at = Scope(scope.path, definition.scope, None if frame is None else frame.outer)
        told.extend(_moved(value) for value in reader.evaluate(parameter.default, at))
    typed = annotated(reader, parameter.annotation, Scope(scope.path, definition.scope))
    if parameter.kind in {"plain", "positional-only", "keyword-only"}:
        told.extend(typed or (Argument(scope.path, scope.definition, parameter.name),))
    else:
        told.append(Argument(scope.path, scope.definition, parameter.name))
    return union([tuple(told)])


def _itself(
    scopes: FileScopes, definition: Definition, parameter: Parameter, scope: Scope
) -> Value | None:
    """Tell what `self` and `cls` are."""
    if not scopes.is_method(scope.definition) or definition.parameters[0] != parameter:
        return None
    names = {d.expression.dotted for d in definition.decorators if hasattr(d.expression, "dotted")}
    if "staticmethod" in names:
        return None
    owner = Class(scope.path, definition.scope)
    return owner if "classmethod" in names else Instance(owner, exact=False)


_DOTTED = matcher(r"[A-Za-z_][\w.]*")
_CONTAINERS = matcher(
    r"^(?:typing\.)?(?:list|List|tuple|Tuple|set|Set|frozenset|Sequence|Iterable|Iterator|Collection)\["
)
_MAPPINGS = matcher(r"^(?:typing\.)?(?:dict|Dict|Mapping|MutableMapping|defaultdict|OrderedDict)\[")


def annotated(reader: Reader, annotation: str | None, scope: Scope) -> Values:
    """Tell which objects of the tree's classes an annotation lets a value be, if any."""
    if annotation is None:
        return ()
    text = annotation.strip().strip("'\"")
    if text.startswith(("type[", "Type[", "Callable", "typing.Callable")):
        return ()
    instances = tuple(dict.fromkeys(_instances(reader, text, scope)))
    if not instances:
        return ()
    if _CONTAINERS.match(text):
        return (Sequence((instances,)),)
    if _MAPPINGS.match(text):
        return (Table(((None, instances),)),)
    return instances


def _instances(reader: Reader, text: str, scope: Scope) -> Iterator[Value]:
    for dotted in _DOTTED.findall(text):
        head, *rest = dotted.split(".")
        values = reader.lookup(head, scope)
        for attribute in rest:
            values = union(reader.attribute(value, attribute) for value in values)
        for value in values:
            if isinstance(value, Class) or (
                isinstance(value, External) and value.dotted.startswith("mlflow")
            ):
                yield Instance(value, exact=False)


def default_of(reader: Reader, expression: Expression, scope: Scope) -> Values:
    """Evaluate a default value, which stands elsewhere than where it is used."""
    return tuple(_moved(value) for value in reader.evaluate(expression, scope))
