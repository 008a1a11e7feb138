"""An account is created and changed the same over GraphQL and REST v1: what is stored of it, or the refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as defaulting
from typing import Any, Final

import httpx
import pytest

from app.domain.account import Account
from app.domain.credentials import Credentials
from app.domain.errors import ErrorCode
from app.domain.platforms import Platform
from app.domain.rule_overrides import RuleOverrides
from app.repositories.database import Database
from tests.support.accounts import (
    CASES,
    DISCORD,
    MASTODON,
    OWN_ENDPOINT,
    SECRET,
    add_subject,
    client_of,
    stored_account,
)
from tests.support.answers import REQUEST_ERROR, Answer, Issue, Refused, Request, mutation, post_to, read
from tests.support.clock import NOW, Clock
from tests.support.edges import dump
from tests.support.trials import Trial, expect_the_same_again

OMITTED: Final = object()
FIRST_SUBJECT: Final = 5000
_CAMEL: Final = {
    "account_name": "accountName",
    "minimum_gap_minutes": "minimumGapMinutes",
    "is_active": "isActive",
    "text_limit": "textLimit",
    "max_images": "maxImages",
    "max_videos": "maxVideos",
}


@pytest.fixture
async def client(database_url: str, clock: Clock, demo: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(database_url, clock, demo) as client:
        yield client


def in_graphql(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body in GraphQL's names; inside credentials, the names are the same everywhere."""
    fields = {_CAMEL.get(name, name): value for name, value in body.items()}
    if isinstance(rules := body.get("rules"), dict):
        fields["rules"] = {_CAMEL.get(name, name): value for name, value in rules.items()}
    if isinstance(platform := body.get("platform"), str):
        fields["platform"] = platform.upper()
    return fields


def update_requests(account_id: int, body: Mapping[str, Any]) -> dict[str, Request]:
    return {
        "updateAccount": mutation("updateAccount", accountId=account_id, input=in_graphql(body)),
        "PATCH": Request(method="PATCH", path=f"/v1/accounts/{account_id}", body=body),
    }


def create_requests(body: Mapping[str, Any]) -> dict[str, Request]:
    return {
        "createAccount": mutation("createAccount", input=in_graphql(body)),
        "POST": post_to("/v1/accounts", body),
    }


def shown_account(answer: Answer) -> Mapping[str, Any]:
    """What an answer shows of the account, in REST v1's names, without what one of the edges alone shows."""
    data = dict(answer.data)
    if answer.edge == "v1":
        health = data.pop("health")
        assert health["can_post"] == data["is_active"]
        return {**data, "can_publish": health["status"] == "healthy"}
    account = dict(data["account"])
    rules = {name: account["rules"][camel] for name, camel in _CAMEL.items() if camel in account["rules"]}
    return {
        "account_id": account["accountId"],
        "platform": account["platform"].lower(),
        "account_name": account["accountName"],
        "is_active": account["isActive"],
        "minimum_gap_minutes": account["minimumGapMinutes"],
        "rules": {name: value for name, value in rules.items() if value is not None},
        "created_at": account["createdAt"],
        "can_publish": account["canPublish"],
    }


def without_row(rows: Mapping[str, list[Any]], account_id: int) -> dict[str, list[Any]]:
    """A dump without the row of one account of the demo's organisation."""
    return {**rows, "accounts": [row for row in rows["accounts"] if row[:2] != (1, account_id)]}


async def test_an_update_stores_the_same_account_or_is_refused_the_same_on_both_edges(
    client: httpx.AsyncClient, database: Database
) -> None:
    for number, case in enumerate(CASES):
        found: dict[str, Answer] = {}
        for place, route in enumerate(update_requests(0, {})):
            id = FIRST_SUBJECT + 2 * number + place
            subject = await add_subject(database, id)
            before = await dump(database)

            answer = read(await update_requests(id, case.body)[route].send(client))

            about = (str(case), route, answer.body)
            after = await dump(database)
            assert without_row(after, id) == without_row(before, id), about
            if answer.refused is None:
                stored = (replace(subject, **case.changes), case.credentials)
                assert await stored_account(database, id) == stored, about
            else:
                assert after == before, about
            is_mistyped = case.is_mistyped and route == "updateAccount"
            issues = tuple((issue.path, issue.code) for issue in answer.refused.issues) if answer.refused else ()
            assert issues == (() if is_mistyped else case.issues), about
            assert (answer.refused == Refused(REQUEST_ERROR)) == is_mistyped, about
            found[route] = answer
        if found["updateAccount"].refused != Refused(REQUEST_ERROR):
            assert found["updateAccount"].refused == found["PATCH"].refused, str(case)
            assert found["updateAccount"].message == found["PATCH"].message, str(case)
        if found["PATCH"].refused is None:
            one, other = (dict(shown_account(answer)) for answer in found.values())
            assert one.pop("account_id") + 1 == other.pop("account_id"), str(case)
            assert one == other, str(case)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """A sound new account with one field in one state. comes_to: what makes it another account than the sound one, or
    how it is refused. is_mistyped: GraphQL's types rule it out."""

    field: str
    state: str
    sent: Any = OMITTED
    comes_to: Mapping[str, Any] | Refused = defaulting(default_factory=dict)
    credentials: Credentials | None = None
    is_mistyped: bool = False

    def __str__(self) -> str:
        return f"{self.field}: {self.state}"

    @property
    def body(self) -> dict[str, Any]:
        sound = {"platform": "mastodon", "account_name": "@new", self.field: self.sent}
        return {name: value for name, value in sound.items() if value is not OMITTED}

    def expected(self, route: str) -> Mapping[str, Any] | Refused:
        return Refused(REQUEST_ERROR) if self.is_mistyped and route == "createAccount" else self.comes_to


def _wrong(path: str, code: str = "INVALID_VALUE", **more: Any) -> Refused:
    return Refused(ErrorCode.INVALID_INPUT, (Issue(path, code, **more),))


NEW_ACCOUNTS: Final = (
    NewAccount(field="platform", state="omitted", comes_to=_wrong("platform", "REQUIRED"), is_mistyped=True),
    NewAccount(field="platform", state="null", sent=None, comes_to=_wrong("platform", "REQUIRED"), is_mistyped=True),
    NewAccount(field="platform", state="value", sent="x", comes_to={"platform": Platform.X}),
    NewAccount(field="platform", state="wrong value", sent="myspace", comes_to=_wrong("platform"), is_mistyped=True),
    NewAccount(field="platform", state="wrong type", sent=5, comes_to=_wrong("platform"), is_mistyped=True),
    NewAccount(field="account_name", state="omitted", comes_to=_wrong("account_name", "REQUIRED"), is_mistyped=True),
    NewAccount(
        field="account_name", state="null", sent=None, comes_to=_wrong("account_name", "REQUIRED"), is_mistyped=True
    ),
    NewAccount(field="account_name", state="value", sent=" 👋🏽 ", comes_to={"name": " 👋🏽 "}),
    NewAccount(field="account_name", state="blank", sent=" \n", comes_to=_wrong("account_name")),
    NewAccount(field="account_name", state="NUL", sent="a\0", comes_to=_wrong("account_name")),
    NewAccount(
        field="account_name",
        state="too long",
        sent="x" * 201,
        comes_to=_wrong("account_name", "TOO_LONG", limit=200, actual=201),
    ),
    NewAccount(field="account_name", state="wrong type", sent=["a"], comes_to=_wrong("account_name"), is_mistyped=True),
    NewAccount(field="minimum_gap_minutes", state="omitted"),
    NewAccount(
        field="minimum_gap_minutes",
        state="null",
        sent=None,
        comes_to=_wrong("minimum_gap_minutes", "NOT_NULLABLE"),
        is_mistyped=True,
    ),
    NewAccount(field="minimum_gap_minutes", state="value", sent=10_080, comes_to={"minimum_gap_minutes": 10_080}),
    NewAccount(field="minimum_gap_minutes", state="negative", sent=-1, comes_to=_wrong("minimum_gap_minutes")),
    NewAccount(field="minimum_gap_minutes", state="too long", sent=10_081, comes_to=_wrong("minimum_gap_minutes")),
    NewAccount(
        field="minimum_gap_minutes",
        state="wrong type",
        sent="15",
        comes_to=_wrong("minimum_gap_minutes"),
        is_mistyped=True,
    ),
    NewAccount(field="rules", state="omitted"),
    NewAccount(field="rules", state="null", sent=None),
    NewAccount(field="rules", state="value", sent={"max_images": 0}, comes_to={"rules": RuleOverrides(max_images=0)}),
    NewAccount(field="rules", state="wrong value", sent={"text_limit": 0}, comes_to=_wrong("rules.text_limit")),
    NewAccount(field="rules", state="wrong type", sent=[1], comes_to=_wrong("rules"), is_mistyped=True),
    NewAccount(
        field="rules",
        state="unknown name",
        sent={"max_image": 4},
        comes_to=Refused(ErrorCode.INVALID_FIELD_NAME, name=("rules.max_image", "max_images")),
        is_mistyped=True,
    ),
    NewAccount(field="credentials", state="omitted"),
    NewAccount(field="credentials", state="null", sent=None),
    NewAccount(
        field="credentials",
        state="of its platform",
        sent=MASTODON,
        comes_to={"has_credentials": True},
        credentials=MASTODON,
    ),
    NewAccount(
        field="credentials",
        state="of the owner's own endpoint",
        sent=OWN_ENDPOINT,
        comes_to={"has_credentials": True},
        credentials=OWN_ENDPOINT,
    ),
    NewAccount(
        field="credentials",
        state="of another platform",
        sent=DISCORD,
        comes_to=Refused(
            ErrorCode.INVALID_INPUT,
            (
                Issue("credentials.webhook_url", "INVALID_VALUE"),
                Issue("credentials.base_url", "REQUIRED"),
                Issue("credentials.access_token", "REQUIRED"),
            ),
        ),
    ),
    NewAccount(field="credentials", state="wrong type", sent=SECRET, comes_to=_wrong("credentials")),
    NewAccount(
        field="account_names",
        state="unknown name",
        sent="@new",
        comes_to=Refused(ErrorCode.INVALID_FIELD_NAME, name=("account_names", "account_name")),
        is_mistyped=True,
    ),
    # An account is active from the start: neither edge has the field.
    NewAccount(
        field="is_active",
        state="unknown name",
        sent=False,
        comes_to=Refused(ErrorCode.INVALID_FIELD_NAME, name=("is_active", None)),
        is_mistyped=True,
    ),
)


async def test_a_new_account_is_stored_the_same_or_refused_the_same_on_both_edges(
    client: httpx.AsyncClient, database: Database
) -> None:
    for case in NEW_ACCOUNTS:
        found: dict[str, Answer] = {}
        for route, request in create_requests(case.body).items():
            before = await dump(database)

            answer = read(await request.send(client))

            found[route] = answer
            after, expected = await dump(database), case.expected(route)
            about = (str(case), route, answer.body)
            assert SECRET not in str(answer.body), about
            if isinstance(expected, Refused):
                assert answer.refused == expected, about
                assert after == before, about
                continue
            assert answer.data is not None, about
            id = shown_account(answer)["account_id"]
            sound = Account(id=id, platform=Platform.MASTODON, name="@new", is_active=True, created_at=NOW)
            assert await stored_account(database, id) == (replace(sound, **expected), case.credentials), about
            assert without_row(after, id) == before, about
        if not case.is_mistyped:
            one, other = found.values()
            assert one.message == other.message, str(case)
            if one.refused is None:
                shown, again = (dict(shown_account(answer)) for answer in (one, other))
                assert shown.pop("account_id") + 1 == again.pop("account_id"), str(case)
                assert shown == again, str(case)


async def test_an_account_is_created_and_changed_once_where_the_request_is_repeated_under_its_key(
    client: httpx.AsyncClient, database: Database
) -> None:
    trials = [Trial(request=request) for case in NEW_ACCOUNTS for request in create_requests(case.body).values()]
    for number, case in enumerate(CASES):
        for place, route in enumerate(update_requests(0, {})):
            id = FIRST_SUBJECT + 2 * number + place
            await add_subject(database, id)
            trials.append(Trial(request=update_requests(id, case.body)[route]))

    await expect_the_same_again(trials, client, database)


async def test_an_account_that_is_not_the_callers_is_not_found_on_both_edges(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    for account_id in (9999, 3100, 0):
        requests = update_requests(account_id, {"account_name": "Ours"})

        answers = [read(await request.send(client)) for request in requests.values()]

        assert [answer.refused for answer in answers] == [Refused(ErrorCode.NOT_FOUND)] * 2, account_id
        assert [answer.message for answer in answers] == ["Account not found."] * 2, account_id
    assert await dump(database) == before
