"""Bluesky, and any other server of the AT protocol: one record of the lexicon app.bsky.feed.post.

The record's key is derived from the destination's, and a server creates no second record with the same key. So however
often the call is made, one post is there; and whether it is there can be asked for.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Final

import filetype  # type: ignore[import-untyped]  # it carries no annotations

from app.domain.media import MediaType
from app.domain.publishing import ALWAYS, Published, Refused
from app.domain.schedule import format_instant
from app.networks.bluesky_facets import facets, handles
from app.networks.bluesky_sessions import Sessions, is_did
from app.networks.failures import CallFailed
from app.networks.files import read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta

    from app.domain.credentials import Credentials
    from app.domain.media import Media
    from app.domain.publishing import MediaSource, Outcome, Outgoing
    from app.networks.bluesky_sessions import Session
    from app.networks.files import File
    from app.networks.http import Answer, Http

COLLECTION: Final = "app.bsky.feed.post"

SIZE_LIMITS: Final = {MediaType.IMAGE: 2_000_000, MediaType.VIDEO: 100_000_000}
"""Bytes: app.bsky.embed.images, and app.bsky.embed.video as servers had it that are not the newest."""

MOST_IMAGES: Final = 4

_HEAD: Final = 4096
"""Bytes after which a file has shown what it is."""

_KEY_LENGTH: Final = 13
_KEY_LETTERS: Final = "2567bcdfghjklmpqrstvwxz"
_KEY_FIRST_LETTERS: Final = "2567bcdfghj"


def _now() -> datetime:
    return datetime.now(UTC)


class Bluesky:
    """Credentials: service, the address of the account's server; identifier (handle, email or DID); an app password."""

    name: ClassVar[str] = "bluesky"
    repeatable_for: ClassVar[timedelta] = ALWAYS

    def __init__(self, http: Http, media: MediaSource, *, clock: Callable[[], datetime] = _now) -> None:
        """clock: says when a post was made; readers see it."""
        self._sessions = Sessions(http)
        self._media = media
        self._clock = clock

    async def publish(self, outgoing: Outgoing, credentials: Credentials) -> Outcome:
        session = self._sessions.of(credentials)
        try:
            post = _Post(session, await session.did(), record_key(outgoing.key))
            if outgoing.attempt > 1 and await post.is_out():
                return post.published
            return await post.create(await self._record(outgoing, session))
        except CallFailed as failed:
            return failed.outcome

    async def _record(self, outgoing: Outgoing, session: Session) -> Mapping[str, object]:
        record: dict[str, object] = {"$type": COLLECTION, "text": outgoing.text}
        if found := facets(outgoing.text, await _dids(handles(outgoing.text), session)):
            record["facets"] = found
        if outgoing.media:
            record["embed"] = await self._embed(outgoing.media, session)
        return {**record, "createdAt": format_instant(self._clock())}

    async def _embed(self, media: Sequence[Media], session: Session) -> Mapping[str, object]:
        """The images, or the video. Raises CallFailed."""
        if media[0].type is MediaType.VIDEO and len(media) == 1:
            return {"$type": "app.bsky.embed.video", **await self._uploaded(media[0], 1, session)}
        if len(media) > MOST_IMAGES or any(one.type is MediaType.VIDEO for one in media):
            raise CallFailed(Refused(reason=f"Bluesky takes up to {MOST_IMAGES} images in a post, or one video."))
        images = [await self._uploaded(one, number, session) for number, one in enumerate(media, start=1)]
        return {"$type": "app.bsky.embed.images", "images": images}

    async def _uploaded(self, media: Media, number: int, session: Session) -> Mapping[str, object]:
        """What a record says of one file, which the server now has, and forgets if no record ever names it."""
        limit = SIZE_LIMITS[media.type]
        if media.size is not None and media.size > limit:
            raise CallFailed(
                Refused(reason=f"The {media.type} has {media.size} bytes, and Bluesky takes at most {limit}.")
            )
        file = await read_file(self._media, media, number=number, limit=limit)
        _refuse_unless_shown(file, media.type)
        answer = await session.call(
            "POST",
            "com.atproto.repo.uploadBlob",
            data=file.content,
            content_type=file.content_type,
            harmless=True,
        )
        if not answer.is_success:
            raise session.failure(answer)
        blob = (answer.object() or {}).get("blob")
        if not isinstance(blob, dict):
            raise answer.unreadable()
        said: dict[str, object] = {media.type: blob}
        # An image has to say what it shows, even if that is nothing; a video need not.
        if media.alt_text or media.type is MediaType.IMAGE:
            said["alt"] = media.alt_text or ""
        if media.width and media.height:
            said["aspectRatio"] = {"width": media.width, "height": media.height}
        return said


class _Post:
    """The record that one destination becomes. did: whose it is."""

    def __init__(self, session: Session, did: str, key: str) -> None:
        self._session = session
        self._key = key
        self._did = did
        self._uri = f"at://{did}/{COLLECTION}/{key}"
        # The address with the identity in it stays right when the account's handle changes.
        url = f"https://bsky.app/profile/{did}/post/{key}"
        self.published = Published(platform_post_id=self._uri, platform_post_url=url)

    async def create(self, record: Mapping[str, object]) -> Published:
        """Raises CallFailed."""
        body = {"repo": self._did, "collection": COLLECTION, "rkey": self._key, "record": record}
        answer = await self._session.call("POST", "com.atproto.repo.createRecord", json=body)
        if self._is_in(answer) or (answer.status != HTTPStatus.TOO_MANY_REQUESTS and await self._is_found()):
            return self.published
        raise answer.unreadable() if answer.is_success else self._session.failure(answer)

    async def is_out(self) -> bool:
        """Whether the record is there. Raises CallFailed where the server cannot say."""
        names = {"repo": self._did, "collection": COLLECTION, "rkey": self._key}
        answer = await self._session.call("GET", "com.atproto.repo.getRecord", query=names, harmless=True)
        if answer.is_success:
            return self._is_in(answer)
        failed = self._session.failure(answer)
        if isinstance(failed.outcome, Refused):
            return False
        raise failed

    async def _is_found(self) -> bool:
        """After an answer that may mean that it was there already: the reference server's is a plain 500."""
        try:
            return await self.is_out()
        except CallFailed:
            return False  # the first answer says more

    def _is_in(self, answer: Answer) -> bool:
        return answer.is_success and (answer.object() or {}).get("uri") == self._uri


def record_key(key: str) -> str:
    """The key of the record for a destination's key: a TID (atproto.com/specs/tid), which says a time nobody means.

    It is nearly 58 bits of a hash: among a million posts of one account, the odds are half a million to one that no two
    share a key. Its letters spell no word, as servers refuse a key in which they read a slur.
    """
    rest, first = divmod(int.from_bytes(sha256(key.encode()).digest()), len(_KEY_FIRST_LETTERS))
    letters = [_KEY_FIRST_LETTERS[first]]
    while len(letters) < _KEY_LENGTH:
        rest, letter = divmod(rest, len(_KEY_LETTERS))
        letters.append(_KEY_LETTERS[letter])
    return "".join(letters)


def _refuse_unless_shown(file: File, type: MediaType) -> None:
    """Raise CallFailed for a file that is not what it is said to be, which a server would take and nobody would see."""
    kind = filetype.guess(file.content[:_HEAD])
    if type is MediaType.VIDEO and (kind is None or kind.extension not in ("mp4", "m4v")):
        raise CallFailed(Refused(reason="The video is not an MP4 file, and Bluesky takes no others."))
    if type is MediaType.IMAGE and (kind is None or not kind.mime.startswith("image/")):
        raise CallFailed(Refused(reason="The image is not an image file."))


async def _dids(mentioned: frozenset[str], session: Session) -> Mapping[str, str]:
    """The identities of those whom the server knows; for whatever reason it cannot tell one, a post goes out all the
    same."""

    async def look_up(handle: str) -> str | None:
        name = {"handle": handle}
        try:
            answer = await session.call("GET", "com.atproto.identity.resolveHandle", query=name, harmless=True)
        except CallFailed:
            return None
        did = (answer.object() or {}).get("did") if answer.is_success else None
        return did if isinstance(did, str) and is_did(did) else None

    names = sorted(mentioned)
    found = await asyncio.gather(*map(look_up, names))
    return {name: did for name, did in zip(names, found, strict=True) if did is not None}
