"""Many new posts are one unit of work, of as many statements for fifty as for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import cycle
from uuid import UUID

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from app.commands.create_posts import NewPost, create_posts
from app.commands.fill_demo import BANNER, SCHEDULED
from app.commands.outcomes import from_json, to_json
from app.commands.service import Service
from app.commands.unit import Unit
from app.commands.update_posts import PostUpdate, update_posts
from app.domain.changes import PostChanges
from app.domain.errors import InvalidFieldName, InvalidInput, IssueCode, Refusal
from app.domain.post import PostStatus
from app.repositories.database import Database
from app.repositories.tables import AccountRow
from tests.repositories.storage import OURS, changed_tables, dump, statements_of, stored_post
from tests.support.clock import NOW, Clock, Ids

TIME = NOW + timedelta(days=7)
GAP = timedelta(minutes=30)


def a_new_post(
    content: str = "New",
    *,
    publish_now: bool = False,
    time: datetime = TIME,
    accounts: tuple[int, ...] = (2282,),
) -> NewPost:
    changes = PostChanges(
        content=content,
        account_ids=frozenset(accounts),
        media_ids=(BANNER,),
        status=PostStatus.SCHEDULED,
        **({} if publish_now else {"scheduled_for": time}),  # type: ignore[arg-type]
    )
    return NewPost(changes=changes, publish_now=publish_now)


UNKNOWN_NAME = NewPost(
    changes=PostChanges(
        content="New", invalid_field=InvalidFieldName("contents", suggestion="content", known=("content",))
    ),
    publish_now=False,
)


@pytest.fixture
async def gaps(database: Database, demo: str) -> None:
    """The demo's accounts 2282 and 2285 keep half an hour between their posts."""
    statement = (
        update(AccountRow)
        .where(AccountRow.id.in_([2282, 2285]))  # type: ignore[attr-defined]
        .values(minimum_gap_minutes=30)
    )
    await database.write(lambda connection: connection.execute(statement))


async def statements_for(database: Database, new_posts: list[NewPost]) -> list[str]:
    """The verb and table of every statement, none of which is kept."""

    def work(connection: Connection) -> list[str]:
        savepoint = connection.begin_nested()
        with statements_of(connection) as statements:
            unit = Unit(connection, OURS, changed_by="a test", now=NOW, new_id=Ids())
            outcomes = create_posts(unit, new_posts=new_posts)
        savepoint.rollback()
        assert not any(isinstance(outcome, Refusal) for outcome in outcomes)
        return [statement.split()[0] for statement, _ in statements]

    return await database.write(work)


async def test_fifty_posts_take_as_many_statements_as_one(database: Database, demo: str) -> None:
    one = await statements_for(database, [a_new_post()])
    fifty = await statements_for(database, [a_new_post(f"Number {number}") for number in range(50)])

    # Accounts and media; then posts, destinations, media of posts, and revisions.
    assert one == fifty == ["SELECT"] * 2 + ["INSERT"] * 4


@pytest.mark.usefixtures("gaps")
async def test_fifty_posts_that_need_slots_take_as_many_statements_as_one(database: Database) -> None:
    accounts = ((2282,), (2285,), (2282, 2285))
    one = await statements_for(database, [a_new_post(accounts=(2282, 2285))])
    fifty = await statements_for(
        database,
        [
            a_new_post(
                f"Number {number}",
                time=TIME + timedelta(days=number % 7, minutes=number),
                accounts=accounts[number % 3],
                publish_now=number == 7,
            )
            for number in range(50)
        ],
    )

    # Beside those above: the accounts are locked, and their bookings read.
    assert one == fifty == ["SELECT"] * 4 + ["INSERT"] * 4


@pytest.mark.usefixtures("gaps")
async def test_posts_of_one_unit_take_their_slots_from_each_other_in_their_order(
    service: Service, database: Database
) -> None:
    new_posts = [a_new_post("first"), a_new_post("second"), a_new_post("now", publish_now=True), a_new_post("third")]

    outcomes = await service.run(OURS, create_posts, new_posts=new_posts)

    posts = [outcome.post for outcome in outcomes if not isinstance(outcome, Refusal)]
    assert [post.scheduled_for for post in posts] == [TIME, TIME + GAP, NOW + GAP, TIME + 2 * GAP]
    asked = [outcome.requested_for for outcome in outcomes if not isinstance(outcome, Refusal)]
    # Now itself is taken by the demo's post that is on the wire.
    assert asked == [None, TIME, NOW, TIME]
    assert [await stored_post(database, post.id) for post in posts] == posts


async def test_what_is_refused_leaves_nothing_and_the_others_are_stored(service: Service, database: Database) -> None:
    before = await dump(database)

    outcomes = await service.run(
        OURS, create_posts, new_posts=[UNKNOWN_NAME, a_new_post(), a_new_post(accounts=(3100,)), a_new_post()]
    )

    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert kinds == ["InvalidFieldName", "CreatedPost", "InvalidInput", "CreatedPost"]
    assert changed_tables(before, await dump(database)) == {
        "posts": (0, 2),
        "destinations": (0, 2),
        "post_media": (0, 2),
        "revisions": (0, 2),
    }


async def test_where_all_are_refused_no_statement_writes(database: Database, demo: str) -> None:
    def work(connection: Connection) -> set[str]:
        with statements_of(connection) as statements:
            unit = Unit(connection, OURS, changed_by="a test", now=NOW, new_id=Ids())
            create_posts(unit, new_posts=[UNKNOWN_NAME, a_new_post(accounts=(3100,))])
        return {statement.split()[0] for statement, _ in statements}

    assert await database.write(work) == {"SELECT"}


async def test_a_failure_that_is_no_refusal_keeps_all_of_them_from_being_stored(
    database: Database, demo: str, clock: Clock
) -> None:
    before = await dump(database)
    ids = cycle([UUID(int=1), SCHEDULED, UUID(int=2)])
    service = Service(database, clock=clock, new_id=lambda: next(ids))

    with pytest.raises(IntegrityError):
        await service.run(OURS, create_posts, new_posts=[a_new_post(), a_new_post(), a_new_post()])

    assert await dump(database) == before


async def test_the_answer_can_be_kept_for_a_repeat(service: Service) -> None:
    outcomes = await service.run(OURS, create_posts, new_posts=[a_new_post(), UNKNOWN_NAME, a_new_post(accounts=(3,))])

    again = from_json(to_json(outcomes))

    assert again[0] == outcomes[0]
    assert [type(outcome) for outcome in again] == [type(outcome) for outcome in outcomes]
    assert isinstance(again[1], InvalidFieldName)
    assert (again[1].field, again[1].suggestion, again[1].known) == ("contents", "content", ("content",))
    assert isinstance(again[2], InvalidInput)
    assert isinstance(outcomes[2], InvalidInput)
    assert again[2].issues == outcomes[2].issues


@pytest.mark.usefixtures("gaps")
@pytest.mark.parametrize(
    ("time", "code"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), IssueCode.PAST_SCHEDULE_TIME),
        (datetime(9999, 12, 31, tzinfo=UTC), IssueCode.TOO_FAR_AHEAD),
    ],
)
async def test_a_time_at_the_end_of_time_is_refused_where_slots_are_looked_for(
    service: Service, database: Database, time: datetime, code: IssueCode
) -> None:
    before = await dump(database)

    (created,) = await service.run(OURS, create_posts, new_posts=[a_new_post(time=time)])
    (updated,) = await service.run(
        OURS,
        update_posts,
        updates=[PostUpdate(post_id=SCHEDULED, changes=PostChanges(scheduled_for=time))],
        atomic=False,
    )

    for outcome in (created, updated):
        assert isinstance(outcome, InvalidInput)
        assert [issue.code for issue in outcome.issues] == [code]
    assert await dump(database) == before
