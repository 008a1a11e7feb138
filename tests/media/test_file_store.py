"""Files are kept whole, in a folder or in a bucket, and come back in pieces, all of them or a part."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.media import MediaType
from app.media.file_store import FileStore, file_name, open_file_store
from app.media.formats import Format
from tests.support.bucket import Bucket

NAME = "1/a.jpg"
CONTENT = random.Random(1).randbytes(12 * 1024 * 1024 + 5)  # noqa: S311 - more than two parts of an upload
JPEG = Format(MediaType.IMAGE, "image/jpeg", "jpg")


@pytest.fixture
async def bucket(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bucket]:
    """Its address and its keys are in the variables that S3's own tools read."""
    async with Bucket().serving() as bucket:
        monkeypatch.setenv("AWS_ENDPOINT", bucket.address)
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_REGION", "eu-test-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        yield bucket


@pytest.fixture(params=["folder", "file URL", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, bucket: Bucket) -> FileStore:
    folder = tmp_path / "deep" / "media"
    urls = {"folder": None, "file URL": folder.as_uri(), "bucket": "s3://pictures/redraft"}
    return open_file_store(urls[request.param], folder=folder)


async def content_of(store: FileStore, name: str, *, start: int = 0, end: int = len(CONTENT)) -> bytes | None:
    pieces = await store.read(name, start=start, end=end)
    return None if pieces is None else b"".join([piece async for piece in pieces])


async def test_a_file_comes_back_as_it_was_put(store: FileStore) -> None:
    file = BytesIO(CONTENT)
    file.seek(100)  # wherever it was read to before

    await store.put(NAME, file)

    assert await content_of(store, NAME) == CONTENT


async def test_a_part_of_a_file_comes_alone(store: FileStore) -> None:
    await store.put(NAME, BytesIO(CONTENT))

    assert await content_of(store, NAME, start=5, end=6) == CONTENT[5:6]
    assert await content_of(store, NAME, start=1_000_000, end=7_000_000) == CONTENT[1_000_000:7_000_000]
    assert await content_of(store, NAME, start=len(CONTENT) - 1) == CONTENT[-1:]


async def test_a_removed_file_is_gone_and_removing_it_again_does_nothing(store: FileStore) -> None:
    await store.put(NAME, BytesIO(b"x"))
    await store.put("1/b.jpg", BytesIO(b"y"))

    await store.remove(NAME)
    await store.remove(NAME)

    assert await content_of(store, NAME) is None
    assert await content_of(store, "1/b.jpg", end=1) == b"y"


async def test_a_file_that_was_never_put_is_not_there(store: FileStore) -> None:
    assert await content_of(store, NAME) is None


async def test_a_large_file_is_read_in_pieces(tmp_path: Path) -> None:
    store = FileStore.in_folder(tmp_path / "media")
    await store.put(NAME, BytesIO(CONTENT))

    pieces = await store.read(NAME, start=0, end=len(CONTENT))

    assert pieces is not None
    assert max([len(piece) async for piece in pieces]) <= 512 * 1024


async def test_a_folder_is_made_when_the_first_file_comes_and_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    store = open_file_store(None, folder=folder)
    assert not folder.exists()

    await store.put(NAME, BytesIO(b"x"))

    assert folder.stat().st_mode & 0o777 == 0o700
    assert [str(path.relative_to(folder)) for path in sorted(folder.rglob("*"))] == ["1", NAME]


async def test_a_bucket_has_the_files_under_the_prefix_of_its_url(bucket: Bucket, tmp_path: Path) -> None:
    store = open_file_store("s3://pictures/red/raft", folder=tmp_path / "media")

    await store.put(NAME, BytesIO(CONTENT))

    assert bucket.objects == {f"red/raft/{NAME}": CONTENT}
    assert {request.split()[1] for request in bucket.requests} == {f"/pictures/red/raft/{NAME}"}
    assert not (tmp_path / "media").exists()


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://user:secret@host/x", "s3://", "file://host/x"])
def test_a_url_that_names_no_store_is_refused_without_quoting_it(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^The media URL, .* names no store: use s3://BUCKET/PREFIX") as refused:
        open_file_store(url, folder=tmp_path)

    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_name_says_whose_file_it_is_and_cannot_be_guessed() -> None:
    id = UUID("a1b2c3d4-e5f6-7890-abcd-ef1234567890")

    names = [file_name(7, id, JPEG) for _ in range(100)]

    assert len(set(names)) == 100
    for name in names:
        organization, _, rest = name.partition("/")
        assert organization == "7"
        assert rest.startswith(f"{id}-")
        assert rest.endswith(".jpg")
        assert len(bytes.fromhex(rest.removeprefix(f"{id}-").removesuffix(".jpg"))) == 16
