"""The key of an embedded database, in a file beside it: made when it is first needed, for its owner's eyes alone."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

from app.repositories.credential_cipher import new_secret_key, read_secret_keys

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.fernet import MultiFernet


class SecretKeyFile:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: MultiFernet | None = None

    def keys(self) -> MultiFernet:
        """The keys in the file, which is made if there is none. Raises ValueError for a file that holds none."""
        if self._keys is None:
            try:
                text = self._text()
            except FileNotFoundError:
                text = self._make()
            self._keys = self._read(text)
        return self._keys

    def found(self) -> str | None:
        """The file's text; None where there is no file yet. Raises ValueError, now and not at the first need, for a
        file that holds no key.
        """
        try:
            text = self._text()
        except FileNotFoundError:
            return None
        self._read(text)
        return text

    def _read(self, text: str) -> MultiFernet:
        try:
            return read_secret_keys(text)
        except ValueError as error:
            raise ValueError(f"{self._path} {error}.") from None

    def _make(self) -> str:
        """The new file's text, or that of whoever made it first.

        It is written whole under another name and then linked to its own: of several processes that make it at once
        one succeeds, and no reader sees half a key. It is on disk before anything that it encrypts.
        """
        descriptor, draft = tempfile.mkstemp(dir=self._path.parent, prefix=".secret-key-")  # mode 0600
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(f"{new_secret_key()}\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(draft, self._path)
        finally:
            os.unlink(draft)
        _sync_folder(self._path.parent)
        return self._text()

    def _text(self) -> str:
        return self._path.read_text(errors="replace")


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
