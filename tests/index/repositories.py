"""Small repositories written as one text: `# --- path: x ---` rows begin the files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tracegloss.index.build import IndexState, index_folder
from tracegloss.index.listing import pattern_text
from tracegloss.model.site import LiteralName, NamePattern, Site, SpanName

_HEADING = re.compile(r"^# --- path: (?P<path>\S+) ---\n", re.MULTILINE)


def files_of(text: str) -> dict[str, str]:
    """Split a text into its files; one without headings is a file called `app.py`."""
    headings = list(_HEADING.finditer(text))
    if not headings:
        return {"app.py": text}
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    return {
        heading["path"]: text[heading.end() : end]
        for heading, end in zip(headings, ends, strict=True)
    }


def joined(files: Mapping[str, str]) -> str:
    """Join files into the text they were split from."""
    if list(files) == ["app.py"]:
        return files["app.py"]
    return "".join(f"# --- path: {path} ---\n{text}" for path, text in files.items())


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def index_text(root: Path, text: str, cache: Path | None = None) -> IndexState:
    """Write a repository and index it."""
    return index_folder(write_files(root, files_of(text)), (), cache)


def spelled(name: SpanName) -> str:
    match name:
        case LiteralName(text):
            return text
        case NamePattern():
            return pattern_text(name)
        case _:
            return f"<{name.expression}>"


def site_words(site: Site) -> str:
    """Spell a site as the text of its mark."""
    return " ".join([site.kind, " | ".join(spelled(name) for name in site.names)]).strip()
