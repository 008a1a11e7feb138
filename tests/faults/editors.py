"""Editors: people's programs that change posts through a real server, and remember what they were told."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from uuid6 import uuid7

from app.clock import utc_now
from app.domain.post import Post
from app.domain.schedule import format_instant, to_milliseconds
from app.repositories.database import Database
from app.repositories.revisions import RevisionRepository
from tests.faults.receiver import Receiver
from tests.faults.rig import Rig

UPDATE = """
mutation ($id: ID!, $input: UpdatePostInput!) {
  updatePost(id: $id, input: $input) {
    __typename
    ... on UpdatePostSuccess { post { version content scheduledFor } }
    ... on MutationError { code }
    ... on InvalidInput { issues { code } }
  }
}
"""
OUT = frozenset({"ALREADY_PUBLISHED", "PUBLISHING_IN_PROGRESS", "post_already_published", "conflict"})
TOO_LATE = frozenset({"PAST_SCHEDULE_TIME", "past_schedule_time"})
"""The time that was asked for had passed when the server read it: nothing else can be wrong with an edit here."""


@dataclass(slots=True)
class Told:
    """What editors know of one post. accepted: its text by version, and times: its time, where an edit was answered
    with it. maybe: changes whose answers never came."""

    accepted: dict[int, str] = field(default_factory=dict)
    times: dict[int, str] = field(default_factory=dict)
    maybe: list[Mapping[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Editors:
    """address: of the server. patience: None, or seconds after which an editor may hang up, at random.

    They edit posts at random, and put a fresh one, due soon, in the place of each that they are told is out.
    """

    address: Callable[[], str]
    rig: Rig
    chance: random.Random
    patience: Callable[[], float | None] = lambda: None
    told: dict[UUID, Told] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    _pool: list[UUID] = field(default_factory=list)

    async def edit(self, posts: Sequence[UUID], *, editors: int, during: Callable[[], Awaitable[None]]) -> None:
        """Edit posts, whose texts are their ids, for as long as something goes on. Every edit is answered then."""
        self._pool = list(posts)
        self.told |= {id: Told({1: str(id)}) for id in posts}
        is_over = asyncio.Event()
        async with (
            httpx.AsyncClient(headers={"Authorization": f"Bearer {self.rig.key}"}, timeout=30) as client,
            asyncio.TaskGroup() as tasks,
        ):
            for _ in range(editors):
                tasks.create_task(self._edit(client, is_over))
            try:
                await during()
            finally:
                is_over.set()

    async def _edit(self, client: httpx.AsyncClient, is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            place = self.chance.randrange(len(self._pool))
            id = self._pool[place]
            change = self._change()
            said = await (self._update if self.chance.random() < 0.5 else self._patch)(client, id, change)
            if said in OUT and self._pool[place] == id:
                self._pool[place] = await self._create(client)

    def _change(self) -> dict[str, str]:
        """Another text, another time, or both: soon, or so far ahead that it will not come."""
        kind = self.chance.random()
        text = {"content": f"version {uuid7()}"}
        ahead = timedelta(seconds=self.chance.uniform(0.2, 1.5)) if kind < 0.8 else timedelta(hours=1)
        time = {"scheduled_for": format_instant(to_milliseconds(utc_now() + ahead))}
        return text if kind < 0.5 else time if kind < 0.6 else text | time

    async def _patch(self, client: httpx.AsyncClient, id: UUID, change: Mapping[str, str]) -> str:
        answer = await self._send(client, "PATCH", f"/v1/posts/{id}", change)
        if answer is None:
            return self._not_told(id, change)
        told = answer.json()
        if answer.status_code == 200:
            version = int(answer.headers["ETag"].strip('"'))
            return self._accepted(id, change, version, told["data"]["content"], told["data"]["scheduled_for"])
        return self._refused(told["error"]["code"])

    async def _update(self, client: httpx.AsyncClient, id: UUID, change: Mapping[str, str]) -> str:
        input = {"scheduledFor" if name == "scheduled_for" else name: value for name, value in change.items()}
        asked = {"query": UPDATE, "variables": {"id": str(id), "input": input}}
        answer = await self._send(client, "POST", "/graphql", asked)
        if answer is None:
            return self._not_told(id, change)
        told = answer.json()["data"]["updatePost"]
        if told["__typename"] == "UpdatePostSuccess":
            post = told["post"]
            return self._accepted(id, change, post["version"], post["content"], post["scheduledFor"])
        return self._refused(*{issue["code"] for issue in told.get("issues", ())} or {told["code"]})

    async def _create(self, client: httpx.AsyncClient) -> UUID:
        content = f"fresh {uuid7()}"
        soon = utc_now() + timedelta(seconds=self.chance.uniform(0.5, 2))
        account = self.chance.choice(self.rig.accounts)
        asked = {"content": content, "account_ids": [account.id], "scheduled_for": format_instant(soon)}
        while (answer := await self._send_until_answered(client, "POST", "/v1/posts", asked)).status_code != 201:
            assert answer.json()["error"]["code"] in TOO_LATE, answer.text
            asked["scheduled_for"] = format_instant(utc_now() + timedelta(seconds=2))
        id = UUID(answer.json()["data"]["post_id"])
        self.told[id] = Told({1: content})
        return id

    def _accepted(self, id: UUID, change: Mapping[str, str], version: int, content: str, time: str) -> str:
        told = self.told[id]
        if version in told.accepted:
            # Once in some thousand edits the time that is asked for is, to the millisecond, the one that is stored.
            changed_nothing = change == {"scheduled_for": told.times.get(version, time)}
            assert changed_nothing, f"two edits were told of version {version}"
            assert (content, time) == (told.accepted[version], told.times.get(version, time))
        told.accepted[version] = content
        told.times[version] = time
        self.answers["accepted"] += 1
        return "accepted"

    def _refused(self, *codes: str) -> str:
        (code,) = codes
        assert code in OUT | TOO_LATE, code
        self.answers[code.lower()] += 1
        return code

    def _not_told(self, id: UUID, change: Mapping[str, str]) -> str:
        self.told[id].maybe.append(change)
        self.answers["never answered"] += 1
        return "never answered"

    async def _send(
        self, client: httpx.AsyncClient, method: str, path: str, body: Mapping[str, Any]
    ) -> httpx.Response | None:
        """The answer; None where the editor hung up first."""
        patience = self.patience()
        if patience is None:
            return await self._send_until_answered(client, method, path, body)
        try:
            async with asyncio.timeout(patience):
                return await client.request(method, f"{self.address()}{path}", json=body)
        except (TimeoutError, httpx.TransportError):
            return None

    async def _send_until_answered(
        self, client: httpx.AsyncClient, method: str, path: str, body: Mapping[str, Any]
    ) -> httpx.Response:
        """The same request, under the same Idempotency-Key, until an answer says whether it was done."""
        headers = {"Idempotency-Key": str(uuid7())}
        while True:
            try:
                answer = await client.request(method, f"{self.address()}{path}", json=body, headers=headers)
            except httpx.TransportError as error:
                self.answers[type(error).__name__] += 1
                continue
            code = _passing(answer)
            if code is None:
                return answer
            self.answers[code] += 1
            if "Retry-After" in answer.headers:  # an editor is less patient than it says
                await asyncio.sleep(self.chance.uniform(0, 0.5))


def _passing(answer: httpx.Response) -> str | None:
    """What an answer says that does not settle the request; None for one that does."""
    if answer.status_code == 200 and answer.request.url.path != "/graphql":
        return None
    told = answer.json()
    errors = [error["extensions"]["code"] for error in told.get("errors") or ()]  # GraphQL's
    code = errors[0] if errors else (told.get("error") or {}).get("code", "")
    if answer.status_code >= 500 or code in ("UNAVAILABLE", "unavailable"):
        assert answer.status_code == 503, answer.text
        assert code in ("UNAVAILABLE", "unavailable"), answer.text
        return "503 unavailable"
    return "in progress" if code in ("REQUEST_IN_PROGRESS", "request_in_progress") else None


async def assert_what_went_out_was_accepted(
    editors: Editors, receiver: Receiver, database: Database, posts: Sequence[Post]
) -> None:
    """posts: every one that the editors know, as it is stored at the end."""
    keys = {editors.rig.key_of(post): post for post in posts}
    assert set(receiver.published) <= set(keys)
    for key, post in keys.items():
        told = editors.told[post.id]
        stored = await database.read(
            lambda connection, id=post.id: list(  # type: ignore[misc]
                RevisionRepository(connection, editors.rig.organization_id).since(id, 0)
            )
        )
        edits = {revision.version: revision for revision in stored if revision.changed_by == "editor"}
        # Whatever was accepted is stored, as that version; whatever else is stored was asked for, and never answered.
        assert set(told.accepted) <= set(edits)
        assert len(edits) - len(told.accepted) <= len(told.maybe)
        content = ""
        for version, revision in sorted(edits.items()):
            changed = {item.field: item.after for item in revision.changes}
            content = str(changed.get("content", content))
            if version in told.accepted:
                assert content == told.accepted[version]
            else:
                assert any(changed.items() <= maybe.items() for maybe in told.maybe)
        assert post.content == content

        if key in receiver.published:
            assert receiver.published[key] == content
            assert post.scheduled_for is not None
            assert receiver.published_at[key] >= post.scheduled_for
            first_claim = min(revision.version for revision in stored if revision.changed_by != "editor")
            assert first_claim == max(edits) + 1  # nothing was changed of what was out already


def is_coming(post: Post, *, by: datetime) -> bool:
    """Whether it is due by then."""
    return post.scheduled_for is not None and post.scheduled_for <= by
