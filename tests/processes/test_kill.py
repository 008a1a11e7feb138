"""A server that is killed in the middle of its work loses nothing that it acknowledged."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx

from app.clock import utc_now
from app.commands.create_post import create_post
from app.commands.fill_demo import try_fill_demo
from app.commands.service import Service
from app.domain.api_key import new_secret
from app.domain.changes import PostChanges
from app.domain.kind import PostKind
from app.domain.post import PostStatus
from app.repositories.database import open_database
from tests.repositories.chance import seeded_chance
from tests.repositories.storage import OURS
from tests.support.clock import NOW, Ids
from tests.support.server import Server

WRITERS = 16
KILLS = {"sqlite": 3, "postgresql": 1}
MUTATION = """
    mutation($id: ID!, $content: String!) {
      updatePost(id: $id, input: {content: $content}) { ... on UpdatePostSuccess { post { content version } } }
    }
"""


@dataclass(slots=True)
class Writer:
    """One client, and the only one of its post: its nth update writes n, and makes version n + 1 of it."""

    post_id: UUID
    edge: str
    acknowledged: int = 0
    sent: int = 0

    async def write_on(self, client: httpx.AsyncClient, acknowledgements: asyncio.Semaphore) -> None:
        """Update the post again and again, until the server is gone."""
        while True:
            self.sent = self.acknowledged + 1
            try:
                await self._write(client, str(self.sent))
            except httpx.TransportError:
                return
            self.acknowledged = self.sent
            acknowledgements.release()

    async def _write(self, client: httpx.AsyncClient, content: str) -> None:
        if self.edge == "graphql":
            variables = {"id": str(self.post_id), "content": content}
            answer = await client.post("/graphql", json={"query": MUTATION, "variables": variables})
            post = {"content": content, "version": int(content) + 1}
            assert answer.json()["data"] == {"updatePost": {"post": post}}
        elif self.edge == "v1":
            answer = await client.patch(f"/v1/posts/{self.post_id}", json={"content": content})
            assert (answer.status_code, answer.headers["etag"]) == (200, f'"{int(content) + 1}"')
        else:
            answer = await client.post("/post/update", json={"postId": str(self.post_id), "caption": content})
            assert (answer.status_code, answer.json()["data"]["caption"]) == (200, content)

    async def settle(self, client: httpx.AsyncClient) -> None:
        """What is stored is the last acknowledged update, or the one whose answer never came; whole, either way."""
        answer = await client.get(f"/v1/posts/{self.post_id}")
        assert answer.status_code == 200
        stored = int(answer.json()["data"]["content"])
        assert stored in (self.acknowledged, self.sent)
        assert answer.headers["etag"] == f'"{stored + 1}"'
        self.acknowledged = stored


async def prepare(database_url: str) -> tuple[str, list[Writer]]:
    """A database with a post for each writer, and a key to it."""
    secret = new_secret()
    database = await open_database(database_url)
    await database.migrate()
    await database.write(lambda connection: try_fill_demo(connection, secret=secret, now=utc_now()))
    service = Service(database, clock=lambda: NOW, new_id=Ids())
    changes = PostChanges(
        content="0",
        account_ids=frozenset({2282}),
        scheduled_for=NOW.replace(year=NOW.year + 4),
        status=PostStatus.SCHEDULED,
    )
    posts = [await service.run(OURS, create_post, kind=PostKind.STANDARD, changes=changes) for _ in range(WRITERS)]
    await database.close()
    edges = ("graphql", "v1", "/post")
    return secret, [Writer(created.post.id, edges[number % 3]) for number, created in enumerate(posts)]


async def test_every_acknowledged_update_is_there_after_the_server_was_killed(
    engine: str, database_url: str, tmp_path: Path
) -> None:
    chance = seeded_chance()
    secret, writers = await prepare(database_url)
    home = tmp_path / "home"
    headers = {"Authorization": f"Bearer {secret}"}

    for _ in range(KILLS[engine]):
        with Server(home, REDRAFT_DATABASE_URL=database_url) as server:
            async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=60) as client:
                await asyncio.gather(*(writer.settle(client) for writer in writers))

                acknowledgements = asyncio.Semaphore(0)
                writing = [asyncio.create_task(writer.write_on(client, acknowledgements)) for writer in writers]
                for _ in range(chance.randrange(20, 400)):
                    await acknowledgements.acquire()
                server.kill()
                await asyncio.gather(*writing)

    with Server(home, REDRAFT_DATABASE_URL=database_url) as server:
        async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=60) as client:
            await asyncio.gather(*(writer.settle(client) for writer in writers))
    assert sum(writer.acknowledged for writer in writers) >= KILLS[engine] * 20
