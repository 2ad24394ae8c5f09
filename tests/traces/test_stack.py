"""Printed tracebacks to blocks: real ones that Python prints here, and notebooks' by their text."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.opened import opened
from tracegloss.traces.stack import traceback_blocks


def outline(text: str) -> list[str]:
    """One row a block: relation, type, message, and its frames as `function: text`."""
    return [
        f"{block['relation']} {block['type']}: {block['message']} | "
        + " > ".join(f"{frame['function']}: {frame['text']}" for frame in block["frames"])
        for block in opened(traceback_blocks(text))
    ]


def printed(raises: Callable[[], None]) -> str:
    try:
        raises()
    except Exception:  # noqa: BLE001 (all of them are to be printed)
        return traceback.format_exc()
    raise AssertionError("nothing was raised")


def missing() -> None:
    raise KeyError("x")


def caused() -> None:
    try:
        missing()
    except KeyError as error:
        raise ValueError("two\nlines") from error


def handling() -> None:
    try:
        missing()
    finally:
        open("/nonexistent/file")  # noqa: PTH123, SIM115


def group() -> None:
    found: list[Exception] = []
    for each in (missing, caused):
        try:
            each()
        except Exception as error:  # noqa: BLE001
            found.append(error)
    raise ExceptionGroup("some", [*found, ExceptionGroup("inner", [TypeError("t")])])


def after_group() -> None:
    try:
        group()
    except ExceptionGroup as error:
        raise RuntimeError("no | margin") from error


def quoting() -> None:
    try:
        missing()
    except KeyError:
        raise RuntimeError(f"worker failed: {traceback.format_exc()}") from None


def noted() -> None:
    error = ValueError("with a note")
    error.add_note("the note")
    raise error


class OfItsOwn(Exception):  # noqa: N818
    pass


def own() -> None:
    raise OfItsOwn


def deep(n: int = 0) -> None:
    if n < 10:
        deep(n + 1)
    missing()


TOP = "printed: raises()"
MISSING = 'missing: raise KeyError("x")'
PRINTED = {
    missing: [f"last KeyError: 'x' | {TOP} > {MISSING}"],
    caused: [
        f"cause KeyError: 'x' | caused: missing() > {MISSING}",
        f'last ValueError: two\nlines | {TOP} > caused: raise ValueError("two\\nlines") from error',
    ],
    handling: [
        f"context KeyError: 'x' | handling: missing() > {MISSING}",
        (
            "last FileNotFoundError: [Errno 2] No such file or directory: '/nonexistent/file' | "
            f'{TOP} > handling: open("/nonexistent/file")  # noqa: PTH123, SIM115'
        ),
    ],
    group: [
        f"member KeyError: 'x' | group: each() > {MISSING}",
        f"cause KeyError: 'x' | caused: missing() > {MISSING}",
        (
            "member ValueError: two\nlines | group: each() > "
            'caused: raise ValueError("two\\nlines") from error'
        ),
        "member TypeError: t | ",
        "member ExceptionGroup: inner (1 sub-exception) | ",
        (
            f"last ExceptionGroup: some (3 sub-exceptions) | {TOP} > group: "
            'raise ExceptionGroup("some", [*found, ExceptionGroup("inner", [TypeError("t")])])'
        ),
    ],
    quoting: [
        f"context KeyError: 'x' | quoting: missing() > {MISSING}",
        (
            f"last RuntimeError: worker failed: | {TOP} > "
            'quoting: raise RuntimeError(f"worker failed: {traceback.format_exc()}") from None'
        ),
    ],
    noted: [f"last ValueError: with a note\nthe note | {TOP} > noted: raise error"],
    own: [f"last {OfItsOwn.__module__}.OfItsOwn:  | {TOP} > own: raise OfItsOwn"],
}


@pytest.mark.parametrize("raises", PRINTED, ids=lambda raises: raises.__name__)
def test_what_python_prints(raises: Callable[[], None]) -> None:
    assert outline(printed(raises)) == PRINTED[raises]


def test_an_exception_after_a_group_comes_last() -> None:
    rows = outline(printed(after_group))
    assert [row.split(" | ")[0] for row in rows[-2:]] == [
        "cause ExceptionGroup: some (3 sub-exceptions)",
        "last RuntimeError: no",
    ]


def test_repeated_frames_are_printed_once_and_lose_nothing_else() -> None:
    (row,) = outline(printed(deep))
    assert row.endswith(f"deep: missing() > {MISSING}")
    assert row.count("deep: deep(n + 1)") == 3


NOTEBOOK = """\
---------------------------------------------------------------------------
ValueError                                Traceback (most recent call last)
Cell In[3], line 2
      1 def f():
----> 2     g(1)

File ~/project/x.py:12, in g(a, b)
     10 # before
---> 12 return f()
     13 # after

ValueError: no"""

OLD_NOTEBOOK = """\
<ipython-input-3-abc> in f(x)
      1 def f():
----> 2     raise

KeyError: 1"""

OLDER_NOTEBOOK = """\
Input In [3], in <cell line: 2>()
      1 def f():
----> 2     g(1)

~/project/x.py in g(a, b)
     11 # before
---> 12     return f()

/srv/other.py in h(a)
ValueError: no"""

NOT_IN_PYTHON = """\
  Cell In[2], line 1
    a b
      ^
SyntaxError: invalid syntax"""

NEVER_RAISED = """\
  | ExceptionGroup: many (7 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +---------------- ... ----------------
    | and 6 more exceptions
    +------------------------------------"""

COLOURED = (
    '  File \x1b[35m"/a/b.py"\x1b[0m, line \x1b[35m3\x1b[0m, in \x1b[35mf\x1b[0m\n    '
    "\x1b[1;31mx\x1b[0m()\n\x1b[1;35mValueError\x1b[0m: \x1b[35mx\x1b[0m"
)
TWO_LINES = "    return g(\n           ^^\n        1,\n    ...<2 lines>...\n    )\n    ^\n"

PLAIN = 'Traceback (most recent call last):\n  File "/a/b.py", line 3, in f\n'
TEXTS = {
    "a notebook": (NOTEBOOK, ["last ValueError: no | <module>: g(1) > g: return f()"]),
    "an old notebook": (OLD_NOTEBOOK, ["last KeyError: 1 | f: raise"]),
    "an older notebook": (
        OLDER_NOTEBOOK,
        ["last ValueError: no | <module>: g(1) > g: return f()"],
    ),
    "a cell that is no Python": (
        NOT_IN_PYTHON,
        ["last SyntaxError: invalid syntax | <module>: a b"],
    ),
    "a group that was never raised": (
        NEVER_RAISED,
        ["member ValueError: 1 | ", "last ExceptionGroup: many (7 sub-exceptions) | "],
    ),
    "colours": (COLOURED, ["last ValueError: x | f: x()"]),
    "indented as a whole": (
        f"  {PLAIN}      x()\n  ValueError: x\n".replace("\n  File", "\n    File"),
        ["last ValueError: x | f: x()"],
    ),
    "source of several lines": (
        f"{PLAIN}{TWO_LINES}NameError: x",
        ["last NameError: x | f: return g("],
    ),
    "markers under the source": (
        f"{PLAIN}    1 + x\n    ~~^~~\nNameError: x",
        ["last NameError: x | f: 1 + x"],
    ),
    "no source": (f"{PLAIN}ValueError: x", ["last ValueError: x | f: None"]),
    "Windows line ends": (
        f"{PLAIN}    x()\nValueError: x\n".replace("\n", "\r\n"),
        ["last ValueError: x | f: x()"],
    ),
    "after a repr": (
        f"ValueError('x'){PLAIN}    x()\nValueError: x",
        ["last ValueError: x | f: x()"],
    ),
    "cut at its head": (
        '= f()\n  File "b.py", line 9, in q\n    z\nKeyError',
        ["last KeyError:  | q: z"],
    ),
    "cut at its tail": (f"{PLAIN}    x()\n", ["last :  | f: x()"]),
    "cut after a relation": (
        (
            f"{PLAIN}    x()\nKeyError: 1\n\nDuring handling of the above exception, another "
            "exception occurred:\n\n"
        ),
        ["last KeyError: 1 | f: x()"],
    ),
    "a syntax error": (
        f'{PLAIN}    compile()\n  File "<string>", line 1\n    a b\n      ^\nSyntaxError: invalid',
        ["last SyntaxError: invalid | f: compile() > <module>: a b"],
    ),
    "the exception alone": ("RuntimeError: x", ["last RuntimeError: x | "]),
    "words": ("Error running tool (non-fatal)", []),
    "JSON": ('{"tool_name": "x", "error": "y"}', []),
    "nothing": ("", []),
}


@pytest.mark.parametrize("case", TEXTS)
def test_other_texts(case: str) -> None:
    text, rows = TEXTS[case]
    assert outline(text) == rows


def test_lines_are_those_of_the_text() -> None:
    ((first, second),) = [block["frames"] for block in opened(traceback_blocks(NOTEBOOK))]
    assert (first["path"], first["line"]) == ("Cell In[3]", 2)
    assert (second["path"], second["line"]) == ("~/project/x.py", 12)


class Raised(NamedTuple):
    """An exception to be raised: its frames as file, 1-based line and function, and its kin."""

    message: str
    notes: list[str]
    frames: list[tuple[str, int, str]]
    cause: Raised | None
    members: list[Raised]


MESSAGES = st.text("ab :|+-'\"()", max_size=12).map(lambda text: f"m{text}".rstrip())
FRAMES = st.tuples(
    st.text("aé /\\.,:'\"|+-^~<>[]", min_size=1, max_size=12).map(lambda text: f"/x{text}.py"),
    st.integers(2, 40),
    st.sampled_from(["f", "run", "_g2"]),
)


def raised_with(kin: st.SearchStrategy[Raised]) -> st.SearchStrategy[Raised]:
    return st.builds(
        Raised,
        MESSAGES,
        st.lists(MESSAGES, max_size=2),
        st.lists(FRAMES, min_size=1, max_size=3, unique=True),
        st.none() | kin,
        st.lists(kin, max_size=3),
    )


RAISED = st.recursive(
    st.builds(
        Raised,
        MESSAGES,
        st.just([]),
        st.lists(FRAMES, min_size=1, max_size=3, unique=True),
        st.none(),
        st.just([]),
    ),
    raised_with,
    max_leaves=5,
)


def really_raised(wanted: Raised) -> Exception:
    """Raise an exception through functions of these names at these lines of these files."""
    error: Exception = ValueError(wanted.message)
    if wanted.members:
        members = [really_raised(member) for member in wanted.members]
        error = ExceptionGroup(wanted.message, members)
    for note in wanted.notes:
        error.add_note(note)
    if wanted.cause is not None:
        error.__cause__ = really_raised(wanted.cause)

    def call() -> None:
        raise error

    for path, line, function in reversed(wanted.frames):
        scope: dict[str, Any] = {"call": call}
        source = "\n" * (line - 2) + f"def {function}(call=call):\n call()"
        exec(compile(source, path, "exec"), scope)
        call = scope[function]
    try:
        call()
    except Exception as caught:  # noqa: BLE001
        return caught
    raise AssertionError("nothing was raised")


def told(error: traceback.TracebackException, relation: str) -> list[tuple[Any, ...]]:
    """What Python itself knows of an exception and its kin, in the order of the blocks."""
    rows = told(error.__cause__, "cause") if error.__cause__ is not None else []
    for member in error.exceptions or ():
        rows += told(member, "member")
    frames = [(f.filename, f.lineno, f.name) for f in error.stack]
    message = "\n".join([str(error), *(error.__notes__ or ())])
    return [*rows, (relation, message, frames)]


@given(RAISED)
def test_every_frame_that_python_printed_is_read(wanted: Raised) -> None:
    error = really_raised(wanted)
    blocks = opened(traceback_blocks("".join(traceback.format_exception(error))))
    assert [
        (
            block["relation"],
            block["message"],
            [(frame["path"], frame["line"], frame["function"]) for frame in block["frames"]],
        )
        for block in blocks
    ] == told(traceback.TracebackException.from_exception(error), "last")


PIECES = st.sampled_from(
    [
        "Traceback (most recent call last):\n",
        '  File "a.py", line 1, in f\n',
        "    x()\n",
        "ValueError: x\n",
        "\nDuring handling of the above exception, another exception occurred:\n\n",
        "  + Exception Group Traceback (most recent call last):\n",
        "  +-+---------------- 1 ----------------\n",
        "    +---------------- 2 ----------------\n",
        "    +------------------------------------\n",
        "    | ",
        "  | ",
        "----> 2 x\n",
        "Cell In[3], line 2\n",
        "Input In [3], in f(x)\n",
        "~/x.py in f(x)\n",
        "\x1b[31m",
    ]
)


@given(st.lists(PIECES | st.text(max_size=10), max_size=20).map("".join))
def test_any_text_ends_with_the_exception_itself(text: str) -> None:
    blocks = traceback_blocks(text)
    assert [block.relation for block in blocks[-1:]] in ([], ["last"])
    assert "last" not in [block.relation for block in blocks[:-1]]
    assert all(frame.line >= 1 for block in blocks for frame in block.frames)
