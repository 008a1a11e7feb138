"""The blocks of a GIF (GIF89a, section 12): its pictures, without what is said before them."""

from __future__ import annotations

import re
from io import BytesIO
from typing import IO, Final

from app.media.picture import DAMAGED, BrokenFile, Picture

_BLOCK: Final = re.compile(rb"[!,;]")
_PICTURE: Final = b","
_END: Final = b";"
_SCREEN: Final = 13
"""Bytes of the header and the screen descriptor."""


def gif_picture(file: IO[bytes]) -> Picture:
    """The file without its first extensions: the reader would keep 25 MB of comments in 1 GB of memory.

    Only the first picture of an animation is ever decoded. Raises BrokenFile where there is none, and LookupError where
    the file ends before it.
    """
    data = file.read()
    palette = 3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0
    position = start = _SCREEN + palette
    while True:
        block = _BLOCK.search(data, position)
        if block is None or block[0] == _END:
            raise BrokenFile(DAMAGED)
        if block[0] == _PICTURE:
            return Picture(BytesIO(data[:start] + data[block.start() :]), can_be_decoded=True)
        position = block.end() + 1
        while size := data[position]:
            position += size + 1
        position += 1
