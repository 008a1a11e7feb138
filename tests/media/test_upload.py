"""A file on its way in: judged by its first bytes, stopped at its limit, and gone when it is not wanted."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.domain.errors import InvalidInput, IssueCode
from app.domain.media import SIZE_LIMITS, MediaType
from app.media.formats import HEAD
from app.media.inspection import Measures
from app.media.upload import FileTooLarge, Upload
from tests.support.files import image, mp4
from tests.support.posts import issue

NOT_ACCEPTED = "`file` must be JPEG, PNG, GIF, WebP, MP4, MOV or WebM."


def refused_with(message: str, error: InvalidInput) -> None:
    assert error.issues == (issue("file", code=IssueCode.INVALID_VALUE, message=message),)


@pytest.mark.parametrize("piece", [1, 7, HEAD, 100_000])
def test_a_file_may_come_in_pieces_of_any_size(piece: int, tmp_path: Path) -> None:
    content = image()

    with Upload(tmp_path) as upload:
        for start in range(0, len(content), piece):
            upload.write(content[start : start + piece])

        assert upload.measure() == Measures(64, 48)
        assert (upload.size, upload.format.content_type) == (len(content), "image/jpeg")
        assert upload.digest == hashlib.sha256(content).digest()
        upload.file.seek(0)
        assert upload.file.read() == content


def test_a_file_that_is_not_accepted_is_refused_as_soon_as_that_shows(tmp_path: Path) -> None:
    with Upload(tmp_path) as upload:
        upload.write(b"<svg>" + b" " * (HEAD - 6))
        with pytest.raises(InvalidInput) as refused:
            upload.write(b" ")

    refused_with(NOT_ACCEPTED, refused.value)


def test_a_short_file_that_is_not_accepted_is_refused_at_its_end(tmp_path: Path) -> None:
    with Upload(tmp_path) as upload:
        upload.write(b"hello")
        with pytest.raises(InvalidInput) as refused:
            upload.measure()

    refused_with(NOT_ACCEPTED, refused.value)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with Upload(tmp_path) as upload, pytest.raises(InvalidInput) as refused:
        upload.measure()

    refused_with("`file` is empty.", refused.value)


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    with Upload(tmp_path) as upload:
        upload.write(image()[:-100])
        with pytest.raises(InvalidInput) as refused:
            upload.measure()

    refused_with("`file` is damaged or not complete.", refused.value)


@pytest.mark.parametrize(
    ("start", "type"), [(image(), MediaType.IMAGE), (mp4(), MediaType.VIDEO)], ids=["image", "video"]
)
def test_a_file_may_be_as_large_as_its_limit_and_not_a_byte_larger(
    start: bytes, type: MediaType, tmp_path: Path
) -> None:
    limit = {MediaType.IMAGE: 26_214_400, MediaType.VIDEO: 524_288_000}[type]
    assert SIZE_LIMITS[type] == limit
    with Upload(tmp_path) as upload:
        upload.write(start.ljust(HEAD, b"\0"))
        upload.size = limit - 10  # as if the bytes between had come

        upload.write(bytes(10))
        with pytest.raises(FileTooLarge) as refused:
            upload.write(b"\0")

    assert str(refused.value) == f"The file is larger than the {limit} bytes that {type}s may have."


def test_nothing_of_a_file_has_a_name_while_it_comes_or_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "uploads"

    with Upload(folder) as upload:
        upload.write(image())
        assert list(folder.iterdir()) == []

    assert list(folder.iterdir()) == []
    assert upload.file.closed
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_is_too_large_is_not_written(tmp_path: Path) -> None:
    with Upload(tmp_path) as upload:
        upload.write(image().ljust(HEAD, b"\0"))
        with pytest.raises(FileTooLarge):
            upload.write(bytes(SIZE_LIMITS[MediaType.IMAGE]))

        upload.file.flush()
        upload.file.seek(0, 2)
        assert upload.file.tell() == HEAD
