"""The sandbox: posts that go out to a folder of this machine, one file for each, for trying things out."""

from __future__ import annotations

import json
import os
from asyncio import to_thread
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from tempfile import mkstemp
from typing import TYPE_CHECKING, Any, ClassVar, Final

from app.domain.publishing import ALWAYS, Published, TryLater, Unanswered
from app.domain.schedule import format_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta
    from pathlib import Path

    from app.domain.credentials import Credentials
    from app.domain.publishing import Outcome, Outgoing

_ENDING: Final = ".json"
_SHOWN: Final = 200


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxMedia:
    type: str
    url: str
    alt_text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPost:
    """What went out. published_at: as format_instant writes it."""

    key: str
    published_at: str
    account_name: str
    platform: str
    title: str | None
    text: str
    media: tuple[SandboxMedia, ...]


class Sandbox:
    """Credentials: sandbox, any text. A file once there is never written again, so that a repeat finds the first."""

    name: ClassVar[str] = "sandbox"
    repeatable_for: ClassVar[timedelta] = ALWAYS

    def __init__(self, folder: Path, base_url: str | None = None, *, clock: Callable[[], datetime] = _now) -> None:
        """folder: made when the first post goes out. base_url: of the server that shows the page, if there is one."""
        self._folder = folder
        self._base_url = base_url
        self._clock = clock

    async def publish(self, outgoing: Outgoing, credentials: Credentials) -> Outcome:
        content = json.dumps(_record(outgoing, self._clock()), ensure_ascii=False, indent=2).encode()
        try:
            temporary = await to_thread(_write, self._folder, content)
        except OSError as error:
            return TryLater(reason=f"The sandbox cannot be written to: {error.strerror}.")
        try:
            await to_thread(_keep, temporary, self._folder / f"{outgoing.key}{_ENDING}")
        except OSError as error:
            return Unanswered(reason=f"The sandbox cannot be written to: {error.strerror}.")
        url = None if self._base_url is None else f"{self._base_url}/sandbox#{outgoing.key}"
        return Published(platform_post_id=outgoing.key, platform_post_url=url)


def published(folder: Path) -> Sequence[SandboxPost]:
    """The latest 200 posts that went out, the newest first; none where there is no folder."""
    try:
        with os.scandir(folder) as entries:
            files = [(entry.stat().st_mtime_ns, entry.path) for entry in entries if entry.name.endswith(_ENDING)]
    except FileNotFoundError:
        return []
    posts = []
    for _, path in sorted(files, reverse=True)[:_SHOWN]:
        with suppress(OSError, ValueError, KeyError, TypeError):  # somebody has removed or edited it
            posts.append(_read(path))
    return posts


def _record(outgoing: Outgoing, now: datetime) -> dict[str, object]:
    return {
        "key": outgoing.key,
        "published_at": format_instant(now),
        "post_id": str(outgoing.post_id),
        "account_id": outgoing.account.id,
        "account_name": outgoing.account.name,
        "platform": outgoing.account.platform,
        "attempt": outgoing.attempt,
        "kind": outgoing.kind,
        "title": outgoing.title,
        "text": outgoing.text,
        "description": outgoing.description,
        "first_comment": outgoing.first_comment,
        "social_audio_id": outgoing.social_audio_id,
        "media": [{"type": media.type, "url": media.url, "alt_text": media.alt_text} for media in outgoing.media],
    }


def _read(path: str) -> SandboxPost:
    with open(path, "rb") as file:
        record: dict[str, Any] = json.load(file)
    return SandboxPost(
        key=record["key"],
        published_at=record["published_at"],
        account_name=record["account_name"],
        platform=record["platform"],
        title=record["title"],
        text=record["text"],
        media=tuple(SandboxMedia(**media) for media in record["media"]),
    )


def _write(folder: Path, content: bytes) -> str:
    """The path of a new file with the content, which is on disk."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, path = mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(path)
        raise
    return path


def _keep(temporary: str, path: Path) -> None:
    """Give a file its name, unless there is one of that name: a link, other than a renaming, never replaces."""
    try:
        with suppress(FileExistsError):
            os.link(temporary, path)
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    finally:
        os.unlink(temporary)
