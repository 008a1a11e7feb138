"""A page of posts is read off an index, from where the page begins: no sorting, and no walk through earlier pages."""

from __future__ import annotations

import re
from functools import partial

from sqlalchemy import Connection

from app.commands.fill_demo import SCHEDULED
from app.domain.listing import Position, PostListing, PostOrder
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from tests.repositories.storage import OURS, statements_of
from tests.support.clock import NOW

INDEXES = {
    PostOrder.SCHEDULED_FOR: "ix_posts_scheduled_for",
    PostOrder.CREATED_AT: "ix_posts_created_at",
    PostOrder.UPDATED_AT: "ix_posts_updated_at",
}


def plan_of(connection: Connection, listing: PostListing, *, explain: str) -> str:
    with statements_of(connection) as statements:
        PostRepository(connection, OURS).page(listing)
    statement, parameters = statements[0]
    rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
    return "\n".join(str(row[-1]) for row in rows)


async def test_a_page_is_read_off_the_index_of_its_order(database: Database, demo: str, engine: str) -> None:
    def plans(connection: Connection, order: PostOrder) -> list[str]:
        explain = "EXPLAIN QUERY PLAN"
        if engine == "postgresql":
            # With a dozen rows a scan of the table is cheapest. Forbidden, it is taken only where no index fits.
            explain = "EXPLAIN"
            for way in ("seqscan", "sort", "bitmapscan"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        after = Position(instant=NOW, post_id=SCHEDULED)
        return [
            plan_of(connection, PostListing(order=order), explain=explain),
            plan_of(connection, PostListing(order=order, after=after), explain=explain),
        ]

    for order, index in INDEXES.items():
        first, next_one = await database.read(partial(plans, order=order))
        for plan in (first, next_one):
            assert "TEMP B-TREE" not in plan
            assert "Sort" not in plan
        if engine == "sqlite":
            instant = "<expr>" if order is PostOrder.SCHEDULED_FOR else order.value
            assert first == f"SEARCH posts USING INDEX {index} (organization_id=?)"
            assert next_one == f"SEARCH posts USING INDEX {index} (organization_id=? AND {instant}>?)"
        else:
            assert f"Index Scan using {index} on posts" in first
            assert f"Index Scan using {index} on posts" in next_one
            assert re.search(r"Index Cond: \(\(organization_id = 1\) AND \(.* >= '?\d+", next_one), next_one
