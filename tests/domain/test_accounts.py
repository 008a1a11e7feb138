"""Creating an account, changing it, and what its credentials may be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.account import Account
from app.domain.account_changes import AccountChanges
from app.domain.credentials import shapes_of
from app.domain.errors import InputIssue, InvalidFieldName, InvalidInput, IssueCode
from app.domain.platforms import Platform
from app.domain.rule_overrides import RuleOverrides
from tests.support.accounts import BLUESKY, DISCORD, MASTODON, OWN_ENDPOINT, SECRET
from tests.support.clock import NOW
from tests.support.posts import an_account, issue

SUBJECT = an_account(7, platform=Platform.MASTODON, minimum_gap_minutes=15, rules=RuleOverrides(text_limit=5000))


def created(platform: Platform | None = Platform.X, *, keeps_credentials: bool = True, **changes: Any) -> Account:
    return Account.create(7, platform, AccountChanges(**changes), now=NOW, keeps_credentials=keeps_credentials)


def changed(account: Account = SUBJECT, *, keeps_credentials: bool = True, **changes: Any) -> Account:
    return account.apply(AccountChanges(**changes), keeps_credentials=keeps_credentials)


def issues_of_creating(*arguments: Any, **changes: Any) -> list[InputIssue]:
    with pytest.raises(InvalidInput) as refused:
        created(*arguments, **changes)
    return list(refused.value.issues)


def issues_of_changing(*arguments: Any, **changes: Any) -> list[InputIssue]:
    with pytest.raises(InvalidInput) as refused:
        changed(*arguments, **changes)
    return list(refused.value.issues)


def test_a_new_account_is_active_and_has_no_settings_of_its_own() -> None:
    account = created(account_name="@mybrand")

    assert account == Account(
        id=7,
        platform=Platform.X,
        name="@mybrand",
        is_active=True,
        created_at=NOW,
        minimum_gap_minutes=0,
        rules=RuleOverrides(),
        has_credentials=False,
    )
    assert not account.can_publish


def test_a_new_account_may_have_every_setting_at_once() -> None:
    account = created(
        Platform.MASTODON,
        account_name="@mybrand",
        minimum_gap_minutes=30,
        rules={"text_limit": 5000},
        credentials=MASTODON,
    )

    assert account.minimum_gap_minutes == 30
    assert account.rules == RuleOverrides(text_limit=5000)
    assert account.has_credentials
    assert account.can_publish


def test_an_account_says_whether_it_has_credentials_and_never_which() -> None:
    account = created(account_name="@mybrand", credentials=OWN_ENDPOINT)

    assert SECRET not in repr(account)
    assert SECRET not in repr(AccountChanges(credentials=OWN_ENDPOINT))


@pytest.mark.parametrize("name", [{}, {"account_name": None}], ids=["omitted", "null"])
def test_a_new_account_needs_a_platform_and_a_name(name: dict[str, Any]) -> None:
    assert issues_of_creating(None, **name, credentials={"unknown": SECRET}) == [
        issue("platform", code=IssueCode.REQUIRED, message="`platform` is required."),
        issue("account_name", code=IssueCode.REQUIRED, message="`account_name` is required."),
    ]


def test_what_an_edge_found_wrong_is_not_also_called_missing() -> None:
    found = (
        issue("platform", code=IssueCode.INVALID_VALUE, message="Unreadable."),
        issue("account_name", code=IssueCode.INVALID_VALUE, message="Unreadable."),
    )

    assert issues_of_creating(None, issues=found) == list(found)


def test_every_problem_is_told_at_once() -> None:
    found = issue("is_active", code=IssueCode.INVALID_VALUE, message="Unreadable.")

    assert issues_of_changing(
        account_name="x" * 201,
        minimum_gap_minutes=10_081,
        rules={"text_limit": 0},
        credentials={"base_url": SECRET, "access_tokn": SECRET},
        issues=(found,),
        keeps_credentials=False,
    ) == [
        found,
        issue(
            "account_name",
            code=IssueCode.TOO_LONG,
            message="`account_name` has 201 characters; at most 200 are allowed.",
            limit=200,
            actual=201,
        ),
        issue(
            "minimum_gap_minutes",
            code=IssueCode.INVALID_VALUE,
            message="`minimum_gap_minutes` must be from 0 to 10080, which is 7 days.",
        ),
        issue(
            "rules",
            "text_limit",
            code=IssueCode.INVALID_VALUE,
            message="`rules.text_limit` must be a whole number from 1 to 2147483647, or null.",
        ),
        issue(
            "credentials",
            "base_url",
            code=IssueCode.INVALID_VALUE,
            message="`credentials.base_url` must be an http or https URL of at most 2048 bytes.",
        ),
        issue(
            "credentials",
            "access_tokn",
            code=IssueCode.INVALID_VALUE,
            message="`credentials.access_tokn` is not known here: did you mean access_token?",
        ),
        issue(
            "credentials",
            "access_token",
            code=IssueCode.REQUIRED,
            message="`credentials.access_token` is required: credentials hold base_url and access_token.",
        ),
        issue(
            "credentials",
            code=IssueCode.INVALID_VALUE,
            message="`credentials` cannot be kept: this server has no REDRAFT_SECRET_KEY to encrypt them with.",
        ),
    ]


def test_what_is_left_out_stays_and_an_update_that_changes_nothing_answers_an_equal_account() -> None:
    assert changed() == SUBJECT
    assert changed(account_name=SUBJECT.name, minimum_gap_minutes=15, rules={"text_limit": 5000}) == SUBJECT
    assert changed(is_active=False) == replace(SUBJECT, is_active=False)


def test_a_name_is_kept_as_it_is_sent() -> None:
    assert changed(account_name=" Grüße e\u0301 ").name == " Grüße e\u0301 "


@pytest.mark.parametrize("field", ["account_name", "minimum_gap_minutes", "is_active"])
def test_what_cannot_be_empty_cannot_be_null(field: str) -> None:
    assert issues_of_changing(**{field: None}) == [
        issue(field, code=IssueCode.NOT_NULLABLE, message=f"`{field}` cannot be null: leave it out instead.")
    ]


def test_null_takes_rules_and_credentials_away() -> None:
    account = changed(credentials=MASTODON)
    assert account.has_credentials

    assert changed(account, credentials=None) == SUBJECT
    assert changed(account, rules=None) == replace(account, rules=RuleOverrides())


def test_a_server_without_a_key_takes_credentials_away_and_takes_none() -> None:
    account = replace(SUBJECT, has_credentials=True)

    assert changed(account, credentials=None, keeps_credentials=False) == SUBJECT
    assert [found.path for found in issues_of_changing(account, credentials=MASTODON, keeps_credentials=False)] == [
        ("credentials",)
    ]


def test_an_unknown_name_is_refused_before_any_value() -> None:
    with pytest.raises(InvalidFieldName) as refused:
        changed(rules={"text_limt": 5000}, account_name=None)

    assert (refused.value.field, refused.value.suggestion) == ("rules.text_limt", "text_limit")

    unknown = InvalidFieldName("name", suggestion="account_name")
    with pytest.raises(InvalidFieldName) as refused:
        changed(invalid_field=unknown, account_name=None)
    assert refused.value is unknown


SHAPES = {Platform.BLUESKY: BLUESKY, Platform.DISCORD: DISCORD, Platform.MASTODON: MASTODON}


@pytest.mark.parametrize("platform", Platform)
def test_each_platform_takes_the_owners_endpoint_and_what_is_its_own(platform: Platform) -> None:
    for credentials in (OWN_ENDPOINT, SHAPES.get(platform, OWN_ENDPOINT)):
        assert created(platform, account_name="@mybrand", credentials=credentials).has_credentials
    for owner, credentials in SHAPES.items():
        if owner is not platform:
            assert issues_of_creating(platform, account_name="@mybrand", credentials=credentials)


def test_the_shapes_are_those_of_the_contract() -> None:
    anywhere = (("url", "secret"), ("sandbox",))
    assert shapes_of(Platform.INSTAGRAM) == anywhere
    assert shapes_of(Platform.BLUESKY) == (("service", "identifier", "password"), *anywhere)
    assert shapes_of(Platform.MASTODON) == (("base_url", "access_token"), *anywhere)
    assert shapes_of(Platform.DISCORD) == (("webhook_url",), *anywhere)


def test_names_are_measured_against_the_shape_that_was_meant() -> None:
    meant_endpoint = issues_of_changing(credentials={"url": "https://a.test", "secrets": SECRET})
    meant_mastodon = issues_of_changing(credentials={"baseUrl": "https://a.test", "access_token": SECRET})
    meant_neither = issues_of_changing(credentials={"login": SECRET})

    assert [(found.path, found.message) for found in meant_endpoint] == [
        (("credentials", "secrets"), "`credentials.secrets` is not known here: did you mean secret?"),
        (("credentials", "secret"), "`credentials.secret` is required: credentials hold url and secret."),
    ]
    assert [found.message for found in meant_mastodon] == [
        "`credentials.baseUrl` is not known here: did you mean base_url?",
        "`credentials.base_url` is required: credentials hold base_url and access_token.",
    ]
    assert [found.message for found in meant_neither] == [
        "`credentials.login` is not known here: known names are base_url, access_token.",
        "`credentials.base_url` is required: credentials hold base_url and access_token.",
        "`credentials.access_token` is required: credentials hold base_url and access_token.",
    ]


@pytest.mark.parametrize(
    "value",
    [
        SECRET,
        f"ftp://{SECRET}.test",
        f"https:///{SECRET}",
        f"https://{SECRET}.test:port",
        f"https://{SECRET}.test/a b",
        f"https://{SECRET}.test/" + "x" * 2048,
        f"https://{SECRET}.test/\0",
        "",
    ],
)
def test_an_address_is_http_or_https_and_not_too_long(value: str) -> None:
    [found] = issues_of_changing(credentials={**OWN_ENDPOINT, "url": value})

    message = "`credentials.url` must be an http or https URL of at most 2048 bytes."
    assert found == issue("credentials", "url", code=IssueCode.INVALID_VALUE, message=message)


@pytest.mark.parametrize("value", ["", " ", f"{SECRET}\0", f"{SECRET}\ud800", SECRET + "x" * 4096])
def test_any_other_value_is_text_that_can_be_sent(value: str) -> None:
    [found] = issues_of_changing(credentials={**OWN_ENDPOINT, "secret": value})

    message = "`credentials.secret` must be text of 1 to 4096 characters, without NUL characters."
    assert found == issue("credentials", "secret", code=IssueCode.INVALID_VALUE, message=message)


@pytest.mark.parametrize("value", [5, None, True, [SECRET], {"a": SECRET}])
def test_no_value_is_anything_but_text(value: object) -> None:
    found = issues_of_changing(credentials={"url": value, "secret": value})

    assert [(problem.path, problem.message) for problem in found] == [
        (("credentials", "url"), "`credentials.url` must be text."),
        (("credentials", "secret"), "`credentials.secret` must be text."),
    ]


@pytest.mark.parametrize("credentials", [SECRET, 5, [OWN_ENDPOINT], True])
def test_credentials_are_an_object(credentials: object) -> None:
    assert issues_of_changing(credentials=credentials) == [
        issue("credentials", code=IssueCode.INVALID_VALUE, message="`credentials` must be an object.")
    ]
