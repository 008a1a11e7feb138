"""Where the files of media are kept: a folder, or a bucket of any store that obstore speaks to."""

from __future__ import annotations

import os
import secrets
from asyncio import to_thread
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from uuid import UUID

    from obstore.store import ObjectStore

    from app.media.formats import Format

_PIECE: Final = 256 * 1024
"""Bytes of a file that are held in memory on its way to and from a disk."""

_PART: Final = 5 * 1024 * 1024
"""The same, on its way into a bucket: S3 takes no smaller parts."""

_USE: Final = "use s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, azure://CONTAINER/PREFIX or file:///PATH."


def file_name(organization_id: int, media_id: UUID, format: Format) -> str:
    """A new name in the store, of nothing that a client said. Its 128 random bits make it one that cannot be guessed:
    who knows it may have the file."""
    return f"{organization_id}/{media_id}-{secrets.token_hex(16)}.{format.ending}"


def open_file_store(url: str | None, *, folder: Path) -> FileStore:
    """The store of a URL, or the folder where there is none. Raises ValueError for a URL that names no store."""
    return FileStore.in_folder(folder) if url is None else FileStore.at(url)


class FileStore:
    """Files by their names. What put has answered for is on disk, or in the bucket."""

    def __init__(self, open: Callable[[], ObjectStore], *, folder: Path | None = None) -> None:
        """open: called when the first file is put or asked for. folder: where a store on this machine keeps files."""
        self._open = open
        self._folder = folder

    @classmethod
    def in_folder(cls, folder: Path) -> FileStore:
        """A store that makes its folder when it is first used: who has no files needs no place for them."""

        def make() -> ObjectStore:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return LocalStore(folder)

        return cls(make, folder=folder)

    @classmethod
    def at(cls, url: str) -> FileStore:
        """The store of a URL; keys, region and endpoint are read from the variables that its kind usually has.

        Raises ValueError, without the URL, for one that names no store.
        """
        parts = urlsplit(url)
        if parts.scheme == "file" and not parts.netloc and parts.path:
            return cls.in_folder(Path(url2pathname(parts.path)))
        try:
            store = from_url(url)
        except (BaseError, ValueError):
            raise ValueError(f"The media URL, with the variables of its kind, names no store: {_USE}") from None
        return cls(lambda: store)

    @cached_property
    def _store(self) -> ObjectStore:
        return self._open()

    async def put(self, name: str, file: IO[bytes]) -> None:
        """Keep all of a file under a name: whole, or not at all."""
        file.seek(0)
        part = _PART if self._folder is None else _PIECE
        await self._store.put_async(name, file, chunk_size=part, max_concurrency=1)
        if self._folder is not None:
            await to_thread(_sync, self._folder / name)

    async def read(self, name: str, *, start: int, end: int) -> AsyncIterator[bytes] | None:
        """The bytes from start up to, not including, end; None where there is no such file."""
        try:
            found = await self._store.get_async(name, options={"range": (start, end)})
        except FileNotFoundError:
            return None
        return (bytes(piece) async for piece in found.stream(min_chunk_size=_PIECE))

    async def remove(self, name: str) -> None:
        """Nothing happens where there is no such file."""
        with suppress(FileNotFoundError):
            await self._store.delete_async(name)


def _sync(path: Path) -> None:
    """Wait until a new file, its name in its organisation's folder, and that folder's own are on disk."""
    for item in (path, path.parent, path.parent.parent):
        opened = os.open(item, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
