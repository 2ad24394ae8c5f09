"""How alike two functions are: whether only the name differs, what an edit touched, how much."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from msgspec import Struct

from tracegloss.history.code import functions_of_file
from tracegloss.model.freshness import ChangedPart

if TYPE_CHECKING:
    import ast

# Comparing more pairs of words than this in order would be felt.
_EXACT_PAIRS = 1_000_000
_LARGEST_PARSED = 200_000
_WORD = re.compile(r"\w+|[^\w\s]")


class Nameless(Struct, frozen=True):
    """A function's text without its own name, decorators included, layout aside.

    In `head` the name is taken out where it is defined, in `whole` wherever it stands: a function
    may call itself by its name, and may say a word of it in a text.
    """

    decorators: str
    head: str
    whole: str

    def is_same(self, other: Nameless) -> bool:
        """Tell whether at most the name differs."""
        same = self.head == other.head != "" or self.whole == other.whole != ""
        return same and self.decorators == other.decorators


def nameless(lines: Sequence[str], name: str) -> Nameless:
    """Take the name out of a function's lines; what is no function is like nothing."""
    text = _dedented(lines)
    word = rf"(?<!\w){re.escape(name)}(?!\w)"
    defined = re.compile(rf"^((?:async\s+)?(?:def|class)\s+){word}", re.MULTILINE)
    head = defined.sub(r"\1_", text, count=1)
    return Nameless(decorators(lines), _hash(head), _hash(re.sub(word, "_", text)))


def decorators(lines: Sequence[str]) -> str:
    """Give the decorators above a function without layout, comments and kinds of quotes."""
    above: list[str] = []
    for line in lines:
        code = line.strip()
        if code.startswith(("def ", "class ", "async ")):
            break
        above.append("" if code.startswith("#") else code)
    bare = re.sub(r"\s+", "", "\n".join(above)).replace("'", '"')
    return re.sub(r",([)\]}])", r"\1", bare)


def _hash(text: str) -> str:
    found = functions_of_file("_.py", text.encode())
    return found[0].text_hash if found else ""


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Measure how alike two texts are, from 0 to 1, by their words in order.

    Of long texts the words are only counted.
    """
    left, right = _words(one), _words(other)
    if len(left) * len(right) > _EXACT_PAIRS:
        return overlap(left, right)
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def overlap(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """Measure from 0 to 1 how much two lists have in common, whatever its order."""
    total = len(one) + len(other)
    return 2 * (Counter(one) & Counter(other)).total() / total if total else 1.0


def changed_parts(then: Sequence[str], now: Sequence[str]) -> tuple[ChangedPart, ...]:
    """Tell which parts of a function differ; all that can be told of broken code is its body."""
    try:
        before, after = _parts(then), _parts(now)
    except RecursionError:
        return ("body",)
    if before is None or after is None:
        return ("body",)
    names: tuple[ChangedPart, ...] = ("decorators", "signature", "body")
    pairs = zip(names, before, after, strict=True)
    return tuple(name for name, old, new in pairs if old != new)


def signature(lines: Sequence[str]) -> str | None:
    """Write a function's parameters on one line with their defaults, without annotations."""
    import ast

    node = parsed_statement(lines)
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return f"({ast.unparse(node.args)})"


def _parts(lines: Sequence[str]) -> tuple[str, str, str] | None:
    import ast

    node = parsed_statement(lines)
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return None
    decorators = "\n".join(map(ast.dump, node.decorator_list))
    if isinstance(node, ast.ClassDef):
        declared = "\n".join(map(ast.dump, [*node.bases, *node.keywords]))
    else:
        returned = "" if node.returns is None else ast.dump(node.returns)
        declared = f"{type(node).__name__}{ast.dump(node.args)}{returned}"
    return decorators, declared, "\n".join(map(ast.dump, node.body))


def parsed_statement(lines: Sequence[str]) -> object:
    """Parse the first statement of a text; nothing of it runs."""
    module = parsed(_dedented(lines), _LARGEST_PARSED)
    return module.body[0] if module is not None and module.body else None


def parsed(text: str | bytes, largest: int) -> ast.Module | None:
    """Parse a text of so many characters or bytes at most; `None` when it cannot be.

    Nothing of it runs, and nobody is warned of what is odd about it.
    """
    import ast
    import warnings

    if len(text) > largest:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _dedented(lines: Sequence[str]) -> str:
    """Take a function out of its class; text in strings may stand further left than its code."""
    margin = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    cut = (line[margin:] if not line[:margin].strip() else line for line in lines)
    return "\n".join(cut) + "\n"


def _words(lines: Sequence[str]) -> list[str]:
    return [word for line in lines for word in _WORD.findall(line)]
