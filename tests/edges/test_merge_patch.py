"""`PATCH /v1/posts/{id}` beside JSON Merge Patch: the fifteen cases of RFC 7396's appendix A, in our own values.

At the top level a body is a merge patch: what is left out stays, null clears, anything else replaces. It is not one
where a post is stricter than a JSON document; each such case says why. So the media type of merge patches is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as defaulting
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import httpx
import orjson

from app.commands.fill_demo import BANNER, DRAFT, SLIDES
from app.repositories.database import Database
from tests.support.clock import NOW
from tests.support.edges import add_post, dump, stored_post
from tests.support.life.world import World

FIRST_COPY: Final = 100_000
TIME: Final = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
TIME_TEXT: Final = "2026-05-01T10:00:00.000Z"

_ALWAYS_THERE: Final = (
    "A post has every field, always: one that is cleared shows its empty value, where a member is removed."
)
_TYPED: Final = "The fields of a post have types: nothing else takes their place."
_NO_DOCUMENT: Final = "A post is an object, and its id, history and destinations are not the caller's to replace."
_WHOLE: Final = (
    "`platform_content` is replaced whole, so that what it says afterwards is what the request says. A null inside it "
    "would have nothing to remove, and is no text."
)
_KNOWN_NAMES: Final = "A name that a post does not have is a slip to be told of, not a member to be added."


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """number: its place in the appendix. given: attributes of the draft before. shows: what the answer shows
    differently from the post as it was served; makes: what is stored differently. error: of a refusal, with its status.
    unlike: why the outcome is not the one of the RFC; None where it is the same.
    """

    number: int
    claim: str
    body: Any
    given: Mapping[str, Any] = defaulting(default_factory=dict)
    shows: Mapping[str, Any] = defaulting(default_factory=dict)
    makes: Mapping[str, Any] = defaulting(default_factory=dict)
    error: tuple[int, Mapping[str, Any]] | None = None
    unlike: str | None = None


def malformed(path: str, said: str) -> tuple[int, dict[str, Any]]:
    message = f"`{path}` {said}"
    details = [{"path": path.split("."), "code": "INVALID_VALUE", "message": message}]
    return 400, {"message": message, "code": "validation_error", "details": details}


_NO_OBJECT: Final = (400, {"message": "The body must be a JSON object.", "code": "bad_request"})
_OVERRIDES: Final = {"x": {"content": "Short", "title": "A title"}, "linkedin": {"content": "Long"}}

CASES: Final = (
    Case(
        number=1,
        claim="a value takes the place of a value",
        body={"content": "Another"},
        shows={"content": "Another"},
        makes={"content": "Another"},
    ),
    Case(
        number=2,
        claim="a value is set where there was none, and what is left out stays",
        body={"scheduled_for": TIME_TEXT},
        shows={"scheduled_for": TIME_TEXT},
        makes={"scheduled_for": TIME},
    ),
    Case(
        number=2,
        claim="a name that no post has is not added",
        body={"contents": "Another"},
        error=(
            400,
            {
                "message": "Unknown field contents: did you mean content?",
                "code": "invalid_field_name",
                "details": {"field": "contents", "suggestion": "content"},
            },
        ),
        unlike=_KNOWN_NAMES,
    ),
    Case(
        number=3,
        claim="null clears what may be empty",
        body={"content": None},
        shows={"content": ""},
        makes={"content": ""},
        unlike=_ALWAYS_THERE,
    ),
    Case(
        number=3,
        claim="null is refused where empty means nothing",
        body={"timezone": None},
        error=(
            400,
            {
                "message": "`timezone` cannot be null: leave it out instead.",
                "code": "validation_error",
                "details": [
                    {
                        "path": ["timezone"],
                        "code": "NOT_NULLABLE",
                        "message": "`timezone` cannot be null: leave it out instead.",
                    }
                ],
            },
        ),
        unlike="Every post has a time zone: there is nothing that null could mean.",
    ),
    Case(
        number=4,
        claim="null clears the one field it is sent for",
        given={"scheduled_for": TIME, "platform_content": _OVERRIDES},
        body={"scheduled_for": None},
        shows={"scheduled_for": None},
        makes={"scheduled_for": None},
        unlike=_ALWAYS_THERE,
    ),
    Case(
        number=5,
        claim="a text does not take the place of a list",
        body={"account_ids": "2282"},
        error=malformed("account_ids", "must be a list."),
        unlike=_TYPED,
    ),
    Case(
        number=6,
        claim="a list does not take the place of a text",
        body={"content": ["Another"]},
        error=malformed("content", "must be text."),
        unlike=_TYPED,
    ),
    Case(
        number=7,
        claim="an object takes the place of an object, and of all that was in it",
        given={"platform_content": _OVERRIDES},
        body={"platform_content": {"x": {"content": "Shorter"}}},
        shows={"platform_content": {"x": {"content": "Shorter"}}},
        makes={"platform_content": {"x": {"content": "Shorter"}}},
        unlike=_WHOLE,
    ),
    Case(
        number=7,
        claim="null inside an object removes nothing",
        given={"platform_content": _OVERRIDES},
        body={"platform_content": {"x": {"content": "Shorter", "title": None}}},
        error=malformed("platform_content.x.title", "must be text without NUL characters."),
        unlike=_WHOLE,
    ),
    Case(
        number=8,
        claim="a list takes the place of a list, whatever was in it",
        given={"media": (*SLIDES, BANNER)},
        body={"media_ids": [str(BANNER)]},
        shows={
            "media_ids": [str(BANNER)],
            "media": [{"media_id": str(BANNER), "type": "image", "width": 1920, "height": 1080}],
        },
        makes={"media": (BANNER,)},
    ),
    Case(number=9, claim="a list is no post", body=["content", "Another"], error=_NO_OBJECT, unlike=_NO_DOCUMENT),
    Case(
        number=10,
        claim="a list does not take the place of a post",
        body=[{"content": "Another"}],
        error=_NO_OBJECT,
        unlike=_NO_DOCUMENT,
    ),
    Case(number=11, claim="null does not clear a whole post", body=None, error=_NO_OBJECT, unlike=_NO_DOCUMENT),
    Case(
        number=12,
        claim="a text does not take the place of a post",
        body="Another",
        error=_NO_OBJECT,
        unlike=_NO_DOCUMENT,
    ),
    Case(
        number=13,
        claim="what is null stays null where it is left out",
        given={"scheduled_for": None, "content": ""},
        body={"content": "Written now"},
        shows={"content": "Written now"},
        makes={"content": "Written now"},
    ),
    Case(
        number=14,
        claim="an object does not take the place of a list",
        body={"account_ids": {"a": "b", "c": None}},
        error=malformed("account_ids", "must be a list."),
        unlike=_TYPED,
    ),
    Case(
        number=15,
        claim="null deep inside a new object is not left out",
        body={"platform_content": {"x": {"content": None}}},
        error=malformed("platform_content.x.content", "must be text without NUL characters."),
        unlike=_WHOLE,
    ),
    Case(
        number=15,
        claim="an object inside a new object may be empty",
        body={"platform_content": {"x": {}}},
        shows={"platform_content": {"x": {}}},
        makes={"platform_content": {"x": {}}},
    ),
)


def test_every_case_of_the_appendix_is_there_and_none_is_refused_without_saying_why() -> None:
    assert {case.number for case in CASES} == set(range(1, 16))
    assert [case.claim for case in CASES if case.error is not None and case.unlike is None] == []


async def test_a_patch_is_a_merge_patch_of_the_post_or_the_case_says_why_it_is_not(
    client: httpx.AsyncClient, database: Database
) -> None:
    world = await World.of(database)
    draft = await stored_post(database, DRAFT)
    for number, case in enumerate(CASES, start=FIRST_COPY):
        about = (case.number, case.claim)
        attributes = _with_media(case.given, world)
        post = await add_post(database, draft, UUID(int=number), **attributes)
        served = (await client.get(f"/v1/posts/{post.id}")).json()["data"]
        before = await dump(database)

        response = await client.patch(
            f"/v1/posts/{post.id}", content=orjson.dumps(case.body), headers={"Content-Type": "application/json"}
        )

        answer = response.json()
        assert answer.pop("meta")["request_id"] == response.headers["X-Request-Id"], about
        if case.error is not None:
            status, error = case.error
            assert (response.status_code, answer) == (status, {"data": None, "error": error}), about
            assert await dump(database) == before, about
            continue
        queue = f'PATCH /v1/posts/{post.id} with status "scheduled" to queue it.'
        shown = {
            **served,
            **case.shows,
            "updated_at": "2026-04-12T08:30:00.000Z",
            "next_step": f"Post updated. The post is a draft. {queue}",
        }
        assert (response.status_code, answer) == (200, {"data": shown, "error": None}), about
        stored = post._replace(**_with_media(case.makes, world), version=2, updated_at=NOW)
        assert await stored_post(database, post.id) == stored, about

        # A merge patch that is applied again changes nothing more.
        again = await client.patch(f"/v1/posts/{post.id}", json=case.body)
        assert (again.status_code, again.headers["ETag"]) == (200, '"2"'), about
        assert await stored_post(database, post.id) == stored, about


def _with_media(attributes: Mapping[str, Any], world: World) -> dict[str, Any]:
    """The media by their records."""
    named = {name: value for name, value in attributes.items() if name != "media"}
    return {
        **named,
        **({"media": tuple(world.media[id] for id in attributes["media"])} if "media" in attributes else {}),
    }


async def test_the_media_type_of_merge_patches_is_refused_because_a_body_is_not_wholly_one(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    response = await client.patch(
        f"/v1/posts/{DRAFT}",
        content=b'{"content": "Another"}',
        headers={"Content-Type": "application/merge-patch+json"},
    )

    assert (response.status_code, response.json()["error"]) == (
        415,
        {"message": "Send the body as Content-Type: application/json.", "code": "bad_request"},
    )
    assert await dump(database) == before
