"""What became of many posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from app.rest.described import described
from app.rest.ugc.examples import POST_IDS
from app.rest.ugc.ids import post_id_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


class RetryData(TypedDict):
    """Posts that failed, and go out again."""

    retried: Annotated[int, described("How many posts.", 2)]
    ids: Annotated[list[str], described("Which ones, each once, in the order of the request.", POST_IDS)]


class DeleteData(TypedDict):
    """Posts that are gone."""

    deleted: Annotated[int, described("How many posts.", 2)]
    deleting: Annotated[int, described("Always 0: what is out cannot be deleted here, and the rest is gone.", 0)]
    deletedIds: Annotated[list[str], described("Which ones, each once, in the order of the request.", POST_IDS)]
    deletingIds: Annotated[list[str], described("Always empty.", [])]


def retry_shape(post_ids: Sequence[UUID]) -> RetryData:
    return {"retried": len(post_ids), "ids": [post_id_text(id) for id in post_ids]}


def delete_shape(post_ids: Sequence[UUID]) -> DeleteData:
    return {
        "deleted": len(post_ids),
        "deleting": 0,
        "deletedIds": [post_id_text(id) for id in post_ids],
        "deletingIds": [],
    }
