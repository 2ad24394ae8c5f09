"""The rows of the table of framework constructs: how a construct is told and what it makes."""

from __future__ import annotations

from msgspec import Struct

from tracegloss.model.site import SiteKind

Where = tuple[int, str]
"""A parameter by its position and its keyword; 99 for parameters that are never positional."""


class Construct(Struct, frozen=True):
    """One construct of a framework.

    `runs` is the parameter with the callable whose body the span covers, `held` the one with a
    list of such callables, `named` the one with the span's name. Without a name spans are called
    `default`, or like the callable, `qualified` if by its qualified name. `injected` parameters
    are not among the recorded inputs. On a class, `method` is the parameter with the name of the
    method that runs, or `methods` name them. Spans of `dotted` calls are called like the object's
    class and the method. Calls `of_object` are methods of objects that are told apart by where they
    were made. `settings` is the parameter with a mapping of what was not given otherwise, and
    `recorded` are those whose literal texts spans have as attributes. `filled` names hold
    `{variables}`. `parts` is the parameter with a list of constructs whose names tell it
    apart. In a method under the framework's decorator `method_of`, the method is the site, and
    gives `node`s their name. A call with `met` lets its object meet what that parameter holds,
    one that `takes` these parameters is compared by what it passes;
    one with `plugin` hands over an object whose methods are tools, called by that name as well.
    """

    framework: str
    packages: tuple[str, ...]
    tail: str
    kind: SiteKind
    named: Where | None = None
    runs: Where | None = None
    held: Where | None = None
    default: str | None = None
    spans: tuple[str, ...] = ()
    injected: int = 0
    qualified: bool = False
    method: Where | None = None
    of_object: bool = False
    methods: tuple[str, ...] = ()
    dotted: bool = False
    settings: str | None = None
    recorded: tuple[str, ...] = ()
    filled: bool = False
    parts: Where | None = None
    method_of: str | None = None
    met: Where | None = None
    plugin: Where | None = None
    takes: tuple[str, ...] = ()

    @property
    def last(self) -> str:
        """The last name of the path."""
        return self.tail.rpartition(".")[2]

    @property
    def is_function(self) -> bool:
        """Whether it is a function of its package, of whose arguments spans record a part."""
        return bool(self.spans) and self.tail.partition(".")[0] in self.packages

    def fits(self, dotted: str) -> bool:
        """Tell whether a dotted path outside the tree is this construct."""
        return self.is_of(dotted) and f".{dotted}".endswith(f".{self.tail}")

    def is_of(self, dotted: str) -> bool:
        """Tell whether a dotted path outside the tree is of one of its packages."""
        return package_of(dotted) in self.packages


def package_of(dotted: str) -> str:
    """Give the package a path is of; `langchain_core` and its kin count as `langchain`."""
    root = dotted.partition(".")[0].removesuffix("()")
    family = root.partition("_")[0]
    return family if family in _FAMILIES else root


_FAMILIES = frozenset({"langchain", "langgraph"})


class BaseClass(Struct, frozen=True):
    """A class of a framework whose subclasses' `method` runs inside spans named as `pattern` says.

    In `pattern` a `*` stands for the class's name and `|` separates names; without a pattern it is
    the class attribute `name`. Without methods the class itself is the site.
    """

    framework: str
    packages: tuple[str, ...]
    base: str
    methods: tuple[str, ...]
    kind: SiteKind
    pattern: str | None = None

    def fits(self, dotted: str) -> bool:
        """Tell whether a dotted path outside the tree is this class."""
        return package_of(dotted) in self.packages and dotted.rpartition(".")[2] == self.base
