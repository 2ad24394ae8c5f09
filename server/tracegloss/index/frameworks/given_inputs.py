"""What a call of a chain hands it, as far as the call spells it out."""

from __future__ import annotations

from tracegloss.model.outcome import Fields, Just, Shape, Untold, Worded
from tracegloss.syntax.facts import Call, Constant, Entries, Expression, Items, Template

STREAMING = frozenset({"stream", "astream", "astream_events"})
"""Methods of runnables whose spans say that they were streamed."""

_SINGLE = frozenset({"invoke", "ainvoke"}) | STREAMING
_MANY = frozenset({"batch", "abatch"})
_DEEPEST = 4


def given_inputs(method: str, call: Call) -> tuple[Shape, ...]:
    """Give the shapes of the inputs that a call of a runnable hands over, one a run.

    Empty where one of them may be anything.
    """
    given = _input(call)
    if given is None or method not in _SINGLE | _MANY:
        return ()
    if method in _SINGLE:
        shapes = [_shape(given, 0)]
    else:
        shapes = [_shape(item, 0) for item in given.items] if isinstance(given, Items) else []
    return () if Untold() in shapes else tuple(shapes)


def _input(call: Call) -> Expression | None:
    for number, argument in enumerate(call.arguments):
        if argument.keyword in {"input", "inputs"} or (argument.keyword is None and number == 0):
            return argument.value
    return None


def _shape(expression: Expression, depth: int) -> Shape:
    """Read a literal; lists say nothing, for messages in them are recorded in many forms."""
    match expression:
        case Constant(value):
            return Just(value)
        case Template(pieces) if isinstance(pieces[0], str) or isinstance(pieces[-1], str):
            return _worded(pieces)
        case Entries(entries) if depth < _DEEPEST:
            told = {
                key.value: _shape(value, depth + 1)
                for key, value in entries
                if isinstance(key, Constant) and isinstance(key.value, str)
            }
            more = len(told) < len(entries)
            return Fields(tuple(told.items()), more, sure=not more)
        case _:
            return Untold()


def _worded(pieces: tuple[str | Expression, ...]) -> Shape:
    """Join the texts of a template; what stands between two of them is a hole."""
    texts = [""]
    for piece in pieces:
        if isinstance(piece, str):
            texts[-1] += piece
        else:
            texts.append("")
    return Worded(tuple(texts))
