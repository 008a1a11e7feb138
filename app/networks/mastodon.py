"""Mastodon: https://docs.joinmastodon.org/methods/statuses/#create and /methods/media/."""

from __future__ import annotations

from asyncio import sleep
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from aiohttp import FormData

from app.domain.publishing import Published, TryLater
from app.networks.failures import CallFailed, until
from app.networks.files import read_file
from app.networks.said import post_id, post_url, reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.credentials import Credentials
    from app.domain.media import Media
    from app.domain.publishing import MediaSource, Outcome, Outgoing
    from app.networks.http import Answer, Http

FILE_LIMIT: Final = 99 * 1024 * 1024
"""Bytes. What a server takes of video unless it is set up otherwise; of images it takes less, and says so itself."""

ALT_TEXT_LIMIT: Final = 1500
"""Code points. A longer description would have the whole post refused."""

_LOOKS: Final = 30
"""How often a file that the server is still at is asked about, before the post waits for its next attempt."""


class Mastodon:
    """Credentials: base_url of the server, and an access_token with write:statuses and write:media.

    A server keeps the Idempotency-Key of a status for an hour, counted from when it has made the status.
    """

    name: ClassVar[str] = "mastodon"
    repeatable_for: ClassVar[timedelta] = timedelta(minutes=55)

    def __init__(self, http: Http, media: MediaSource, *, pause: float = 1.0) -> None:
        """pause: seconds between two looks at a file that the server is still at."""
        self._http = http
        self._media = media
        self._pause = pause

    async def publish(self, outgoing: Outgoing, credentials: Credentials) -> Outcome:
        server = _Server(self._http, credentials)
        try:
            media_ids = [
                await self._attach(server, media, number) for number, media in enumerate(outgoing.media, start=1)
            ]
            answer = await server.ask(
                "POST",
                "/api/v1/statuses",
                headers={"Idempotency-Key": outgoing.key},
                json={"status": outgoing.text, "media_ids": media_ids},
            )
            told = answer.object() or {}
            id = post_id(told.get("id"))
            if id is None:
                raise answer.unreadable()
        except CallFailed as failed:
            return failed.outcome
        return Published(platform_post_id=id, platform_post_url=post_url(told.get("url")))

    async def _attach(self, server: _Server, media: Media, number: int) -> str:
        """Upload a file, wait until the server has worked through it, and answer its id there."""
        file = await read_file(self._media, media, number=number, limit=FILE_LIMIT)
        form = FormData()
        form.add_field("file", BytesIO(file.content), filename=file.name, content_type=file.content_type)
        if media.alt_text:
            form.add_field("description", media.alt_text[:ALT_TEXT_LIMIT])
        answer = await server.ask("POST", "/api/v2/media", data=form, harmless=True)
        id = post_id((answer.object() or {}).get("id"))
        # It becomes part of a path.
        if id is None or not id.isascii() or not id.isalnum():
            raise answer.unreadable()
        looks = 0
        while answer.status in (202, 206):
            looks += 1
            if looks > _LOOKS:
                raise CallFailed(TryLater(reason=f"{answer.host} is still working on file {number} of the post."))
            await sleep(self._pause)
            answer = await server.ask("GET", f"/api/v1/media/{id}", harmless=True)
        return id


class _Server:
    """One server, as one account."""

    def __init__(self, http: Http, credentials: Credentials) -> None:
        self._http = http
        self._credentials = credentials

    async def ask(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        data: FormData | None = None,
        harmless: bool = False,
    ) -> Answer:
        """A successful answer. Raises CallFailed otherwise, with the server's reason."""
        answer = await self._http.call(
            method,
            self._credentials["base_url"].rstrip("/") + path,
            headers={"Authorization": f"Bearer {self._credentials['access_token']}", **(headers or {})},
            json=json,
            data=data,
            harmless=harmless,
        )
        if not answer.is_success:
            said = reason((answer.object() or {}).get("error"), self._credentials)
            raise answer.failure(said, wait=_reset(answer.headers) if answer.status == 429 else None)
        return answer


def _reset(headers: Mapping[str, str]) -> timedelta | None:
    """How long a rate limit lasts: Mastodon says when it ends, in ISO 8601."""
    try:
        moment = datetime.fromisoformat(headers.get("X-RateLimit-Reset", ""))
    except ValueError:
        return None
    return until(moment if moment.tzinfo else moment.replace(tzinfo=UTC), headers)
