"""Statements answer on the driver's connection what SQLAlchemy answers, on both databases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, Connection, bindparam, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from app.commands.fill_demo import DRAFT, PUBLISHED, SCHEDULED
from app.domain.listing import PostListing
from app.domain.post import PostStatus
from app.repositories.database import Database
from app.repositories.organizations import OrganizationRepository
from app.repositories.posts import PostRepository
from app.repositories.statements import DRIVER, Statement, as_stored
from app.repositories.tables import Instant, OrganizationRow, PostRow
from tests.repositories.storage import OURS, dump, statements_of
from tests.support.clock import NOW

posts = PostRow.__table__  # type: ignore[attr-defined]
organizations = OrganizationRow.__table__  # type: ignore[attr-defined]

SECRET = "what somebody writes"
ODD = '"\\ \x01 \x1f \u2028 \uffff 👩‍🚀 [1, null]'
BY_ID = (
    select(posts.c.id)
    .where(
        posts.c.organization_id == bindparam("organization"),
        posts.c.id.in_(bindparam("ids", expanding=True)),
        posts.c.status != PostStatus.PUBLISHED,
    )
    .order_by(posts.c.id)
    .limit(bindparam("limit"))
)
ADD = Statement(insert(organizations))
RENAME = Statement(
    update(organizations).where(organizations.c.id == bindparam("organization")).values(name=bindparam("to"))
)


def an_organization(id: int, name: str) -> dict[str, Any]:
    return {"id": id, "name": name, "created_at": NOW}


async def names(database: Database) -> list[str]:
    def read(connection: Connection) -> list[str]:
        return list(OrganizationRepository(connection).names().values())

    return sorted(await database.read(read))


@pytest.fixture(params=[False, True], ids=["row by row", "all in one"])
def finds_many(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def by_id(finds_many: bool) -> Statement:
    return Statement(BY_ID, finds_many=finds_many)


@pytest.mark.parametrize("unknown", [0, 1, 2, 3, 29, 30, 31, 20_000])
async def test_a_list_finds_what_is_in_it_however_long_it_is(
    database: Database, demo: str, by_id: Statement, unknown: int
) -> None:
    ids = [*(UUID(int=number) for number in range(unknown)), SCHEDULED, PUBLISHED, DRAFT]
    values = {"organization": OURS, "ids": ids, "limit": 10}

    found = await database.read(lambda connection: by_id.rows(connection, values))

    assert [tuple(row) for row in found] == [(DRAFT,), (SCHEDULED,)]


@pytest.mark.parametrize("unknown", [0, 1, 100])
async def test_a_list_of_nothing_known_finds_nothing(
    database: Database, demo: str, by_id: Statement, unknown: int
) -> None:
    values = {"organization": OURS, "ids": [UUID(int=number) for number in range(unknown)], "limit": 10}

    assert list(await database.read(lambda connection: by_id.rows(connection, values))) == []


async def test_a_list_does_not_take_the_place_of_what_stands_behind_it(
    database: Database, demo: str, by_id: Statement
) -> None:
    values = {"organization": OURS, "ids": [SCHEDULED, DRAFT, UUID(int=1)], "limit": 1}

    found = await database.read(lambda connection: by_id.rows(connection, values))

    assert [tuple(row) for row in found] == [(DRAFT,)]


@pytest.mark.parametrize("order", [posts.c.id, posts.c.id.desc(), posts.c.content])
async def test_whole_rows_are_read_as_sqlalchemy_reads_them(
    database: Database, demo: str, finds_many: bool, order: ColumnElement[Any]
) -> None:
    everything = Statement(select(posts, literal("constant")).order_by(order), finds_many=finds_many)
    odd = {"content": ODD, "title": '{"a": [1, null]}', "platform_content": {ODD: ODD}, "version": 2**31 - 1}
    await database.write(lambda connection: connection.execute(update(posts).where(posts.c.id == DRAFT).values(odd)))

    def read(connection: Connection) -> tuple[list[Any], list[Any]]:
        ours = everything.rows(connection, {})
        return [tuple(row) for row in ours], [tuple(row) for row in connection.execute(everything.core)]

    ours, theirs = await database.read(read)
    assert ours == theirs
    assert len(ours) == 9
    assert type(ours[0][1]) is UUID
    assert ODD in [row[4] for row in ours]


async def test_rows_that_are_the_same_all_come(database: Database, demo: str, finds_many: bool) -> None:
    owners = Statement(select(posts.c.organization_id), finds_many=finds_many)

    found = await database.read(lambda connection: owners.rows(connection, {}))

    assert sorted(each for (each,) in found) == [1] * 8 + [2]


@pytest.mark.parametrize(("ids", "come_as_one"), [([SCHEDULED, DRAFT], False), ([SCHEDULED, DRAFT, PUBLISHED], True)])
async def test_sqlite_sends_many_rows_as_one(
    database: Database, demo: str, engine: str, finds_many: bool, by_id: Statement, ids: list[UUID], come_as_one: bool
) -> None:
    told: list[str] = []

    def read(connection: Connection) -> None:
        driver = connection.get_execution_options().get(DRIVER)
        if driver is not None:
            driver.set_trace_callback(told.append)
        by_id.rows(connection, {"organization": OURS, "ids": ids, "limit": 10})
        if driver is not None:
            driver.set_trace_callback(None)

    await database.read(read)

    assert ["json_array" in statement for statement in told] == [finds_many and come_as_one] * (engine == "sqlite")


async def test_what_is_asked_for_as_stored_comes_as_the_driver_has_it(
    database: Database, demo: str, engine: str
) -> None:
    statement = Statement(
        select(as_stored(posts.c.id), as_stored(posts.c.created_at)).where(posts.c.id == bindparam("post"))
    )

    def read(connection: Connection) -> tuple[Any, Any]:
        [row] = statement.rows(connection, {"post": SCHEDULED})
        return tuple(row), PostRepository(connection, OURS).get(SCHEDULED)

    (id, created_at), post = await database.read(read)
    assert id == (SCHEDULED.hex if engine == "sqlite" else SCHEDULED)
    assert created_at == Instant.milliseconds(post.created_at)


async def test_it_runs_once_for_each_row_and_counts_what_it_found(database: Database) -> None:
    def write(connection: Connection) -> list[int]:
        ADD.run(connection, an_organization(1, "one"))
        ADD.run(connection, an_organization(2, "two"), an_organization(3, "three"))
        return [
            RENAME.run(connection),
            RENAME.run(connection, {"organization": 1, "to": "first"}),
            RENAME.run(connection, {"organization": 2, "to": "second"}, {"organization": 9, "to": "nobody"}),
        ]

    assert await database.write(write) == [0, 1, 1]
    assert await names(database) == ["first", "second", "three"]


@pytest.mark.parametrize("together", [False, True])
async def test_a_statement_that_fails_is_an_error_of_sqlalchemy_that_holds_no_value(
    database: Database, together: bool
) -> None:
    await database.write(lambda connection: ADD.run(connection, an_organization(1, SECRET)))
    before = await dump(database)
    rows = [*([an_organization(2, "two")] if together else []), an_organization(3, SECRET)]

    with pytest.raises(IntegrityError) as failure:
        await database.write(lambda connection: ADD.run(connection, *rows))

    told = str(failure.value).partition("DETAIL")[0]  # which the server says, and the log leaves out
    assert "INSERT INTO organizations" in str(failure.value)
    assert SECRET not in told
    assert failure.value.hide_parameters
    assert await dump(database) == before


async def test_who_listens_to_sqlalchemy_is_told_of_every_statement(database: Database, demo: str, engine: str) -> None:
    def read(connection: Connection) -> list[str]:
        with statements_of(connection) as statements:
            PostRepository(connection, OURS).page(PostListing())
        return [statement.partition(" FROM ")[2].split()[0] for statement, _ in map(on_one_line, statements)]

    accounts = ["accounts"] if engine == "sqlite" else []  # on PostgreSQL they come with the destinations
    assert await database.read(read) == ["posts", "destinations", *accounts, "post_media"]


def on_one_line(told: tuple[str, Any]) -> tuple[str, Any]:
    return " ".join(told[0].split()), told[1]


async def test_an_update_writes_the_columns_that_changed_and_no_others(database: Database, demo: str) -> None:
    def write(connection: Connection) -> list[str]:
        repository = PostRepository(connection, OURS)
        post = repository.get_to_change(SCHEDULED)
        with statements_of(connection) as statements:
            repository.save((post, post._replace(content="New", version=post.version + 1)))
        return [on_one_line(told)[0] for told in statements]

    updated, revision = await database.write(write)
    written = updated.partition(" SET ")[2].partition(" WHERE ")[0]
    assert [assignment.split("=")[0].strip() for assignment in written.split(",")] == ["content", "version"]
    assert revision.startswith("INSERT INTO revisions")
