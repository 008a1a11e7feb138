"""Sending many requests, each to a post of its own, and telling what every one of them left in the database.

The database is looked at before the first request and after the last. Each row that differs must belong to one of the
posts: so a request that was refused is seen to have written nothing, and one that was accepted nothing beside its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias
from uuid import UUID

import httpx
from sqlalchemy import Connection

from app.domain.errors import PostNotFound
from app.domain.history import Revision
from app.domain.post import Post
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from app.repositories.revisions import RevisionRepository
from app.repositories.tables import RevisionRow
from tests.support.answers import Answer, Request, read
from tests.support.edges import dump

Rows: TypeAlias = dict[str, tuple[list[Any], list[Any]]]
"""By table: the rows that are gone, and those that are new. A row that was changed is both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One request. post_id: the post that it is about; None where it makes one. names: what stands for ids in rows,
    so that the rows of two posts can be compared."""

    request: Request
    post_id: UUID | None = None
    names: Mapping[Any, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """stored: the post afterwards; None where there is none. revision: the one that the request stored."""

    answer: Answer
    stored: Post | None
    revision: Revision | None
    rows: Rows


async def outcomes_of(trials: Sequence[Trial], client: httpx.AsyncClient, database: Database) -> list[Outcome]:
    before = await dump(database)
    answers = [read(await trial.request.send(client)) for trial in trials]
    after = await dump(database)

    posts = [trial.post_id or answer.post_id for trial, answer in zip(trials, answers, strict=True)]
    belonging = _by_post(before, after, {post for post in posts if post is not None})

    def read_stored(connection: Connection) -> list[tuple[Post | None, list[Revision]]]:
        return [_stored(connection, post) for post in posts]

    stored = await database.read(read_stored)
    outcomes = []
    for trial, answer, post, (kept, revisions) in zip(trials, answers, posts, stored, strict=True):
        rows = {} if post is None else belonging[post]
        made = len(rows["revisions"][1]) if "revisions" in rows else 0
        assert made <= 1, rows
        names = {**(trial.names or {}), **({} if post is None else {post: "POST"})}
        outcomes.append(
            Outcome(
                answer=replace(answer, message=_renamed(answer.message, names)),
                stored=kept,
                revision=revisions[0] if made else None,
                rows={
                    table: (_sorted(_renamed(gone, names)), _sorted(_renamed(new, names)))
                    for table, (gone, new) in rows.items()
                },
            )
        )
    return outcomes


async def expect_the_same_again(trials: Sequence[Trial], client: httpx.AsyncClient, database: Database) -> list[Answer]:
    """Every request is sent twice, under a key of its own: the second is answered the same, and writes nothing."""
    first = [read(await trial.request.send(client, key=f"key {n}")) for n, trial in enumerate(trials)]
    before = await dump(database)
    for number, trial in enumerate(trials):
        again = read(await trial.request.send(client, key=f"key {number}"))
        assert (again.status, again.body) == (first[number].status, first[number].body), trial
    assert await dump(database) == before
    return first


async def add_posts(database: Database, posts: Iterable[Post]) -> None:
    wanted = list(posts)
    await database.write(lambda connection: PostRepository(connection, 1).add(*wanted))


async def save_posts(database: Database, changes: Iterable[tuple[Post, Post]]) -> None:
    wanted = list(changes)
    await database.write(lambda connection: PostRepository(connection, 1).save(*wanted))


_COLUMNS: Final = [column.name for column in RevisionRow.__table__.columns]  # type: ignore[attr-defined]
_PLACES: Final = {_COLUMNS.index(name) for name in ("transaction_id", "position")}


def _without_place(table: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row of the history without its place among all events, which no two rows share."""
    if table != "revisions":
        return row
    return tuple(value for index, value in enumerate(row) if index not in _PLACES)


def _by_post(before: Any, after: Any, posts: set[UUID]) -> dict[UUID, Rows]:
    """Every row that differs, by the post that it belongs to: there is none that belongs to nobody."""
    belonging: dict[UUID, Rows] = {post: {} for post in posts}
    for table in before:
        old, new = ({repr(row): row for row in rows} for rows in (before[table], after[table]))
        for side, rows in enumerate(
            ([old[k] for k in old.keys() - new.keys()], [new[k] for k in new.keys() - old.keys()])
        ):
            for row in rows:
                (post,) = posts & {value for value in row if isinstance(value, UUID)}
                belonging[post].setdefault(table, ([], []))[side].append(_without_place(table, row))
    return belonging


def _stored(connection: Connection, post_id: UUID | None) -> tuple[Post | None, list[Revision]]:
    if post_id is None:
        return None, []
    revisions = list(RevisionRepository(connection, 1).since(post_id, 0))
    try:
        return PostRepository(connection, 1).get(post_id), revisions
    except PostNotFound:
        return None, revisions


def _sorted(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=repr)


def _renamed(value: Any, names: Mapping[Any, str]) -> Any:
    """The value with names in the place of ids, wherever in it they stand."""
    match value:
        case dict():
            return {_renamed(key, names): _renamed(item, names) for key, item in value.items()}
        case list() | tuple():
            return [_renamed(item, names) for item in value]
        case str():
            for id, name in names.items():
                if isinstance(id, UUID):
                    value = value.replace(str(id), name)
            return value
        case _:
            return names.get(value, value) if isinstance(value, UUID | int) and not isinstance(value, bool) else value
