"""An update means the same on GraphQL, PATCH and /post/update: the same stored post, or the same refusal."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import httpx
import pytest

from app.commands.fill_demo import BANNER, CLIP
from app.domain.changes import NAMES
from app.domain.errors import ErrorCode
from app.domain.post import Post
from app.repositories.accounts import AccountRepository
from app.repositories.database import Database
from app.repositories.media import MediaRepository
from tests.support.cases import CASES, REQUEST_ERROR, SUBJECTS, body_for, expected
from tests.support.edges import EDGES, add_post, dump, stored_post


@pytest.mark.parametrize("field", sorted({case.field for case in CASES}))
async def test_an_update_leaves_the_same_post_or_the_same_refusal_on_every_edge(
    field: str, client: httpx.AsyncClient, database: Database
) -> None:
    accounts = {
        account.id: account
        for account in await database.read(lambda connection: AccountRepository(connection, 1).all())
    }
    media = await database.write(lambda connection: MediaRepository(connection, 1).find([BANNER, CLIP]))
    demo_posts = {subject: await stored_post(database, id) for subject, id in SUBJECTS.items()}
    cases = [case for case in CASES if case.field == field]

    for number, (case, subject, edge) in enumerate(product(cases, SUBJECTS, EDGES), start=1):
        body = body_for(edge.name, case)
        if body is None:
            continue
        # given a copy of the post for this case and edge alone
        post = await add_post(database, demo_posts[subject], UUID(int=number))
        outcome = expected(edge.name, case, subject, post, accounts, media)
        writes = isinstance(outcome, Post) and outcome != post
        before = None if writes else await dump(database)

        # when
        said = await edge.update(client, post.id, body)

        # then
        about = (edge.name, str(case), subject, said.text)
        assert said.request_error == (outcome == REQUEST_ERROR), about
        if isinstance(outcome, Post):
            assert said.codes == frozenset(), about
            assert await stored_post(database, post.id) == outcome, about
        elif isinstance(outcome, ErrorCode):
            assert outcome in said.codes, about
        if not writes:
            assert await dump(database) == before, about


def test_the_table_holds_every_field_with_null_a_value_and_something_wrong() -> None:
    states = {name: {case.state for case in CASES if case.field == name} for name in NAMES}

    assert [name for name, found in states.items() if "null" not in found] == []
    assert [name for name, found in states.items() if "wrong type" not in found] == []
    assert [name for name in NAMES if not any(case.changes for case in CASES if case.field == name)] == []
