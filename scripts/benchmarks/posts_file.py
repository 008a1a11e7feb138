"""A database of one organisation's posts, made by Redraft's own migrations, for every server to have a copy of."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import Connection, text

from app.repositories.database import open_database
from tests.support.server import redraft

ACCOUNTS = 50
KEY_NAME = "bench"
"""The key that Redraft is used with, and whose changes the peers say theirs are."""

_YEAR_MS = 365 * 24 * 3600 * 1000
_ACCOUNT = """
    INSERT INTO accounts (organization_id, id, platform, name, is_active, created_at)
    VALUES (1, :id, 'webhook', '@account' || :id, true, :now)
"""
_POSTS = """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
    INSERT INTO posts (organization_id, id, kind, status, content, scheduled_for, timezone, platform_content, version,
                       created_at, updated_at)
    SELECT 1, printf('%08x000070008000%012x', n, n), 'standard', 'scheduled',
           'A post of the usual length, as it was first written, ' || n, :first + n * 60000, 'UTC', '{}', 1, :now, :now
    FROM numbers
"""
# Those of one post lie together, as they do where posts are made one by one.
_DESTINATIONS = """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
    INSERT INTO destinations (organization_id, post_id, account_id, status, attempts)
    SELECT 1, printf('%08x000070008000%012x', n, n), 1 + (n + step) % :accounts, 'queued', 0
    FROM numbers CROSS JOIN (SELECT 0 AS step UNION ALL SELECT 7) ORDER BY n, step
"""


async def make_posts_file(path: Path, count: int) -> str:
    """Posts that are scheduled from a year on, two destinations each; operations.post_id says their ids. Answers a key
    of their organisation."""
    url = f"sqlite:///{path}"
    made = redraft(path.with_suffix(".home"), "keys", "create", KEY_NAME, REDRAFT_DATABASE_URL=url)
    made.check_returncode()
    database = await open_database(url)
    try:
        await database.write(lambda connection: _fill(connection, count))
    finally:
        await database.close()
    return made.stdout.strip()


def _fill(connection: Connection, count: int) -> None:
    now = time.time_ns() // 1_000_000
    connection.execute(text(_ACCOUNT), [{"id": id, "now": now} for id in range(1, ACCOUNTS + 1)])
    connection.execute(text(_POSTS), {"count": count, "now": now, "first": now + _YEAR_MS})
    connection.execute(text(_DESTINATIONS), {"count": count, "accounts": ACCOUNTS})
    connection.execute(text("ANALYZE"))
