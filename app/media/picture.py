"""What the reader of pictures is given of an uploaded image: enough to measure it, and nothing that costs too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Final

DAMAGED: Final = "is damaged or not complete"


class BrokenFile(Exception):
    """The file is not what its first bytes promise, not all of it is there, or reading it would cost too much."""


@dataclass(frozen=True, slots=True)
class Picture:
    """file: an image of the same format, size and orientation. can_be_decoded: in little time and memory."""

    file: IO[bytes]
    can_be_decoded: bool
