"""Webhooks: what one may be made of, and how far it is wound back to be told again."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.domain.errors import InvalidInput
from app.domain.events import START, Cursor
from app.domain.history import EventType
from app.domain.webhook import MOST_WEBHOOKS, Webhook, new_secret
from tests.support.clock import NOW

ID = UUID(int=7)
EVERY_EVENT = (
    "post.updated, post.scheduled, post.publishing, post.published, post.failed, post.partially_failed, post.deleted"
)


def create(**different: Any) -> Webhook:
    values: dict[str, Any] = {
        "url": "https://hooks.test/in",
        "events": [],
        "newest": Cursor(3, 4),
        "now": NOW,
        "others": 0,
        "keeps_secrets": True,
    }
    return Webhook.create(ID, **(values | different))


def issues_of(**different: Any) -> list[tuple[tuple[str, ...], str, str]]:
    with pytest.raises(InvalidInput) as refused:
        create(**different)
    return [(issue.path, issue.code.value, issue.message) for issue in refused.value.issues]


def test_a_new_webhook_is_active_and_is_told_of_what_comes_after_the_newest_change() -> None:
    assert create() == Webhook(
        id=ID,
        url="https://hooks.test/in",
        events=(),
        is_active=True,
        created_at=NOW,
        created_after=Cursor(3, 4),
        cursor=Cursor(3, 4),
    )


def test_events_are_kept_once_each_and_in_one_order() -> None:
    webhook = create(events=["post.deleted", "post.updated", "post.deleted"])

    assert webhook.events == (EventType.UPDATED, EventType.DELETED)


@pytest.mark.parametrize("url", ["http://hooks.test", "https://hooks.test:8443/in?key=1", "http://127.0.0.1:9/"])
def test_a_webhook_may_be_at_any_http_address(url: str) -> None:
    assert create(url=url).url == url


@pytest.mark.parametrize(
    "url", ["", "hooks.test", "ftp://hooks.test", "https://", "https://hooks.test/a b", f"https://a.test/{'x' * 2048}"]
)
def test_a_webhook_is_at_no_other_address(url: str) -> None:
    assert issues_of(url=url) == [
        (("url",), "INVALID_VALUE", "`url` must be an http or https URL of at most 2048 bytes.")
    ]


@pytest.mark.parametrize(
    "url", ["https://user:password@hooks.test/", "https://user@hooks.test/", "https://@hooks.test"]
)
def test_an_address_holds_no_user_name_and_no_password(url: str) -> None:
    message = "`url` must not hold a user name or a password: every call is signed instead."
    assert issues_of(url=url) == [(("url",), "INVALID_VALUE", message)]


def test_every_problem_is_told_at_once_and_an_unknown_event_with_the_nearest_name() -> None:
    issues = issues_of(
        url="hooks.test",
        events=["post.updated", "post.publised", "POST.UPDATED", "nothing like it"],
        others=MOST_WEBHOOKS,
        keeps_secrets=False,
    )

    code = "INVALID_VALUE"
    assert issues == [
        (("url",), code, "`url` must be an http or https URL of at most 2048 bytes."),
        (("events", "1"), code, "`events.1` is not an event: did you mean post.published?"),
        (("events", "2"), code, "`events.2` is not an event: did you mean post.updated?"),
        (("events", "3"), code, f"`events.3` is not an event: known events are {EVERY_EVENT}."),
        (("url",), code, "There are 100 webhooks already; at most 100 are allowed."),
        (
            ("secret",),
            code,
            "`secret` cannot be kept: this server has no REDRAFT_SECRET_KEY to encrypt it with.",
        ),
    ]


def test_a_secret_is_256_random_bits_as_standard_webhooks_spells_them() -> None:
    secrets = {new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert {secret[:6] for secret in secrets} == {"whsec_"}
    assert {len(base64.b64decode(secret[6:], validate=True)) for secret in secrets} == {32}


@pytest.mark.parametrize(
    ("is_active", "asked", "expected"),
    [
        (True, None, Cursor(3, 4)),
        (True, Cursor(1, 1), Cursor(1, 1)),
        (True, START, START),
        (True, Cursor(5, 5), Cursor(5, 5)),
        (True, Cursor(7, 0), Cursor(6, 0)),
        (False, None, Cursor(3, 4)),
        (False, Cursor(5, 5), Cursor(5, 5)),
        (False, Cursor(7, 0), Cursor(7, 0)),
        (False, Cursor(9, 9), Cursor(8, 0)),
    ],
)
def test_winding_back_skips_nothing_that_an_active_webhook_has_not_been_told_of(
    is_active: bool, asked: Cursor | None, expected: Cursor
) -> None:
    webhook = replace(create(), cursor=Cursor(6, 0), is_active=is_active)

    assert webhook.wound_back(asked, newest=Cursor(8, 0)) == replace(webhook, cursor=expected, is_active=True)
