"""Real files of every accepted format, and the forms that carry them."""

from __future__ import annotations

import struct
from io import BytesIO

from PIL import Image

JPEG = "image/jpeg"
PNG = "image/png"
GIF = "image/gif"
WEBP = "image/webp"


def image(content_type: str = JPEG, *, width: int = 64, height: int = 48, orientation: int | None = None) -> bytes:
    """Noise, so that no format can make next to nothing of it."""
    file = BytesIO()
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    noise = Image.effect_noise((width, height), 80).convert("RGB")
    noise.save(file, content_type.removeprefix("image/").upper(), exif=exif)
    return file.getvalue()


def mp4(
    *,
    width: int = 160,
    height: int = 120,
    duration_ms: int = 2000,
    brand: bytes = b"isom",
    frame: bytes = bytes(64),
    is_turned: bool = False,
) -> bytes:
    """A video of one frame, by ISO/IEC 14496-12. brand: `qt  ` makes it a QuickTime film."""
    kind = _box(b"ftyp", brand, struct.pack(">I", 512), brand)
    content = _box(b"mdat", frame)
    moov = _moov(width, height, duration_ms, len(frame), offset=len(kind) + 8, is_turned=is_turned)
    return kind + content + moov


def mp4_with_sound_only() -> bytes:
    """An MP4 that holds no track of pictures."""
    header = _full(b"mvhd", struct.pack(">IIII", 0, 0, 1000, 1000), bytes(80))
    return _box(b"ftyp", b"isom", struct.pack(">I", 512), b"isom") + _box(b"moov", header) + _box(b"mdat", bytes(64))


def webm(*, width: int = 160, height: int = 120, duration_ms: int = 2000) -> bytes:
    """A video of one frame, by RFC 8794 and the Matroska specification."""
    picture = _element(0xE0, _element(0xB0, _uint(width)), _element(0xBA, _uint(height)))
    track = _element(
        0xAE,
        _element(0xD7, _uint(1)),
        _element(0x73C5, _uint(1)),
        _element(0x83, _uint(1)),
        _element(0x86, b"V_VP8"),
        picture,
    )
    info = _element(
        0x1549A966, _element(0x2AD7B1, _uint(1_000_000)), _element(0x4489, struct.pack(">d", float(duration_ms)))
    )
    frame = _element(0xA3, b"\x81\x00\x00\x80" + bytes(64))
    cluster = _element(0x1F43B675, _element(0xE7, _uint(0)), frame)
    head = _element(0x1A45DFA3, _element(0x4282, b"webm"), _element(0x4287, _uint(2)), _element(0x4285, _uint(2)))
    return head + _element(0x18538067, info, _element(0x1654AE6B, track), cluster)


BOUNDARY = "------------------------d74496d66958873e"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(name: str, content: bytes, *, filename: str | None = None, content_type: str | None = None) -> bytes:
    """A part of a form with BOUNDARY, with the boundary before it."""
    named = f'; filename="{filename}"' if filename is not None else ""
    typed = f"Content-Type: {content_type}\r\n" if content_type is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{typed}\r\n'
    return head.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + kind + body


def _full(kind: bytes, *content: bytes, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", flags), *content)


def _moov(width: int, height: int, duration_ms: int, size: int, *, offset: int, is_turned: bool) -> bytes:
    as_it_is = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    by_90_degrees = (0, 0x10000, 0, -0x10000, 0, 0, height << 16, 0, 0x40000000)
    matrix = struct.pack(">9i", *(by_90_degrees if is_turned else as_it_is))
    sample = _box(
        b"mp4v",
        bytes(6) + struct.pack(">H", 1) + bytes(16),
        struct.pack(">HHIIIH", width, height, 0x480000, 0x480000, 0, 1),
        bytes(32) + struct.pack(">Hh", 24, -1),
    )
    table = _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1), sample),
        _full(b"stts", struct.pack(">III", 1, 1, duration_ms)),
        _full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        _full(b"stsz", struct.pack(">III", size, 1, 0)[:8]),
        _full(b"stco", struct.pack(">II", 1, offset)),
    )
    handler = _full(b"hdlr", bytes(4) + b"vide" + bytes(12) + b"\0")
    data = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1)))
    media = _box(
        b"mdia",
        _full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 1000, duration_ms, 0x55C4, 0)),
        handler,
        _box(b"minf", _full(b"vmhd", bytes(8), flags=1), data, table),
    )
    track = _full(
        b"tkhd",
        struct.pack(">IIIII", 0, 0, 1, 0, duration_ms) + bytes(16) + matrix,
        struct.pack(">II", width << 16, height << 16),
        flags=7,
    )
    film = _full(
        b"mvhd",
        struct.pack(">IIIIIH", 0, 0, 1000, duration_ms, 0x10000, 0x100) + bytes(10),
        struct.pack(">9i", *as_it_is) + bytes(24) + struct.pack(">I", 2),
    )
    return _box(b"moov", film, _box(b"trak", track, media))


def _element(id: int, *content: bytes) -> bytes:
    body = b"".join(content)
    size = bytes([len(body) | 0x80]) if len(body) < 0x7F else (len(body) | 1 << 56).to_bytes(8)
    return id.to_bytes((id.bit_length() + 7) // 8) + size + body


def _uint(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8))
