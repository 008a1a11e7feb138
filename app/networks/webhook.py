"""Any platform, through an endpoint of the account's owner: one signed POST that says what to publish.

    {"type": "post.publish",
     "timestamp": "2026-11-22T09:00:00.000Z",          when this attempt was made
     "data": {"post_id": "…", "account_id": 1, "account_name": "@mybrand", "platform": "x", "attempt": 1,
              "kind": "standard", "content": "…",       the text for this platform
              "title": null, "description": null, "first_comment": null, "social_audio_id": null,
              "media": [{"id": "…", "type": "image", "url": "https://…", "alt_text": null, "width": null,
                         "height": null, "duration_ms": null, "content_type": null, "size": null}]}}

It is signed as Standard Webhooks has it. Every attempt at one post on one account has the same webhook-id: a receiver
that remembers ids publishes once. Any 2xx says that it is published; the answer may be an object with platform_post_id
and platform_post_url. A refusal may be an object with error or message.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from app.domain.publishing import ALWAYS, Published
from app.domain.schedule import format_instant
from app.networks.failures import CallFailed
from app.networks.said import post_id, post_url, reason
from app.networks.standard_webhooks import sign

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from app.domain.credentials import Credentials
    from app.domain.media import Media
    from app.domain.publishing import Outcome, Outgoing
    from app.networks.http import Answer, Http

TYPE: Final = "post.publish"


def _now() -> datetime:
    return datetime.now(UTC)


class Webhook:
    """Credentials: url, and the secret that signs, as in standard_webhooks.py."""

    name: ClassVar[str] = "webhook"
    repeatable_for: ClassVar[timedelta] = ALWAYS

    def __init__(self, http: Http, *, clock: Callable[[], datetime] = _now) -> None:
        """clock: the real time, whatever the schedule's is: receivers refuse what was signed long ago."""
        self._http = http
        self._clock = clock

    async def publish(self, outgoing: Outgoing, credentials: Credentials) -> Outcome:
        now = self._clock()
        body = json.dumps(payload(outgoing, now), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            **sign(credentials["secret"], id=outgoing.key, timestamp=now, body=body),
        }
        try:
            answer = await self._http.call("POST", credentials["url"], headers=headers, data=body)
            if not answer.is_success:
                raise answer.failure(_words(answer, credentials))
        except CallFailed as failed:
            return failed.outcome
        told = answer.object() or {}
        return Published(
            platform_post_id=post_id(told.get("platform_post_id")),
            platform_post_url=post_url(told.get("platform_post_url")),
        )


def payload(outgoing: Outgoing, now: datetime) -> Mapping[str, object]:
    return {
        "type": TYPE,
        "timestamp": format_instant(now),
        "data": {
            "post_id": str(outgoing.post_id),
            "account_id": outgoing.account.id,
            "account_name": outgoing.account.name,
            "platform": outgoing.account.platform,
            "attempt": outgoing.attempt,
            "kind": outgoing.kind,
            "content": outgoing.text,
            "title": outgoing.title,
            "description": outgoing.description,
            "first_comment": outgoing.first_comment,
            "social_audio_id": outgoing.social_audio_id,
            "media": [_described(media) for media in outgoing.media],
        },
    }


def _described(media: Media) -> Mapping[str, object]:
    return {
        "id": str(media.id),
        "type": media.type,
        "url": media.url,
        "alt_text": media.alt_text,
        "width": media.width,
        "height": media.height,
        "duration_ms": media.duration_ms,
        "content_type": media.content_type,
        "size": media.size,
    }


def _words(answer: Answer, credentials: Credentials) -> str | None:
    told = answer.object() or {}
    said = reason(told.get("error"), credentials) or reason(told.get("message"), credentials)
    if said is None and answer.status == 410:
        return "its owner has ended it."
    return said
