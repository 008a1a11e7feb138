"""What REST v1 accepts: the bodies of requests, and how they become changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import ConfigDict, Field, WithJsonSchema

from app.domain.changes import LEAVE, PostChanges
from app.domain.errors import InputIssue, InvalidFieldName, IssueCode
from app.domain.names import nearest_name
from app.domain.post import PostStatus
from app.domain.text import LIMITS
from app.rest.fields import Fields, InstantText, UuidText, WholeNumber, as_clients_see_it, read_fields, sent
from app.rest.kinds import OVERRIDES, list_of, text, whole_number
from app.rest.v1.posts.echoed import ECHOED
from app.rest.v1.posts.shapes import media_shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from uuid import UUID

    from app.domain.post import Post


AccountNumber = Annotated[WholeNumber, whole_number(1)]


class PostFields(Fields):
    """The fields that creating and updating have in common."""

    never_null: ClassVar[tuple[str, ...]] = ("account_ids", "timezone")

    content: Annotated[str, text()] | None = Field(
        None, description="The post's text.", examples=["Updated caption — new launch date confirmed!"]
    )
    account_ids: list[AccountNumber] | None = Field(
        None, description="The set of target accounts.", examples=[[2280, 2282, 2285]]
    )
    scheduled_for: InstantText | None = Field(
        None, description="When the post goes out: RFC 3339 with an offset.", examples=["2026-04-20T09:00:00Z"]
    )
    scheduled_at: InstantText | None = Field(
        None, description="Deprecated alias of scheduled_for.", deprecated=True, examples=["2026-04-20T09:00:00Z"]
    )
    timezone: Annotated[str, text(minLength=1)] | None = Field(
        None, description="IANA name; display only.", examples=["UTC"]
    )
    media_ids: list[UuidText] | None = Field(
        None,
        description="The whole media set, in order. [] removes all.",
        examples=[["a1b2c3d4-e5f6-7890-abcd-ef1234567890"]],
        json_schema_extra=list_of(uniqueItems=True),
    )
    platform_content: Annotated[dict[str, Any], WithJsonSchema(OVERRIDES)] | None = Field(
        None,
        description="The whole object of per-platform overrides.",
        examples=[{"x": {"content": "Shorter, for X."}}],
    )


_STATUS: Final = WithJsonSchema({"type": "string", "enum": [str(status) for status in PostStatus]})


def _with_what_answers_hold(schema: dict[str, Any], model: type[Fields]) -> None:
    as_clients_see_it(schema, model)
    schema["properties"].update(ECHOED)


class UpdatePostBody(PostFields):
    """Every field is optional. What is left out stays as it is; null clears what may be empty."""

    model_config = ConfigDict(json_schema_extra=_with_what_answers_hold)

    never_null: ClassVar = (*PostFields.never_null, "status")

    status: Annotated[str, _STATUS] | None = Field(
        None,
        description="draft unschedules, scheduled queues; any other asks for nothing, and must be the post's own.",
        examples=["scheduled"],
    )
    title: Annotated[str, text(maxLength=LIMITS["title"])] | None = Field(
        None, description=f"Slideshow posts only; at most {LIMITS['title']} characters.", examples=[None]
    )
    social_audio_id: Annotated[str, text()] | None = Field(None, description="A platform's audio.", examples=[None])


class CreatePostBody(PostFields):
    """scheduled_for left out means now, unless draft is true."""

    draft: bool | None = Field(None, description="true keeps the post as a draft.", examples=[False])


_NEVER_A_FIELD: Final = ("media", "media_id", "mediaId", "attachments")
_DEPRECATED: Final = ("scheduled_at",)


def update_changes(body: Mapping[str, Any], *, post_id: UUID, expected_versions: frozenset[int] | None) -> PostChanges:
    """The changes a PATCH asks for. A post that was pulled, changed and sent back whole is understood.

    Names that only answers hold are accepted: post_id and id must be the path's, media must be what the post shows,
    and the rest is ignored.
    """
    fields, issues = read_fields(UpdatePostBody, body)
    unknown = [name for name in body if name not in UpdatePostBody.model_fields and name not in ECHOED]
    values = sent(fields)
    if isinstance(status := values.get("status"), str):
        values["status"], problem = _read_status(status)
        issues += problem
    return PostChanges(
        **_as_sets(values),
        expected_versions=expected_versions,
        echoed=_media_echo(body["media"]) if "media" in body else None,
        invalid_field=invalid_name(unknown, UpdatePostBody.model_fields),
        issues=(*_other_posts_id(body, post_id), *issues),
    )


def create_changes(body: Mapping[str, Any]) -> tuple[PostChanges, bool]:
    """The content of a new post, and whether it goes out now unless it names a time."""
    fields, issues = read_fields(CreatePostBody, body)
    values = sent(fields)
    is_draft = bool(values.pop("draft", False))
    unknown = [name for name in body if name not in CreatePostBody.model_fields]
    changes = PostChanges(
        **_as_sets(values),
        status=PostStatus.DRAFT if is_draft else PostStatus.SCHEDULED,
        invalid_field=invalid_name(unknown, CreatePostBody.model_fields),
        issues=issues,
    )
    return changes, not is_draft


def _as_sets(values: dict[str, Any]) -> dict[str, Any]:
    if values.get("account_ids") is not None:
        values["account_ids"] = frozenset(values["account_ids"])
    if values.get("media_ids") is not None:
        values["media_ids"] = tuple(values["media_ids"])
    return values


def _read_status(status: str) -> tuple[object, tuple[InputIssue, ...]]:
    try:
        return PostStatus(status), ()
    except ValueError:
        message = "`status` can be set to draft or scheduled only."
        return LEAVE, (InputIssue(path=("status",), code=IssueCode.INVALID_VALUE, message=message),)


def invalid_name(unknown: Iterable[str], known: Iterable[str]) -> InvalidFieldName | None:
    """The refusal of the first name that a body does not know, or None where there is none."""
    names = tuple(name for name in known if name not in _DEPRECATED)
    for name in unknown:
        suggestion = "media_ids" if name in _NEVER_A_FIELD else nearest_name(name, names)
        return InvalidFieldName(name, suggestion=suggestion, known=names)
    return None


def _media_echo(media: object) -> Callable[[Post], InvalidFieldName | None]:
    def check(post: Post) -> InvalidFieldName | None:
        return None if media == media_shapes(post) else InvalidFieldName("media", suggestion="media_ids")

    return check


def _other_posts_id(body: Mapping[str, Any], post_id: UUID) -> list[InputIssue]:
    return [
        InputIssue(
            path=(name,),
            code=IssueCode.INVALID_VALUE,
            message=f"`{name}` is not the id of the post in the path. Leave it out, or send it unchanged.",
        )
        for name in ("post_id", "id")
        if name in body and body[name] != str(post_id)
    ]
