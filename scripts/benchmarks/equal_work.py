"""Whether servers do the same: the same answers, and the same rows for the same update."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from scripts.benchmarks.operations import PAGE, UPDATE, Operation, post_id
from scripts.benchmarks.servers import Server, WrongAnswer

_POST = 3
"""One that no page's order depends on."""
_TEXT = "Said by every server, with “quotes”, an é and a 🎉."


def expect_equal_work(servers: Sequence[Server]) -> None:
    """Ask each for a page, and to update one post twice; raises WrongAnswer where one differs from the first.

    Their databases must be copies of one that nothing was asked of. What differs is the instant of the update, which is
    to be the same in the answer and in both rows.
    """
    _expect_equal("a page", [(server.name, _data(server, PAGE)) for server in servers])
    _expect_equal("an update", [(server.name, _updated(server, _TEXT)) for server in servers])
    _expect_equal("one that changes nothing", [(server.name, _updated(server, _TEXT)) for server in servers])
    _expect_equal("the rows of an update", [(server.name, _rows(server)) for server in servers])


def expect_stored(server: Server) -> None:
    """Raises WrongAnswer unless every update that was answered is stored, in the post and in its history."""
    with closing(_open(server)) as database:
        changed, told = database.execute(
            "SELECT (SELECT sum(version - 1) FROM posts), (SELECT count(*) FROM revisions WHERE version > 1)"
        ).fetchone()
    if changed != told or not server.answered <= told <= server.started:
        raise WrongAnswer(
            f"{server.name} answered {server.answered} updates, of at most {server.started}: {changed} are in its "
            f"posts, and {told} in its history"
        )


def _expect_equal(what: str, answers: Sequence[tuple[str, Any]]) -> None:
    first_name, first = answers[0]
    for name, answer in answers[1:]:
        if answer != first:
            raise WrongAnswer(f"For {what}, {name} and {first_name} differ:\n{_difference(str(answer), str(first))}")


def _difference(one: str, other: str) -> str:
    """Where two texts part, and how each goes on."""
    pairs = enumerate(zip(one, other, strict=False))
    place = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    return "\n".join(f"…{text[max(0, place - 80) : place + 120]}…" for text in (one, other))


def _data(server: Server, operation: Operation, **spelled: str) -> Any:
    """Beside its data an answer may hold what only one of the servers has to say, such as what it cost."""
    answer = server.ask(operation, **spelled)
    if "errors" in answer:
        raise WrongAnswer(f"{server.name} answered {operation.name} with errors: {answer['errors']}")
    return answer["data"]


def _updated(server: Server, text: str) -> Any:
    answer = _data(server, UPDATE, post_id=post_id(_POST), text=text)["updatePost"]
    post = answer["post"]
    # Sent again, the same text changes nothing, and is not to be stored.
    stored = len(answer["changedFields"])
    server.answered += stored
    server.started += stored
    if post.pop("updatedAt") <= post["createdAt"]:
        raise WrongAnswer(f"{server.name} says that the post was not updated")
    return answer


def _rows(server: Server) -> Any:
    with closing(_open(server)) as database:
        key = post_id(_POST).replace("-", "")
        post = dict(database.execute("SELECT * FROM posts WHERE id = ?", (key,)).fetchone())
        revisions = [dict(row) for row in database.execute("SELECT * FROM revisions WHERE post_id = ?", (key,))]
    if [row.pop("changed_at") for row in revisions] != [post.pop("updated_at")]:
        raise WrongAnswer(f"{server.name} stored {len(revisions)} revisions, or one of another instant")
    return post, [{**row, "changes": json.loads(row["changes"])} for row in revisions]


def _open(server: Server) -> sqlite3.Connection:
    database = sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    return database
