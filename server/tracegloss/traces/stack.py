"""Printed tracebacks to blocks and frames: plain, chained, grouped, and a notebook's.

The text comes from `traceback.format_exc` (an `exception.stacktrace` attribute, a scorer's error),
is often cut at its head or tail, and may quote other tracebacks in its messages. One pass over the
lines; nothing here is quadratic.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct, field

from tracegloss.matcher import matcher
from tracegloss.model.trace import StackFrame, TracebackBlock
from tracegloss.recorded import Recorded
from tracegloss.traces.stack_margin import Line, without_margin

Relation: TypeAlias = Literal["cause", "context", "member", "last"]

HEADER = "Traceback (most recent call last):"
_RELATIONS: dict[str, Relation] = {
    "The above exception was the direct cause of the following exception:": "cause",
    "During handling of the above exception, another exception occurred:": "context",
}
_FRAME = matcher(r'\s*File "(.+)", line (\d{1,9})(?:, in (.+))?')
_CELL = matcher(r"(Cell In ?\[\d+\]), line (\d{1,9})(?:, in (.+))?")
_IPYTHON_FILE = matcher(r"File ([^\s\"].*):(\d{1,9})(?:, in (.+))?")
# IPython before 8.5 prints the line of a frame only with an arrow beside its source.
_IPYTHON_INPUT = matcher(r"(<ipython-input-[\w-]+>|Input In ?\[\d+\],) in (.+)")
_IPYTHON_OLD_FILE = matcher(r"((?:[~/]|[A-Za-z]:[\\/]).*\.py[cx]?) in ([^\s(]+\(.*\)|<module>)")
_COLOUR = matcher(r"\x1b\[[\d;:]*m")
_ARROW = matcher(r"-+> (\d{1,9})(?: (.*))?")
_NO_SOURCE = matcher(r"[\s^~]*|\s*\[Previous line repeated \d+ more times?\]")
_EXCEPTION = matcher(r"([^\W\d][\w.]*(?:\.<locals>\.[\w.]+)?)(?:: ?(.*))?")
_SOUNDS_LIKE_EXCEPTION = matcher(r".*(?:Error|Exception|Warning|Interrupt|Exit|Iteration|Group)")


class _Block(Struct):
    """One exception while its lines are read."""

    frames: list[StackFrame] = field(default_factory=list)
    type: str = ""
    message: list[str] = field(default_factory=list)
    relation: Relation = "last"


def traceback_blocks(text: str) -> tuple[TracebackBlock, ...]:
    """Read a printed traceback; text that holds none gives nothing.

    Blocks come in printed order, except that the members of an exception group come before the
    group and a traceback quoted in a message before the exception that quotes it: so each block's
    relation speaks of a later block, and the exception itself is last.
    """
    if not text or text.lstrip()[:1] in ("{", "["):
        return ()
    plain = _COLOUR.sub("", text) if "\x1b[" in text else text
    blocks = _Reader().read(without_margin(_outdented(plain.split("\n"))))
    return tuple(_closed(block) for block in blocks)


def _closed(block: _Block) -> TracebackBlock:
    message = "\n".join(block.message).rstrip().removesuffix('\n"""')
    return TracebackBlock(
        Recorded(block.type), Recorded(message), tuple(block.frames), block.relation
    )


def _outdented(lines: list[str]) -> list[str]:
    """Take off the indentation of a traceback that was indented as a whole."""
    header = next((line for line in lines if line.lstrip() == HEADER), "")
    margin = header[: len(header) - len(header.lstrip())]
    if not margin or not all(line.startswith(margin) or not line.strip() for line in lines):
        return lines
    return [line.removeprefix(margin) for line in lines]


class _Reader:
    """Walks the lines with one chain of blocks per open exception group."""

    def __init__(self) -> None:
        self.chains: list[list[_Block]] = [[]]
        self.columns = [-1]
        self.current: _Block | None = None
        self.awaits: Literal["nothing", "source", "arrow"] = "nothing"
        self.unnumbered: tuple[str, str] | None = None

    def read(self, lines: Iterable[Line]) -> list[_Block]:
        for line in lines:
            self._leave_groups(line.column + (line.kind != "end"))
            if line.kind == "text":
                self._text(line.content)
            elif line.kind == "members":
                self.chains.append([])
                self.columns.append(line.column)
                self.current = None
            elif line.kind == "next member":
                self._end_member()
        self._leave_groups(0)
        blocks = [block for block in self.chains[0] if block.type or block.frames]
        for block in blocks[:-1]:
            if block.relation == "last":
                block.relation = "context"
        for block in blocks[-1:]:
            block.relation = "last"
        return blocks

    def _leave_groups(self, column: int) -> None:
        """Close the groups whose members stand at this column or further right."""
        while self.columns[-1] >= max(0, column):
            self._end_member()
            self.columns.pop()
            members = self.chains.pop()
            outer = self.chains[-1]
            outer[max(0, len(outer) - 1) :] = members + outer[-1:]
            self.current = outer[-1] if outer else None

    def _end_member(self) -> None:
        for block in self.chains[-1][-1:]:
            block.relation = "member"
        self.current = None

    def _text(self, content: str) -> None:
        is_indented = self.current is not None and not self.current.type and content[:2] == "  "
        if is_indented and (self._frame(content) or self._source(content)):
            return
        relation = _RELATIONS.get(content.strip()) if content[-1:] == ":" else None
        if relation is not None:
            self._relate(relation)
        elif content.endswith(HEADER):
            self._words(content.removesuffix(HEADER).strip())
            self._header()
        elif not self._frame(content) and not self._source(content):
            self._words(content)

    def _relate(self, relation: Relation) -> None:
        for block in self.chains[-1][-1:]:
            block.relation = relation
        self.current, self.unnumbered = None, None

    def _header(self) -> None:
        """Begin a block; one quoted in a message goes before the block that quotes it."""
        chain = self.chains[-1]
        quotes = self.current is not None and bool(self.current.type)
        self.current, self.unnumbered = _Block(relation="context" if quotes else "last"), None
        chain.insert(len(chain) - 1 if quotes else len(chain), self.current)

    def _frame(self, content: str) -> bool:
        if self.current is not None and self.current.type:
            return False
        if content.lstrip()[:6] == 'File "':
            match = _FRAME.fullmatch(content)
            if match is not None:
                self._add_frame(match[1], int(match[2]), match[3] or "<module>", "source")
            return match is not None
        return _may_be_of_notebook(content) and self._notebook_frame(content)

    def _notebook_frame(self, content: str) -> bool:
        """Take a frame as IPython prints it; the place of a syntax error is printed indented."""
        bare = content.strip()
        match = _CELL.fullmatch(bare) or _IPYTHON_FILE.fullmatch(bare)
        if match is not None:
            awaits: Literal["source", "arrow"] = "arrow" if content[:1] != " " else "source"
            self._add_frame(match[1], int(match[2]), _bare(match[3] or "<module>"), awaits)
            return True
        match = _IPYTHON_INPUT.fullmatch(content) or _IPYTHON_OLD_FILE.fullmatch(content)
        if match is not None:
            self.unnumbered = (match[1].rstrip(","), _bare(match[2]))
            self._open()
        return match is not None

    def _add_frame(
        self, path: str, line: int, function: str, awaits: Literal["source", "arrow"]
    ) -> None:
        frame = StackFrame(Recorded(path), max(1, line), Recorded(function), None)
        self._open().frames.append(frame)
        self.awaits, self.unnumbered = awaits, None

    def _source(self, content: str) -> bool:
        """Take the quoted source of the last frame; markers and neighbouring lines are dropped."""
        block = self.current
        if block is None or block.type or not (block.frames or self.unnumbered):
            return False
        seeks = self.awaits == "arrow" or self.unnumbered is not None
        arrow = _ARROW.fullmatch(content) if seeks else None
        if arrow is not None:
            self._number(max(1, int(arrow[1])))
            self._quote(block, (arrow[2] or "").strip(), max(1, int(arrow[1])))
        elif content.strip() and content[0] not in " \t":
            return False
        elif self.awaits == "source" and not _NO_SOURCE.fullmatch(content):
            self._quote(block, content.strip(), block.frames[-1].line)
        return True

    def _number(self, line: int) -> None:
        """Take the frame whose line an arrow tells now."""
        if self.unnumbered is not None:
            self._add_frame(self.unnumbered[0], line, self.unnumbered[1], "arrow")

    def _quote(self, block: _Block, source: str, line: int) -> None:
        frame = block.frames[-1]
        block.frames[-1] = StackFrame(frame.path, line, frame.function, Recorded(source))
        self.awaits = "nothing"

    def _words(self, content: str) -> None:
        """Take a line that is no frame: the exception's type and message, or more of it."""
        block = self.current
        if block is not None and not block.type and (not content or content == "Exception Group"):
            return
        if block is not None and block.type:
            block.message.append(content)
            return
        match = _EXCEPTION.fullmatch(content)
        if block is None and (match is None or not _SOUNDS_LIKE_EXCEPTION.fullmatch(match[1])):
            return
        name, _, rest = content.partition(":")
        block = self._open()
        block.type = match[1] if match is not None else name.strip()
        block.message = [(match[2] or "") if match is not None else rest.strip()]

    def _open(self) -> _Block:
        """Return the block being read, a new one when text starts in the middle of a traceback."""
        if self.current is None:
            self.current = _Block()
            self.chains[-1].append(self.current)
        return self.current


def _may_be_of_notebook(content: str) -> bool:
    """Tell quickly whether a line can be a frame as IPython prints it."""
    if content[:2] == "  ":
        return content[2:6] in ("Cell", "File")
    return content[:1] in ("C", "F", "<", "I", "~", "/") or content[1:2] == ":"


def _bare(function: str) -> str:
    """Drop the arguments that IPython prints after a function's name; a cell is a module."""
    name = function.partition("(")[0] or function
    return "<module>" if name.startswith("<cell line") else name
