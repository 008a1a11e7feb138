"""What scripts/bench measures Redraft beside does the same work: a comparison of anything else would say nothing."""

from __future__ import annotations

import asyncio
import filecmp
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from scripts.benchmarks.equal_work import expect_equal_work, expect_stored
from scripts.benchmarks.posts_file import make_posts_file
from scripts.benchmarks.servers import ALL, MERCURIUS, REDRAFT, Server, WrongAnswer
from tests.support.server import ROOT

PEERS = ROOT / "scripts/benchmarks/peers/node"
POSTS = 60
"""More than a page."""


@contextmanager
def serving(folder: Path, *names: str) -> Iterator[list[Server]]:
    """Some of them, each on a copy of one database."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: install it to run the tests of what scripts/bench measures Redraft beside")
    installed = PEERS / "node_modules/package-lock.json"
    if not (installed.exists() and filecmp.cmp(installed, PEERS / "package-lock.json", shallow=False)):
        pytest.skip("the peers are not installed, which takes a minute: scripts/setup_peers does")
    original = folder / "original.db"
    key = asyncio.run(make_posts_file(original, POSTS))
    with ExitStack() as stack:
        servers = []
        for name in names:
            shutil.copyfile(original, folder / f"{name}.db")
            servers.append(stack.enter_context(Server(name, folder / f"{name}.db", key, POSTS)))
        yield servers


def change(server: Server, statement: str) -> None:
    with closing(sqlite3.connect(server.database)) as database, database:
        database.execute(statement)


def test_all_of_them_give_the_same_answers_and_store_the_same_rows(tmp_path: Path) -> None:
    with serving(tmp_path, *ALL) as servers:
        expect_equal_work(servers)
        for server in servers:
            expect_stored(server)
            assert server.answered == 1


def test_refuses_to_measure_one_that_answers_differently(tmp_path: Path) -> None:
    with serving(tmp_path, REDRAFT, MERCURIUS) as (redraft, mercurius):
        change(mercurius, "UPDATE accounts SET name = '@another' WHERE id = 2")
        with pytest.raises(WrongAnswer, match=f"For a page, {MERCURIUS} and {REDRAFT} differ"):
            expect_equal_work([redraft, mercurius])


def test_refuses_figures_of_updates_that_left_no_history(tmp_path: Path) -> None:
    with serving(tmp_path, REDRAFT) as servers:
        expect_equal_work(servers)
        change(servers[0], "DELETE FROM revisions")
        with pytest.raises(WrongAnswer, match="answered 1 updates, of at most 1: 1 are in its posts, and 0 in its"):
            expect_stored(servers[0])
