"""Sending a post out again where it failed."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from app.commands.fill_demo import OF_ANOTHER_ORGANIZATION
from app.domain.post import PostStatus
from tests.support.answers import mutation, post_to
from tests.support.clock import NOW
from tests.support.life.cases import (
    ALREADY_PUBLISHED,
    IN_PROGRESS,
    MISTYPED,
    NOT_FOUND,
    SAYS_NOT_FOUND,
    Asks,
    Case,
    Outcome,
    Stored,
    invalid,
    post_name,
    queued_again,
)
from tests.support.life.world import UNKNOWN


def _retry(**variables: Any) -> Asks:
    names = {"accountIds": "account_ids", "confirm": "confirm"}
    body = {names[name]: value for name, value in variables.items()} if variables else None
    return {
        "retryPost": lambda id: mutation("retryPost", id=str(id), **variables),
        "retry": lambda id: post_to(f"/v1/posts/{id}/retry", body),
    }


_RETRY_ALL: Final[Asks] = {
    **_retry(),
    "retryPost with null": lambda id: mutation("retryPost", id=str(id), accountIds=None),
    "retry with {}": lambda id: post_to(f"/v1/posts/{id}/retry", {}),
    "retry with null": lambda id: post_to(f"/v1/posts/{id}/retry", {"account_ids": None}),
    "/post/retry": lambda id: post_to("/post/retry", {"postIds": [post_name(id)]}),
}


def _retried(*account_ids: int) -> Stored:
    """Everything that has failed is queued again."""
    return Stored(
        different={
            "status": PostStatus.SCHEDULED,
            "failure_reason": None,
            "destinations": queued_again(*account_ids),
        },
        fields=("status", "failure_reason", "destinations"),
    )


def _retried_now(retried: Stored) -> dict[str, Outcome]:
    now = Stored(
        different={**retried.different, "scheduled_for": NOW},
        fields=("scheduled_for", "status", "failure_reason", "destinations"),
    )
    return {"/post/retry": now}


_TIME_IS_NOW: Final = (
    "That API documents that a retried post's time becomes now; elsewhere the time stays, as it is due."
)
_FAILED_POSTS_ONLY: Final = {"/post/retry": "`POST`: Only a failed post can be retried."}
_NOT_FAILED_STATUS: Final = "That API documents 400 for any post that has not failed, published ones included."
_NOTHING_FAILED: Final = invalid(("account_ids", "NOTHING_TO_RETRY"))
_NOBODY_KNOWS: Final = invalid(("account_ids", "OUTCOME_UNKNOWN"))


def _retries(state: str, start: str | UUID, asks: Asks, comes_to: Outcome, **more: Any) -> Case:
    return Case(operation="retry", state=state, start=start, asks=asks, comes_to=comes_to, **more)


RETRIES: Final = (
    *(
        _retries(start, start, _RETRY_ALL, _retried(*ids), instead=_retried_now(_retried(*ids)), why=_TIME_IS_NOW)
        for start, ids in (
            ("failed", [2285]),
            ("failed twice", [2282, 2285]),
            ("failed, one unknown", [2282]),
            ("partially_failed", [2282]),
        )
    ),
    _retries("the only account that failed", "partially_failed", _retry(accountIds=[2282]), _retried(2282)),
    _retries(
        "one of two accounts",
        "failed twice",
        _retry(accountIds=[2285, 2285]),
        # The other account has still failed, and the post still says why.
        Stored(
            different={"status": PostStatus.SCHEDULED, "destinations": queued_again(2285)},
            fields=("status", "destinations"),
        ),
    ),
    _retries("an account where it is out", "partially_failed", _retry(accountIds=[2280]), _NOTHING_FAILED),
    _retries("an account where it may be out", "failed, one unknown", _retry(accountIds=[2285]), _NOBODY_KNOWS),
    _retries(
        "an account where it may be out, confirmed",
        "failed, one unknown",
        _retry(accountIds=[2285], confirm=True),
        # The other account has still failed, and the post still says why.
        Stored(
            different={"status": PostStatus.SCHEDULED, "destinations": queued_again(2285)},
            fields=("status", "destinations"),
        ),
    ),
    _retries(
        "everything, confirmed, where one is unknown",
        "failed, one unknown",
        _retry(confirm=True),
        _retried(2282, 2285),
    ),
    _retries(
        "everything, confirmed, where all is unknown", "failed, all unknown", _retry(confirm=True), _retried(2285)
    ),
    _retries("confirmed where nothing is unknown", "failed", _retry(confirm=True), _retried(2285)),
    _retries(
        "an account where it is out, confirmed",
        "partially_failed",
        _retry(accountIds=[2280], confirm=True),
        _NOTHING_FAILED,
    ),
    _retries(
        "no boolean",
        "failed, all unknown",
        _retry(confirm="yes"),
        invalid(("confirm", "INVALID_VALUE")),
        instead={"retryPost": MISTYPED},
        says={"retry": "`confirm` must be true or false."},
    ),
    _retries(
        "accounts that cannot be",
        "partially_failed",
        _retry(accountIds=[2282, 2280, 9999]),
        invalid(("account_ids", "NOTHING_TO_RETRY"), ("account_ids", "UNKNOWN_ID")),
    ),
    _retries("no account", "failed", _retry(accountIds=[]), _NOTHING_FAILED),
    _retries(
        "no list",
        "failed",
        _retry(accountIds={"a": 1}),
        invalid(("account_ids", "INVALID_VALUE")),
        instead={"retryPost": MISTYPED},
        says={"retry": "`account_ids` must be a list."},
    ),
    _retries(
        "too long for what it is sent to",
        "failed, too long",
        _RETRY_ALL,
        invalid(("content", "TOO_LONG", "x", 280, 281)),
        says={
            "/post/retry": "`POST`: `content` has 281 characters by weight, each link 23, where X takes at most 280: "
            "shorten it, or say something shorter on X alone."
        },
    ),
    *(_retries(start, start, _RETRY_ALL, _NOTHING_FAILED, says=_FAILED_POSTS_ONLY) for start in ("draft", "scheduled")),
    _retries(
        "failed, all unknown",
        "failed, all unknown",
        _RETRY_ALL,
        invalid(("confirm", "OUTCOME_UNKNOWN")),
        says={
            "/post/retry": "`POST`: No destination of the post is waiting to be published: "
            "each is published, or may be."
        },
    ),
    _retries(
        "published",
        "published",
        _RETRY_ALL,
        ALREADY_PUBLISHED,
        instead={"/post/retry": invalid()},
        says={
            **_FAILED_POSTS_ONLY,
            "retry": "Cannot update a post that has already been published.",
            "retry with {}": "Cannot update a post that has already been published.",
            "retry with null": "Cannot update a post that has already been published.",
        },
        why=_NOT_FAILED_STATUS,
    ),
    _retries(
        "publishing",
        "publishing",
        _RETRY_ALL,
        IN_PROGRESS,
        instead={"/post/retry": invalid()},
        says=_FAILED_POSTS_ONLY,
        why=_NOT_FAILED_STATUS,
    ),
    _retries("unknown", UNKNOWN, _RETRY_ALL, NOT_FOUND, says=SAYS_NOT_FOUND),
    _retries("another organisation's", OF_ANOTHER_ORGANIZATION, _RETRY_ALL, NOT_FOUND, says=SAYS_NOT_FOUND),
)
