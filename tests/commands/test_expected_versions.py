"""Of many updates that expect the same version, exactly one is stored."""

from __future__ import annotations

import asyncio

from app.commands.fill_demo import SCHEDULED
from app.commands.service import Service
from app.commands.update_post import UpdatedPost, update_post
from app.domain.changes import PostChanges
from app.domain.errors import VersionConflict
from app.repositories.database import Database
from tests.repositories.storage import OURS, changed_tables, dump, stored_post


async def test_of_fifty_updates_that_expect_one_version_one_is_stored_and_49_conflict(
    service: Service, database: Database
) -> None:
    before = await dump(database)

    answers = await asyncio.gather(
        *(
            service.run(
                OURS,
                update_post,
                post_id=SCHEDULED,
                changes=PostChanges(content=f"Written by {number}", expected_versions=frozenset({1})),
            )
            for number in range(50)
        ),
        return_exceptions=True,
    )

    [updated] = [answer for answer in answers if isinstance(answer, UpdatedPost)]
    conflicts = [answer for answer in answers if isinstance(answer, VersionConflict)]
    assert len(conflicts) == 49
    assert {conflict.current_version for conflict in conflicts} == {2}
    assert all(conflict.post == updated.post for conflict in conflicts)
    assert updated.post.content == f"Written by {answers.index(updated)}"
    assert updated.post.version == 2
    assert await stored_post(database, SCHEDULED) == updated.post
    assert changed_tables(before, await dump(database)) == {"posts": (1, 1), "revisions": (0, 1)}
