"""Accounts and their credentials for tests, and the table of updates that GraphQL and REST v1 must treat alike."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from dataclasses import field as defaulting
from typing import Any, Final

import httpx

from app.domain.account import Account
from app.domain.credentials import Credentials
from app.domain.platforms import Platform
from app.domain.rule_overrides import RuleOverrides
from app.main import create_app
from app.repositories.accounts import AccountRepository
from app.repositories.credential_cipher import CredentialCipher, read_secret_keys
from app.repositories.database import Database
from app.settings import Settings
from tests.support.clock import NOW, Clock, Ids

SECRET_KEY: Final = urlsafe_b64encode(b"the key of all tests, 32 bytes..").decode()
ANOTHER_SECRET_KEY: Final = urlsafe_b64encode(b"another key of tests, 32 bytes..").decode()

SECRET: Final = "correct-horse-battery-staple"
"""Stands in every value of the credentials below. Whoever says it has given them away."""

OWN_ENDPOINT: Final = {"url": f"https://hooks.test/{SECRET}", "secret": SECRET}
BLUESKY: Final = {"service": f"https://{SECRET}.test", "identifier": f"{SECRET}.test", "password": SECRET}
MASTODON: Final = {"base_url": f"https://{SECRET}.test", "access_token": SECRET}
DISCORD: Final = {"webhook_url": f"https://discord.test/api/webhooks/{SECRET}"}


def a_cipher(keys: str = SECRET_KEY) -> CredentialCipher:
    opened = read_secret_keys(keys)
    return CredentialCipher(lambda: opened)


@asynccontextmanager
async def client_of(
    database_url: str, clock: Clock, key: str, *, secret_key: str | None = SECRET_KEY
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, with an API key, where credentials are encrypted with a secret key."""
    app = create_app(Settings(database_url=database_url, secret_key=secret_key), clock=clock, new_id=Ids())
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://redraft.test")
    async with app.router.lifespan_context(app), client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client


async def add_subject(database: Database, account_id: int) -> Account:
    """Store an account of which every setting has a value, for a case to change."""
    account = Account(
        id=account_id,
        platform=Platform.MASTODON,
        name="@subject",
        is_active=True,
        created_at=NOW,
        minimum_gap_minutes=15,
        rules=RuleOverrides(text_limit=5000, max_images=8),
        has_credentials=True,
    )
    await database.write(
        lambda connection: AccountRepository(connection, 1, cipher=a_cipher()).add(account, credentials=MASTODON)
    )
    return account


async def stored_account(database: Database, account_id: int) -> tuple[Account, Credentials | None]:
    """An account of the demo's organisation, and its credentials, opened."""

    def read(connection: Any) -> tuple[Account, Credentials | None]:
        accounts = AccountRepository(connection, 1, cipher=a_cipher())
        return accounts.get(account_id), accounts.credentials_of(account_id)

    return await database.read(read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One field of an update in one state. sent: as REST v1 spells it; changes: what it makes of the subject.

    credentials: what is stored afterwards. issues: the path and the code of each, where it is refused.
    is_mistyped: GraphQL's types rule it out.
    """

    field: str
    state: str
    sent: Any
    changes: Mapping[str, Any] = defaulting(default_factory=dict)
    credentials: Credentials | None = defaulting(default_factory=lambda: MASTODON)
    issues: tuple[tuple[str, str], ...] = ()
    is_mistyped: bool = False

    def __str__(self) -> str:
        return f"{self.field}: {self.state}"

    @property
    def body(self) -> dict[str, Any]:
        return {} if self.state == "omitted" else {self.field: self.sent}


def _refused(name: str, state: str, sent: Any, code: str, *, path: str | None = None, mistyped: bool = False) -> Case:
    return Case(field=name, state=state, sent=sent, issues=((path or name, code),), is_mistyped=mistyped)


_NO_RULES: Final = RuleOverrides()

CASES: Final = (
    Case(field="nothing", state="omitted", sent=None),
    _refused("account_name", "null", None, "NOT_NULLABLE"),
    Case(field="account_name", state="value", sent=" 👋🏽 Grüße ", changes={"name": " 👋🏽 Grüße "}),
    Case(field="account_name", state="same value", sent="@subject"),
    Case(field="account_name", state="as long as can be", sent="👋" * 200, changes={"name": "👋" * 200}),
    _refused("account_name", "too long", "x" * 201, "TOO_LONG"),
    _refused("account_name", "empty", "", "INVALID_VALUE"),
    _refused("account_name", "blank", " \t\n", "INVALID_VALUE"),
    _refused("account_name", "NUL", "a\0b", "INVALID_VALUE"),
    _refused("account_name", "wrong type", 5, "INVALID_VALUE", mistyped=True),
    _refused("minimum_gap_minutes", "null", None, "NOT_NULLABLE"),
    Case(field="minimum_gap_minutes", state="none", sent=0, changes={"minimum_gap_minutes": 0}),
    Case(field="minimum_gap_minutes", state="a week", sent=10_080, changes={"minimum_gap_minutes": 10_080}),
    Case(field="minimum_gap_minutes", state="same value", sent=15),
    _refused("minimum_gap_minutes", "negative", -1, "INVALID_VALUE"),
    _refused("minimum_gap_minutes", "more than a week", 10_081, "INVALID_VALUE"),
    _refused("minimum_gap_minutes", "wrong type", "15", "INVALID_VALUE", mistyped=True),
    _refused("minimum_gap_minutes", "true", True, "INVALID_VALUE", mistyped=True),
    _refused("is_active", "null", None, "NOT_NULLABLE"),
    Case(field="is_active", state="false", sent=False, changes={"is_active": False}),
    Case(field="is_active", state="same value", sent=True),
    _refused("is_active", "wrong type", 1, "INVALID_VALUE", mistyped=True),
    Case(field="rules", state="null", sent=None, changes={"rules": _NO_RULES}),
    Case(field="rules", state="empty", sent={}, changes={"rules": _NO_RULES}),
    Case(field="rules", state="nothing but nulls", sent={"max_videos": None}, changes={"rules": _NO_RULES}),
    Case(
        field="rules",
        state="value",
        sent={"text_limit": 25_000, "max_images": 0},
        changes={"rules": RuleOverrides(text_limit=25_000, max_images=0)},
    ),
    Case(field="rules", state="same value", sent={"max_images": 8, "text_limit": 5000, "max_videos": None}),
    _refused("rules", "too low", {"text_limit": 0}, "INVALID_VALUE", path="rules.text_limit"),
    _refused("rules", "negative", {"max_videos": -1}, "INVALID_VALUE", path="rules.max_videos"),
    _refused("rules", "wrong value", {"max_images": "4"}, "INVALID_VALUE", path="rules.max_images", mistyped=True),
    _refused("rules", "wrong type", [1], "INVALID_VALUE", mistyped=True),
    Case(
        field="credentials",
        state="null",
        sent=None,
        changes={"has_credentials": False},
        credentials=None,
    ),
    Case(field="credentials", state="value", sent=OWN_ENDPOINT, credentials=OWN_ENDPOINT),
    Case(field="credentials", state="same value", sent=dict(reversed(MASTODON.items()))),
    _refused("credentials", "wrong type", SECRET, "INVALID_VALUE"),
    _refused("credentials", "list", [SECRET], "INVALID_VALUE"),
    Case(
        field="credentials",
        state="empty",
        sent={},
        issues=(("credentials.base_url", "REQUIRED"), ("credentials.access_token", "REQUIRED")),
    ),
    _refused("credentials", "half", {"access_token": SECRET}, "REQUIRED", path="credentials.base_url"),
    _refused("credentials", "too much", {**MASTODON, "secret": SECRET}, "INVALID_VALUE", path="credentials.secret"),
    _refused(
        "credentials", "no text", {**MASTODON, "access_token": 5}, "INVALID_VALUE", path="credentials.access_token"
    ),
    _refused("credentials", "no URL", {**MASTODON, "base_url": SECRET}, "INVALID_VALUE", path="credentials.base_url"),
)
