"""The chunks of a PNG (ISO/IEC 15948, clause 5): all are checked, two are read."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import IO, Final

from app.media.picture import DAMAGED, BrokenFile, Picture

CHUNK_LIMIT: Final = 100_000
"""Encoders cut 25 MB into 3,200 chunks, or 25,000 at most. An empty one takes 12 bytes."""

_NEEDED: Final = (b"IHDR", b"eXIf")
"""Size and orientation. Compressed texts, of which 60 KB fill 250 MB of memory, are not among them."""

_DATA: Final = b"IDAT"
_END: Final = b"IEND"


def png_picture(file: IO[bytes]) -> Picture:
    """The same size and orientation, without a pixel. Raises BrokenFile where a chunk is missing or its checksum is
    wrong, and where there are too many.
    """
    kept = [file.read(8)]
    has_data = False
    for _ in range(CHUNK_LIMIT):
        length, kind = file.read(4), file.read(4)
        content, checksum = file.read(int.from_bytes(length)), file.read(4)
        if len(checksum) < 4 or zlib.crc32(content, zlib.crc32(kind)) != int.from_bytes(checksum):
            raise BrokenFile(DAMAGED)
        if kind in _NEEDED:
            kept += (length, kind, content, checksum)
        elif kind == _DATA:
            has_data = True
        elif kind == _END:
            if not has_data:
                raise BrokenFile(DAMAGED)
            return Picture(BytesIO(b"".join([*kept, _empty(_DATA), _empty(_END)])), can_be_decoded=False)
    raise BrokenFile(f"has more than {CHUNK_LIMIT} chunks")


def _empty(kind: bytes) -> bytes:
    return bytes(4) + kind + zlib.crc32(kind).to_bytes(4)
