"""A file on its way in: on disk, nameless, and never larger than its kind may be."""

from __future__ import annotations

import hashlib
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Self

from app.domain.errors import InputIssue, InvalidInput, IssueCode
from app.domain.media import SIZE_LIMITS
from app.media.formats import ACCEPTED, HEAD, Format, format_of
from app.media.inspection import Measures, measure
from app.media.picture import BrokenFile

if TYPE_CHECKING:
    from pathlib import Path


class FileTooLarge(Exception):
    """More bytes came than a file of its kind may have. The message is a sentence that names the limit."""


class Upload:
    """A file without a name in a folder on disk: however its taking in ends, a killed process included, the system
    frees its space. Writing and measuring it block, and belong on a thread.
    """

    def __init__(self, folder: Path) -> None:
        """folder: on a disk with room for the file. It is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.file: IO[bytes] = TemporaryFile(dir=folder)  # noqa: SIM115 - __exit__ closes it
        self.size = 0
        self._head = b""
        self._format: Format | None = None
        self._digest = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    @property
    def digest(self) -> bytes:
        """The SHA-256 of what has come so far."""
        return self._digest.digest()

    @property
    def format(self) -> Format:
        """Known once HEAD bytes have come, or all."""
        if self._format is None:
            raise ValueError("too little of the file has come")
        return self._format

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises FileTooLarge and, once the file has shown what it is, InvalidInput."""
        self.size += len(chunk)
        if self._format is None:
            self._head = (self._head + chunk)[:HEAD]
            if len(self._head) == HEAD:
                self._decide()
        if self._format is not None and self.size > (limit := SIZE_LIMITS[self._format.type]):
            raise FileTooLarge(f"The file is larger than the {limit} bytes that {self._format.type}s may have.")
        self._digest.update(chunk)
        self.file.write(chunk)

    def measure(self) -> Measures:
        """What a file that is all here holds. Raises InvalidInput for one that is empty, broken or not accepted."""
        if self.size == 0:
            raise _refusal("is empty")
        if self._format is None:
            self._decide()
        self.file.flush()
        try:
            return measure(self.file, self.format)
        except BrokenFile as error:
            raise _refusal(str(error)) from None

    def _decide(self) -> None:
        self._format = format_of(self._head)
        if self._format is None:
            raise _refusal(f"must be {ACCEPTED}")


def _refusal(problem: str) -> InvalidInput:
    return InvalidInput([InputIssue(path=("file",), code=IssueCode.INVALID_VALUE, message=f"`file` {problem}.")])
