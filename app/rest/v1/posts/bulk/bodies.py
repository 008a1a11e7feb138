"""What REST v1 accepts as a bulk request, and how it becomes new posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, WithJsonSchema

from app.commands.create_posts import LIMIT, NewPost
from app.domain.changes import PostChanges
from app.domain.errors import InputIssue, InvalidInput, IssueCode
from app.domain.post import PostStatus
from app.rest.fields import Fields, read_fields
from app.rest.v1.posts.bodies import CreatePostBody, create_changes, invalid_name
from app.rest.v1.posts.bulk.examples import BULK

if TYPE_CHECKING:
    from collections.abc import Mapping


class BulkBody(Fields):
    """Each post is written as in POST /v1/posts."""

    required: ClassVar[tuple[str, ...]] = ("posts",)

    posts: Annotated[
        list[Any] | None,
        # Read one by one: what is wrong with one post is an error of that post.
        WithJsonSchema(
            {"type": "array", "items": CreatePostBody.model_json_schema(), "minItems": 1, "maxItems": LIMIT}
        ),
    ] = Field(None, description=f"The new posts, at most {LIMIT}.", examples=[BULK["posts"]])


def posts_of(body: Mapping[str, Any]) -> list[Any]:
    """What stands for posts in a bulk request, none of it read yet. Raises InvalidFieldName and InvalidInput."""
    unknown = invalid_name([name for name in body if name not in BulkBody.model_fields], BulkBody.model_fields)
    if unknown is not None:
        raise unknown
    fields, issues = read_fields(BulkBody, body)
    if issues:
        raise InvalidInput(issues)
    if not fields.posts:
        message = "`posts` must hold at least one post."
        raise InvalidInput([InputIssue(path=("posts",), code=IssueCode.REQUIRED, message=message)])
    return fields.posts


def new_post(body: object) -> NewPost:
    """One of them. What is wrong with it is kept for the command to refuse."""
    if not isinstance(body, dict):
        issue = InputIssue(path=(), code=IssueCode.INVALID_VALUE, message="A post must be an object.")
        # A draft lacks nothing, so that this stays the one thing that is wrong.
        return NewPost(changes=PostChanges(status=PostStatus.DRAFT, issues=(issue,)), publish_now=False)
    changes, publish_now = create_changes(body)
    return NewPost(changes=changes, publish_now=publish_now)
