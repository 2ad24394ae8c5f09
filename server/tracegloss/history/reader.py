"""One long-lived `git cat-file` that answers for the bytes of blobs."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from msgspec import Struct

from tracegloss.history.hardened import hardened_git_environment

LARGEST_BLOB = 5_000_000
# Twice so many ids fit into a pipe of 64 kB, so that nobody waits for the other end.
_AT_ONCE = 400
_PATIENCE_SECONDS = 5.0


class BlobReader(Struct):
    """Reads blobs of the repository around a folder; its process starts with the first question."""

    folder: Path
    _process: subprocess.Popen[bytes] | None = None

    def read(self, name: str) -> bytes | None:
        """Give the blob of a full id, or of `COMMIT:PATH`; `None` when there is none to be had.

        That is when it is missing, no blob, over 5 MB, or git cannot be asked.
        """
        return next(self.read_all((name,)))

    def read_all(self, names: Sequence[str]) -> Iterator[bytes | None]:
        """Give many blobs in their order; git reads the next ones while the last are looked at.

        Git is at work when this returns. Nothing else may be asked before the last was taken.
        """
        batches = [names[at : at + _AT_ONCE] for at in range(0, len(names), _AT_ONCE)]
        is_asked = [self._ask(batch) for batch in batches[:1]]

        def read() -> Iterator[bytes | None]:
            for number, batch in enumerate(batches):
                is_asked.extend(self._ask(ahead) for ahead in batches[number + 1 : number + 2])
                yield from (self._take() if is_asked[number] else None for _ in batch)

        return read()

    def _ask(self, names: Sequence[str]) -> bool:
        """Ask for as many blobs as fit into the pipe twice; tells whether git can be asked."""
        try:
            questions, _ = self._pipes()
            asked = "".join(f"{name}\n" for name in names)
            questions.write(asked.encode("utf-8", "surrogateescape"))
            questions.flush()
        except (OSError, ValueError):
            self.close()
            return False
        return True

    def _take(self) -> bytes | None:
        answers = None if self._process is None else self._process.stdout
        try:
            return None if answers is None else _answer(answers)
        except (OSError, ValueError):
            self.close()
            return None

    def close(self) -> None:
        """End the process; the next question starts it again."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = subprocess.Popen(
                ("git", "cat-file", "--batch"),  # noqa: S607 - the git of the PATH is the one used
                cwd=self.folder,
                env=hardened_git_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise OSError("git has no pipes")
        return process.stdin, process.stdout


def _answer(answers: IO[bytes]) -> bytes | None:
    """Read one answer of `git cat-file --batch`: a header, and what it announces."""
    header = answers.readline()
    if not header:
        raise OSError("git has ended")
    words = header.split()
    if len(words) != 3 or not words[2].isdigit():
        return None
    size = int(words[2])
    if words[1] != b"blob" or size > LARGEST_BLOB:
        left = size + 1
        while left > 0 and (skipped := answers.read(min(left, 1 << 20))):
            left -= len(skipped)
        return None
    data = answers.read(size + 1)
    return data[:size] if len(data) == size + 1 else None
