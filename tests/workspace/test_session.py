"""What an editor's root holds: unsaved text, pins, names of texts."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tests.overlay.laying import APP, call, laid, raised, site_at
from tracegloss.ide.diagnostics import diagnostics
from tracegloss.overlay.document import TextKey
from tracegloss.text import LineIndex
from tracegloss.workspace.open_text import FunctionReader
from tracegloss.workspace.session import ROOT_ID, RootSession

SOURCE = "import mlflow\n\n@mlflow.trace\ndef act():\n    raise ValueError\n"
KEY = TextKey(ROOT_ID, APP)
SITE = site_at(SOURCE, "act")
FAILED = laid(
    SOURCE,
    call(SOURCE, "act", 0, 1.0, site=SITE),
    findings=(raised(SOURCE, "act", "raise ValueError", site=SITE),),
)


def lines_of(session: RootSession) -> list[int]:
    return [found.range.start.line for found in diagnostics(session.snapshot(), KEY)]


def opened() -> RootSession:
    session = RootSession(Path("/repo"), "repo")
    session.put_trace(FAILED, {})
    session.open_text(KEY, "file:///repo/app.py", LineIndex.of(SOURCE.encode()), 1)
    return session


def type_text(session: RootSession, source: str, version: int) -> None:
    text = LineIndex.of(source.encode())
    session.change_text(KEY, text, version)
    functions = FunctionReader(APP).read(text)
    if functions is not None:
        session.put_functions(KEY, text, functions)


def test_what_is_typed_moves_a_finding_and_ends_it() -> None:
    session = opened()
    assert lines_of(session) == [4]
    type_text(session, f"# above\n{SOURCE}", 2)
    assert lines_of(session) == [5]
    type_text(session, SOURCE.replace("raise ValueError", "return; raise ValueError"), 3)
    assert lines_of(session) == []


def test_a_text_that_does_not_parse_keeps_the_last_functions() -> None:
    session = opened()
    type_text(session, SOURCE, 2)
    known = session.texts[KEY].document.functions
    type_text(session, f'{SOURCE}x = """', 3)
    assert [entry.name for entry in session.texts[KEY].document.functions] == ["act"]
    assert session.texts[KEY].document.functions == known


def test_while_a_giant_class_is_read_again_its_last_functions_serve() -> None:
    methods = "".join(
        f"    def m{n}(self, a):\n        return self.m{n}(a)\n\n" for n in range(1700)
    )
    source = f"{SOURCE}\n\nclass Giant:\n{methods}"
    session = opened()
    type_text(session, source, 2)
    known = session.texts[KEY].document.functions
    assert len(known) == len(["act", "Giant"]) + 1700
    below = LineIndex.of(source.replace("return self.m900(a)", "return a").encode())
    session.change_text(KEY, below, 3)
    assert session.texts[KEY].document.functions is known
    assert lines_of(session) == [4]
    above = LineIndex.of(f"# above\n{below.source.decode()}".encode())
    session.change_text(KEY, above, 4)
    assert session.texts[KEY].document.functions is known
    assert lines_of(session) == [5]


def test_functions_of_an_older_text_are_refused() -> None:
    session = opened()
    older = session.texts[KEY].document.text
    session.change_text(KEY, LineIndex.of(b"x = 1\n"), 2)
    assert not session.put_functions(KEY, older, ())


def test_at_most_three_traces_are_pinned_and_the_newest_choice_counts() -> None:
    session = opened()
    for number in range(4):
        session.pin([f"tr-{number}"])
    assert session.pinned == ("tr-3", "tr-2", "tr-1")
    assert session.release(["tr-2"]) == ("tr-3", "tr-1")
    assert session.release() == ()


def test_the_oldest_go_beyond_a_number_and_a_size_but_neither_the_newest_nor_pins() -> None:
    session = RootSession(Path("/repo"), "repo")
    for number, size in enumerate([1, 50, 30, 40]):
        info = replace(FAILED.trace.info, trace_id=f"tr-{number}", request_ns=number)
        session.put_trace(replace(FAILED, trace=replace(FAILED.trace, info=info)), {}, size=size)
    session.pin(["tr-0"])
    session.drop_beyond(4, 70)
    assert sorted(session.traces) == ["tr-0", "tr-2", "tr-3"]
    session.drop_beyond(1, 10)
    assert sorted(session.traces) == ["tr-0", "tr-3"]


def test_a_view_is_kept_until_something_changes() -> None:
    session = opened()
    before = session.snapshot()
    assert session.snapshot() is before
    session.close_text(KEY)
    assert session.snapshot() is not before


def test_texts_are_named_as_the_editor_names_them() -> None:
    session = opened()
    assert session.uri(KEY) == "file:///repo/app.py"
    assert session.uri(TextKey(ROOT_ID, "b c.py")) == "file:///repo/b%20c.py"
    assert session.uri(TextKey(ROOT_ID, "book.ipynb", 2)) is None
    assert session.key(Path("/elsewhere/app.py")) is None
