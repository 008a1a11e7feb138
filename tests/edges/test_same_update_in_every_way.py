"""An update is the same update alone, as one of many, and as a dry run, which answers the same and writes nothing."""

from __future__ import annotations

from itertools import count, product
from typing import Any
from uuid import UUID

import httpx

from app.commands.fill_demo import BANNER, CLIP
from app.domain.post import Post
from app.repositories.accounts import AccountRepository
from app.repositories.database import Database
from app.repositories.media import MediaRepository
from tests.support.answers import REQUEST_ERROR, Answer, Refused, Request, mutation, read
from tests.support.cases import CASES, SUBJECTS, Case, body_for, expected
from tests.support.edges import dump, stored_post
from tests.support.trials import Trial, add_posts, outcomes_of

FIRST_COPY = 100_000


def one(id: UUID, case: Case, *, dry_run: bool) -> Request:
    return mutation("updatePost", id=str(id), input=body_for("graphql", case), dryRun=dry_run)


def one_of_many(id: UUID, case: Case, *, dry_run: bool) -> Request:
    """Whether many stand together or alone makes no difference to one: both are tried, in turn."""
    change = {"id": str(id), "input": body_for("graphql", case)}
    return mutation("updatePosts", changes=[change], atomic=id.int % 2 == 0, dryRun=dry_run)


def patch(id: UUID, case: Case, *, dry_run: bool) -> Request:
    path = f"/v1/posts/{id}?dry_run=true" if dry_run else f"/v1/posts/{id}"
    return Request(method="PATCH", path=path, body=body_for("v1", case))


WAYS = (one, one_of_many, patch)


def told(answer: Answer) -> Any:
    """What an answer says of the update, without what says that it was not made."""
    if answer.refused is not None:
        return answer.body
    data = dict(answer.data)
    next_step = data.pop("next_step", None)
    is_dry_run = data.pop("dryRun", None)
    assert next_step is None or is_dry_run is None
    return data


async def test_an_update_alone_as_one_of_many_and_as_a_dry_run_comes_to_the_same(
    client: httpx.AsyncClient, database: Database
) -> None:
    # given a copy of the post for each case, subject and way alone
    accounts = {
        account.id: account
        for account in await database.read(lambda connection: AccountRepository(connection, 1).all())
    }
    media = await database.write(lambda connection: MediaRepository(connection, 1).find([BANNER, CLIP]))
    demo = {subject: await stored_post(database, id) for subject, id in SUBJECTS.items()}
    numbers = count(FIRST_COPY)
    asked = [
        (case, subject, way, UUID(int=next(numbers)))
        for case, subject, way in product(CASES, SUBJECTS, WAYS)
        # A post that is out or going out refuses whatever it is asked: one field shows that as well as all.
        if case.field == "content" or subject not in ("published", "publishing")
    ]
    copies = {id: demo[subject]._replace(id=id) for _, subject, _, id in asked}
    await add_posts(database, copies.values())
    before = await dump(database)

    # when each is tried
    tried = [read(await way(id, case, dry_run=True).send(client)) for case, _, way, id in asked]
    assert await dump(database) == before
    # and done
    done = await outcomes_of(
        [Trial(request=way(id, case, dry_run=False), post_id=id) for case, _, way, id in asked], client, database
    )

    # then
    for (case, subject, way, id), dry, outcome in zip(asked, tried, done, strict=True):
        post = copies[id]
        about = (str(case), subject, way.__name__, outcome.answer.body)
        assert told(dry) == told(outcome.answer), about
        assert dry.status == outcome.answer.status, about
        comes_to = expected("v1" if way is patch else "graphql", case, subject, post, accounts, media)
        if isinstance(comes_to, Post):
            assert (outcome.answer.refused, outcome.stored) == (None, comes_to), about
        else:
            assert outcome.answer.refused is not None, about
            assert outcome.answer.refused.code == comes_to, about
        is_changed = isinstance(comes_to, Post) and comes_to != post
        assert bool(outcome.rows) == is_changed, about
        if way is not patch and dry.data is not None:
            assert (dry.data["dryRun"], outcome.answer.data["dryRun"]) == (True, False), about
        elif dry.data is not None and is_changed:
            assert dry.data["next_step"].startswith("Dry run: nothing was stored. "), about

    # and what was stored is the same in every way
    for start in range(0, len(asked), len(WAYS)):
        alike = done[start : start + len(WAYS)]
        case, subject, _, _ = asked[start]
        refused = {outcome.answer.refused for outcome in alike} - {Refused(REQUEST_ERROR)}
        assert len(refused) == 1, (str(case), subject, refused)
        messages = {outcome.answer.message for outcome in alike if outcome.answer.refused != Refused(REQUEST_ERROR)}
        assert len(messages) == 1 or subject == "published", (str(case), subject, messages)
        assert all(outcome.rows == alike[0].rows for outcome in alike), (str(case), subject)
