"""Creates a pytest test from one recorded call of a function."""

from __future__ import annotations

from tracegloss.ide.actions.action import Action
from tracegloss.ide.actions.decorators import decorators_of
from tracegloss.ide.answers import FileEdit, TextEdit
from tracegloss.ide.pytest_source import PytestCase, pytest_source
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.overlay.annotation import SiteNote
from tracegloss.overlay.document import TextKey
from tracegloss.overlay.layer import Call
from tracegloss.snapshot import Snapshot
from tracegloss.text import LineIndex, Position, range_of

_SOURCE_FOLDERS = ("src", "lib", "python", "server")
_MOST_NUMBERED = 100


def create_test(snapshot: Snapshot, key: TextKey, position: Position) -> tuple[Action, ...]:
    """Offer a test for the function at a position, from its newest call that recorded inputs.

    Only for what a test can call by itself: functions of a module, static and class methods.
    """
    notes, text, index = snapshot.notes(key), snapshot.text(key), snapshot.index(key.repository)
    site = next((s for s in notes.sites if position in s.at), None) if notes is not None else None
    if site is None or text is None or index is None or not key.path.endswith(".py"):
        return ()
    entry = _entry(snapshot, index, key, site)
    if entry is None or not _is_callable_alone(text, entry):
        return ()
    call = next((call for call in site.calls if call.span.inputs is not None), None)
    return () if call is None else _action(snapshot, index, key, entry, call)


def _action(
    snapshot: Snapshot, index: RepoIndex, key: TextKey, entry: FunctionEntry, call: Call
) -> tuple[Action, ...]:
    case = PytestCase(call, entry, module_of(key.path, index.files), site_variadic(call))
    source = pytest_source(case, snapshot.settings.redaction)
    if source is None:
        return ()
    created = TextKey(key.repository, test_path(key.path, entry, index.files))
    edit = TextEdit(range_of(0, 0, 0, 0), source)
    title = f"Create {created.path} from this call"
    return (Action(title, "refactor", (FileEdit(created, (edit,), creates=True),), opens=True),)


def module_of(path: str, files: frozenset[str]) -> str:
    """Return the module that a file is imported as from the root, or from its `src` folder."""
    parts = path.removesuffix(".py").split("/")
    if len(parts) > 1 and parts[0] in _SOURCE_FOLDERS and f"{parts[0]}/__init__.py" not in files:
        parts = parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_path(path: str, entry: FunctionEntry, files: frozenset[str]) -> str:
    """Choose a new file where pytest finds the module without further settings.

    pytest puts the folder above a package of tests, or that of a root `conftest.py`, on the path;
    without either, only a test beside the code's root can import it.
    """
    has_source_folder = module_of(path, files) != module_of(f"x/{path}", files)[2:]
    finds_root = bool({"tests/__init__.py", "conftest.py"} & files) or has_source_folder
    folder = "tests/" if finds_root else ""
    stem = f"{folder}test_{entry.name.strip('_')}"
    numbered = [f"{stem}.py", *(f"{stem}_{number}.py" for number in range(2, _MOST_NUMBERED))]
    return next((name for name in numbered if name not in files), numbered[-1])


def site_variadic(call: Call) -> tuple[str, ...]:
    """Return the names of the parameters that take any number of arguments."""
    return call.resolution.site.variadic


def _entry(
    snapshot: Snapshot, index: RepoIndex, key: TextKey, site: SiteNote
) -> FunctionEntry | None:
    function = site.site.function
    if function is None or site.site.kind not in {"decorated", "wrapped", "tool", "scorer"}:
        return None
    document = snapshot.documents.get(key)
    if document is not None:
        return document.function(function, site.at.start.line)
    return index.functions.get(function)


def _is_callable_alone(text: LineIndex, entry: FunctionEntry) -> bool:
    name = entry.function.qualified_name
    if "<" in name or name.count(".") > 1 or (entry.is_async and entry.is_generator):
        return False
    decorators = decorators_of(text, entry) or ()
    return "." not in name or not {"staticmethod", "classmethod"}.isdisjoint(decorators)
