"""Who inherits from a class, constructs one, or changes objects of others, in indexed files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from tracegloss.index.interpreter.attributes import direct_bases
from tracegloss.index.interpreter.reader import Reader
from tracegloss.index.interpreter.scopes import FileScopes, last_name
from tracegloss.index.interpreter.values import Argument, Class, Function


class FileRelations(Struct, frozen=True, array_like=True, gc=False):
    """What one file says of classes and objects of others.

    `bases` are the last names of its classes' bases with the classes, `methods` its methods by
    name, `changed` the attributes it sets from outside, `makes` the capitalized last names of what
    it calls: classes, most of them.
    """

    bases: tuple[tuple[str, int], ...] = ()
    methods: tuple[tuple[str, int], ...] = ()
    changed: frozenset[str] = frozenset()
    makes: frozenset[str] = frozenset()


def relations_of(scopes: FileScopes) -> FileRelations:
    """Read what one file says of classes and objects of others."""
    return FileRelations(
        tuple(
            (last_name(base), index)
            for index, definition in enumerate(scopes.facts.definitions)
            for base in definition.bases
        ),
        tuple(
            (definition.name, index)
            for index, definition in enumerate(scopes.facts.definitions)
            if scopes.is_method(index)
        ),
        scopes.changed,
        frozenset(name for name in scopes.calls_by_name if name[:1].isupper()),
    )


class Relations:
    """Classes by the last names of their bases and calls by that of their callee, as they stood.

    `known` are files whose relations were read before, so that their facts are not needed for
    them; `asked` is told the names that were looked for among the bases and calls of all files.
    """

    def __init__(
        self,
        paths: Iterable[str],
        scopes_of: Callable[[str], FileScopes | None],
        known: Mapping[str, FileRelations],
        asked: Callable[[str], None],
    ) -> None:
        """Read nothing yet."""
        self._paths = sorted(paths)
        self._scopes_of = scopes_of
        self._known = known
        self._asked = asked
        self._of_file: dict[str, FileRelations] = {}
        self._classes: dict[str, list[Class]] | None = None
        self._methods: dict[str, list[Function]] | None = None
        self._makers: dict[str, list[str]] | None = None
        self._changed: frozenset[str] | None = None

    @property
    def changed(self) -> frozenset[str]:
        """Attributes that some code sets on an object, class or module other than its own."""
        if self._changed is None:
            self._changed = frozenset().union(*(self._of(path).changed for path in self._paths))
        return self._changed

    def subclasses(self, reader: Reader, of: Class) -> tuple[Class, ...]:
        """Give the classes below a class, however far."""
        found: dict[Class, None] = {}
        stack = [of]
        while stack:
            current = stack.pop(0)
            for below in self._directly_below(reader, current):
                if below not in found:
                    found[below] = None
                    stack.append(below)
        return tuple(found)

    def methods(self, name: str) -> Sequence[Function]:
        """Give the methods of a name, of whatever class, in the order of their files."""
        if self._methods is None:
            self._methods = {}
            for path in self._paths:
                for named, index in self._of(path).methods:
                    self._methods.setdefault(named, []).append(Function(path, index))
        return self._methods.get(name, ())

    def constructor_calls(self, reader: Reader, argument: Argument) -> Iterator[tuple[str, int]]:
        """Yield the calls that may run the `__init__` of a parameter, by their names.

        Only a class below runs the `__init__` of its base by that name.
        """
        scopes = self._scopes_of(argument.path)
        if scopes is None:
            return
        owner = Class(argument.path, scopes.outer(argument.definition))
        kinds = (owner, *self.subclasses(reader, owner))
        for path in sorted({kind.path for kind in kinds}):
            yield from self._calls(path, "__init__")
        for name in sorted({self._name(kind) for kind in kinds}):
            self._asked(name)
            for path in self._makers_of(name) if name[:1].isupper() else self._paths:
                yield from self._calls(path, name)

    def callers(self, name: str) -> Iterator[str]:
        """Yield the files that call something of a name."""
        self._asked(name)
        for path in self._makers_of(name) if name[:1].isupper() else self._paths:
            if any(self._calls(path, name)):
                yield path

    def _makers_of(self, name: str) -> Sequence[str]:
        """Give the files that call something of a capitalized name, in their order."""
        if self._makers is None:
            self._makers = {}
            for path in self._paths:
                for made in self._of(path).makes:
                    self._makers.setdefault(made, []).append(path)
        return self._makers.get(name, ())

    def _calls(self, path: str, name: str) -> Iterator[tuple[str, int]]:
        scopes = self._scopes_of(path)
        for number in () if scopes is None else scopes.calls_by_name.get(name, ()):
            yield path, number

    def _directly_below(self, reader: Reader, of: Class) -> Iterator[Class]:
        """Yield the classes that name a class among their bases and mean it."""
        name = self._name(of)
        self._asked(name)
        for below in self._classes_by_base().get(name, ()):
            if below != of and any(base == of for base in direct_bases(reader, below)):
                yield below

    def _name(self, of: Class) -> str:
        scopes = self._scopes_of(of.path)
        return "" if scopes is None else scopes.definition(of.definition).name

    def _classes_by_base(self) -> dict[str, list[Class]]:
        if self._classes is None:
            self._classes = {}
            for path in self._paths:
                for name, index in self._of(path).bases:
                    self._classes.setdefault(name, []).append(Class(path, index))
        return self._classes

    def _of(self, path: str) -> FileRelations:
        known = self._known.get(path) or self._of_file.get(path)
        if known is None:
            scopes = self._scopes_of(path)
            known = FileRelations() if scopes is None else relations_of(scopes)
            self._of_file[path] = known
        return known
