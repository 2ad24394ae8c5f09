"""IPython cells as plain Python: same lines, same columns, magics taken out."""

from __future__ import annotations

import re

# Cell magics whose cell is Python that runs here.
_PYTHON_CELLS = frozenset(("capture", "memit", "prun", "py", "python", "python3", "time", "timeit"))
# Databricks writes the language of a cell as a line magic on its first line.
_OTHER_LANGUAGES = frozenset(("fs", "md", "md-sandbox", "r", "scala", "sh", "sql"))
# Line magics whose rest of the line is Python that runs here.
_PYTHON_LINES = frozenset(("memit", "prun", "time", "timeit"))

_CELL_MAGIC = re.compile(r"%%(?P<name>[\w-]+)(?P<rest>.*)")
_LINE_MAGIC = re.compile(r"(?P<indent>[ \t]*)(?P<magic>%(?P<name>[\w-]+)[ \t]*)(?P<rest>.*)")
# A notebook is untrusted: no stretch of a line is read twice, however long or broken it is.
_ASSIGNED = re.compile(r"(?P<left>[ \t]*+[\w., ]++=[ \t]*+)[%!].*")
_SHELL_OR_HELP = re.compile(r"(?P<indent>[ \t]*)(?:[!?/,;].*|[%\w.]+\?\??[ \t]*$)")
_TOKEN = re.compile(
    r'"""|\'\'\'|"(?:[^"\\]|\\.)*+"?|\'(?:[^\'\\]|\\.)*+\'?|#.*|(?P<open>[(\[{])|(?P<close>[)\]}])'
)
_END = {quotes: re.compile(r"(?:[^\\]|\\.)*?" + quotes, re.DOTALL) for quotes in ('"""', "'''")}


def plain_python(cell: str) -> str | None:
    """Return the Python of an IPython cell, line for line; `None` for a cell of another language.

    `%%writefile x.py` counts as Python: it is a module of the project. A magic becomes a statement
    that does nothing, `%time f()` keeps `f()` in its columns.
    """
    lines = cell.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    if first == len(lines):
        return cell
    magic = _CELL_MAGIC.match(lines[first].strip())
    if magic is not None:
        if not _is_python_cell(magic["name"], magic["rest"]):
            return None
        lines[first] = ""
        return "\n".join(lines) if magic["name"] == "writefile" else _without_magics(lines)
    language = _LINE_MAGIC.match(lines[first])
    if language is not None and language["name"] in _OTHER_LANGUAGES:
        return None
    return _without_magics(lines)


def _is_python_cell(name: str, rest: str) -> bool:
    written = rest.split()[-1:] or [""]
    return name in _PYTHON_CELLS or (name == "writefile" and written[0].endswith(".py"))


def _without_magics(lines: list[str]) -> str:
    kept: list[str] = []
    nesting = _Nesting()
    continued = False
    for line in lines:
        if continued:
            replaced: str | None = ""
        else:
            replaced = None if nesting.is_inside else _replaced(line)
        continued = replaced is not None and line.endswith("\\")
        if replaced is None:
            nesting.read(line)
        kept.append(line if replaced is None else replaced)
    return "\n".join(kept)


def _replaced(line: str) -> str | None:
    magic = _LINE_MAGIC.match(line)
    if magic is not None:
        rest = magic["rest"]
        if magic["name"] in _PYTHON_LINES and not rest.startswith("-") and rest:
            return f"{magic['indent']}0{' ' * (len(magic['magic']) - 2)};{rest}"
        return f"{magic['indent']}pass"
    assigned = _ASSIGNED.fullmatch(line)
    if assigned is not None:
        return f"{assigned['left']}None"
    shell = _SHELL_OR_HELP.match(line)
    return None if shell is None else f"{shell['indent']}pass"


class _Nesting:
    """Follows whether a line begins inside brackets or a string, where no magic can stand."""

    __slots__ = ("_depth", "_quotes")

    def __init__(self) -> None:
        self._depth = 0
        self._quotes = ""

    @property
    def is_inside(self) -> bool:
        return self._depth > 0 or self._quotes != ""

    def read(self, line: str) -> None:
        position = 0
        while position <= len(line):
            if self._quotes:
                ended = _END[self._quotes].match(line, position)
                if ended is None:
                    return
                self._quotes = ""
                position = ended.end()
            token = _TOKEN.search(line, position)
            if token is None:
                return
            position = token.end()
            if token[0] in _END:
                self._quotes = token[0]
            elif token["open"]:
                self._depth += 1
            elif token["close"]:
                self._depth = max(0, self._depth - 1)
