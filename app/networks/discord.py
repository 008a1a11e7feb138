"""Discord, through a channel's webhook: https://discord.com/developers/docs/resources/webhook#execute-webhook."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, ClassVar, Final

from aiohttp import FormData

from app.domain.publishing import NEVER, Published, Unanswered
from app.networks.failures import CallFailed, after_seconds
from app.networks.files import read_file
from app.networks.said import post_id, reason

if TYPE_CHECKING:
    from datetime import timedelta

    from app.domain.credentials import Credentials
    from app.domain.publishing import MediaSource, Outcome, Outgoing
    from app.networks.http import Answer, Http

FILE_LIMIT: Final = 10 * 1024 * 1024
"""Bytes of one file, where the server has no boosts (https://discord.com/developers/docs/reference#uploading-files)."""

ALT_TEXT_LIMIT: Final = 1024
"""Code points. A longer description would have the whole message refused."""


class Discord:
    """Credentials: webhook_url, which is all it takes to post to the channel.

    Discord has no key by which it would know a message again, so a call whose answer is lost is never repeated. Files
    are sent along: only so do videos and descriptions of pictures come through.
    """

    name: ClassVar[str] = "discord"
    repeatable_for: ClassVar[timedelta] = NEVER

    def __init__(self, http: Http, media: MediaSource) -> None:
        self._http = http
        self._media = media

    async def publish(self, outgoing: Outgoing, credentials: Credentials) -> Outcome:
        url = credentials["webhook_url"]
        try:
            # Where the webhook is says the server, which a message's address needs and its answer lacks; and a
            # webhook that is gone says so before any file is sent.
            webhook = await self._http.call("GET", url, harmless=True)
            _refuse_failure(webhook, credentials)
            form = await self._message(outgoing)
            answer = await self._http.call("POST", url, query={"wait": "true"}, data=form)
            _refuse_failure(answer, credentials)
            message = answer.object() or {}
            id = post_id(message.get("id"))
            if id is None:
                raise answer.unreadable()
        except CallFailed as failed:
            return failed.outcome
        guild = post_id((webhook.object() or {}).get("guild_id"))
        return Published(platform_post_id=id, platform_post_url=_address(guild, message.get("channel_id"), id))

    async def _message(self, outgoing: Outgoing) -> FormData:
        form = FormData()
        attachments = []
        for number, media in enumerate(outgoing.media):
            file = await read_file(self._media, media, number=number + 1, limit=FILE_LIMIT)
            form.add_field(
                f"files[{number}]", BytesIO(file.content), filename=file.name, content_type=file.content_type
            )
            attachment: dict[str, object] = {"id": number, "filename": file.name}
            if media.alt_text:
                attachment["description"] = media.alt_text[:ALT_TEXT_LIMIT]
            attachments.append(attachment)
        message = {"content": outgoing.text, "attachments": attachments}
        form.add_field("payload_json", json.dumps(message, ensure_ascii=False), content_type="application/json")
        return form


def _refuse_failure(answer: Answer, credentials: Credentials) -> None:
    """Raise CallFailed unless the answer is a success."""
    if answer.is_success:
        return
    told = answer.object() or {}
    said = reason(_first_error(told.get("errors")) or told.get("message"), credentials)
    seconds = told.get("retry_after")
    failure = answer.failure(said, wait=after_seconds(seconds) if isinstance(seconds, int | float) else None)
    if answer.status == 503 and not answer.is_harmless and "Retry-After" not in answer.headers:
        # Proxies say so too of a call that they handed on and lost. Here, where nothing can be repeated, only whoever
        # says when to come back is believed to have turned the call away.
        raise CallFailed(Unanswered(reason=failure.outcome.reason))
    raise failure


def _first_error(errors: object) -> object:
    """The first message in a tree of errors (https://discord.com/developers/docs/reference#error-messages)."""
    open_branches = [errors]
    while open_branches:
        branch = open_branches.pop()
        if isinstance(branch, dict):
            if isinstance(branch.get("message"), str):
                return branch["message"]
            open_branches.extend(branch.values())
        elif isinstance(branch, list):
            open_branches.extend(branch)
    return None


def _address(guild: str | None, channel: object, message: str) -> str | None:
    ids = (guild, post_id(channel), message)
    if all(id is not None and id.isascii() and id.isdigit() for id in ids):
        return f"https://discord.com/channels/{'/'.join(filter(None, ids))}"
    return None
