"""Ids that come from the database are UUIDs like any other."""

from __future__ import annotations

import copy
import pickle
from uuid import UUID, SafeUUID

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from app.repositories.database import Database
from app.repositories.tables import Id, PostRow

posts = PostRow.__table__  # type: ignore[attr-defined]

read = Id().result_processor(sqlite.dialect(), None)
IDS = [
    UUID(int=0),
    UUID(int=1),
    UUID(int=2**128 - 1),
    UUID("00240572-552f-4328-a182-06e41da67e75"),
    UUID("8d7f2c15-03be-4d0a-9f6e-5b1c2a90e4d3"),
]


@pytest.mark.parametrize("id", IDS, ids=str)
def test_it_is_what_uuid_makes_of_the_same_digits(id: UUID) -> None:
    assert read is not None
    found = read(id.hex)

    assert type(found) is UUID
    assert found == id == pickle.loads(pickle.dumps(found)) == copy.deepcopy(found)  # noqa: S301 - our own
    assert (hash(found), str(found), repr(found), found.version) == (hash(id), str(id), repr(id), id.version)
    assert found.is_safe is UUID(id.hex).is_safe is SafeUUID.unknown
    assert {id: "found"}[found] == "found"
    with pytest.raises(TypeError, match="immutable"):
        found.int = 1  # type: ignore[misc]


def test_no_id_is_none() -> None:
    assert read is not None
    assert read(None) is None


async def test_both_databases_answer_the_ids_that_they_were_given(database: Database, demo: str) -> None:
    def ids(connection: object) -> list[UUID]:
        return list(connection.execute(select(posts.c.id).order_by(posts.c.id)).scalars())  # type: ignore[attr-defined]

    found = await database.read(ids)
    assert {type(id) for id in found} == {UUID}
    assert found == sorted(found)
