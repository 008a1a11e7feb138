"""A client that repeats its requests after the server was killed has each of their effects once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from app.clock import utc_now
from app.commands.create_post import create_post
from app.commands.fill_demo import try_fill_demo
from app.commands.list_posts import list_posts
from app.commands.list_revisions import list_revisions
from app.commands.service import Service
from app.domain.api_key import new_secret
from app.domain.changes import PostChanges
from app.domain.kind import PostKind
from app.domain.listing import PostListing
from app.repositories.database import open_database
from tests.repositories.chance import seeded_chance
from tests.repositories.storage import OURS
from tests.support.clock import NOW, Ids
from tests.support.server import Server

WRITERS = 12
KILLS = {"sqlite": 2, "postgresql": 1}
MUTATION = """
    mutation($id: ID!, $content: String!) {
      updatePost(id: $id, input: {content: $content}) { ... on UpdatePostSuccess { post { content version } } }
      createPost(input: {content: $content}) { ... on CreatePostSuccess { post { id content version } } }
    }
"""


@dataclass(slots=True)
class Writer:
    """One client: each of its requests writes a text that no other request writes, under a key of its own.

    On GraphQL a request updates the writer's own post, and then creates one: its nth makes version n + 1 of the first.
    """

    number: int
    edge: str
    post_id: UUID
    sent: int = 0
    answers: list[object] = field(default_factory=list)

    def text(self, number: int) -> str:
        return f"{self.edge} {self.number}/{number}"

    async def write_on(self, client: httpx.AsyncClient, answered: asyncio.Semaphore) -> None:
        """Send one request after another until the server is gone; the answer to the last of them never comes."""
        while True:
            self.sent = len(self.answers) + 1
            try:
                self.answers.append(await self._send(client, self.sent))
            except httpx.TransportError:
                return
            answered.release()

    async def repeat(self, client: httpx.AsyncClient) -> None:
        """Every request again, in their order: those that were answered get the same answer, the others get one."""
        for number in range(1, self.sent + 1):
            answer = await self._send(client, number)
            if number > len(self.answers):
                self.answers.append(answer)
            assert answer == self.answers[number - 1]

    async def _send(self, client: httpx.AsyncClient, number: int) -> object:
        """The answer without what names the request. Asks again while the killed server's transaction is dying."""
        content = self.text(number)
        headers = {"Idempotency-Key": content}
        while True:
            if self.edge == "graphql":
                body: dict[str, Any] = {
                    "query": MUTATION,
                    "variables": {"id": str(self.post_id), "content": content},
                }
                answer = await client.post("/graphql", json=body, headers=headers)
            elif self.edge == "v1":
                answer = await client.post("/v1/posts", json={"content": content, "draft": True}, headers=headers)
            else:
                body = {"type": "video", "caption": content, "mediaUrls": ["https://media.test/1.mp4"]}
                answer = await client.post("/post/draft", json=body, headers=headers)
            if answer.status_code != 409:
                break
        assert answer.status_code == (201 if self.edge == "v1" else 200), answer.text
        shown = answer.json()
        if self.edge == "graphql":
            updated, created = shown["data"]["updatePost"]["post"], shown["data"]["createPost"]["post"]
            assert updated == {"content": content, "version": number + 1}
            assert (created["content"], created["version"]) == (content, 1)
        shown.pop("meta", None)
        return shown


async def prepare(database_url: str) -> tuple[str, list[Writer]]:
    """A database with a post for each writer, and a key to it."""
    secret = new_secret()
    database = await open_database(database_url)
    await database.migrate()
    await database.write(lambda connection: try_fill_demo(connection, secret=secret, now=utc_now()))
    service = Service(database, clock=lambda: NOW, new_id=Ids())
    own = PostChanges(content="own")
    posts = [await service.run(OURS, create_post, kind=PostKind.STANDARD, changes=own) for _ in range(WRITERS)]
    await database.close()
    edges = ("graphql", "v1", "ugc")
    return secret, [Writer(number, edges[number % 3], created.post.id) for number, created in enumerate(posts)]


async def effects(database_url: str, writers: list[Writer]) -> Counter[str]:
    """How often each text was written: into a new post, or into a version of a writer's own."""
    database = await open_database(database_url)
    service = Service(database, clock=lambda: NOW, new_id=Ids())
    written: Counter[str] = Counter()
    offset = 0
    while True:
        listing = PostListing(limit=100, offset=offset)
        page = await service.run(OURS, list_posts, listing=listing, with_total=False)
        own = {writer.post_id for writer in writers}
        written.update(f"created {post.content}" for post in page.posts if post.id not in own and "/" in post.content)
        offset += 100
        if not page.has_more:
            break
    versions = {writer.post_id: 10**6 for writer in writers}
    histories = await service.run(OURS, list_revisions, versions=versions, after=None, limit=10**6, with_total=False)
    for history in histories.values():
        for revision in history.revisions:
            texts = [change.after for change in revision.changes if change.field == "content"]
            written.update(f"updated {text}" for text in texts if "/" in str(text))
    await database.close()
    return written


async def test_each_request_that_is_repeated_after_a_kill_has_had_one_effect_and_gets_one_answer(
    engine: str, database_url: str, tmp_path: Path
) -> None:
    chance = seeded_chance()
    secret, writers = await prepare(database_url)
    home = tmp_path / "home"
    headers = {"Authorization": f"Bearer {secret}"}

    for _ in range(KILLS[engine]):
        with Server(home, REDRAFT_DATABASE_URL=database_url) as server:
            async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=60) as client:
                await asyncio.gather(*(writer.repeat(client) for writer in writers))

                answered = asyncio.Semaphore(0)
                writing = [asyncio.create_task(writer.write_on(client, answered)) for writer in writers]
                for _ in range(chance.randrange(10, 150)):
                    await answered.acquire()
                server.kill()
                await asyncio.gather(*writing)
    unanswered = sum(writer.sent - len(writer.answers) for writer in writers)
    with Server(home, REDRAFT_DATABASE_URL=database_url) as server:
        async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=60) as client:
            await asyncio.gather(*(writer.repeat(client) for writer in writers))

    assert unanswered == WRITERS
    texts = [(writer.edge, writer.text(number)) for writer in writers for number in range(1, writer.sent + 1)]
    expected = Counter(f"created {text}" for _, text in texts)
    expected.update(f"updated {text}" for edge, text in texts if edge == "graphql")
    assert await effects(database_url, writers) == expected
    assert all(len(writer.answers) == writer.sent for writer in writers)
