"""What `POST /post/retry` and `POST /post/delete` accept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from app.domain.errors import PostNotFound
from app.rest.fields import read_fields
from app.rest.kinds import list_of
from app.rest.ugc.examples import POST_ID, POST_IDS
from app.rest.ugc.fields import PostIdText, UgcFields, invalid_name, length_issues, refuse_if_any
from app.rest.ugc.ids import read_post_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

ID_LIMIT: Final = 100
"""Ids of posts in one request."""


class PostIdsBody(UgcFields):
    """Posts to change together: either all of them, or none."""

    needed: ClassVar = {"postIds": "the ids of 1 to 100 posts"}

    postIds: list[PostIdText] | None = Field(
        None,
        description="1 to 100 posts. An id that comes twice counts once.",
        examples=[POST_IDS, [POST_ID]],
        json_schema_extra=list_of(minItems=1, maxItems=ID_LIMIT),
    )


def read_post_ids(body: Mapping[str, Any]) -> list[UUID]:
    """Each id once, in the order of the body.

    Raises InvalidFieldName, InvalidInput, and PostNotFound for an id that no post can have.
    """
    fields, issues = read_fields(PostIdsBody, body)
    too_many = length_issues("postIds", fields.postIds, ID_LIMIT, of="ids")
    refuse_if_any(invalid_name(body, PostIdsBody), [*issues, *too_many, *fields.missing(issues)])
    post_ids: dict[UUID, None] = {}
    for written in fields.postIds or ():
        post_id = read_post_id(written)
        if post_id is None:
            raise PostNotFound(written)
        post_ids[post_id] = None
    return list(post_ids)
