"""`redraft accounts`: its arguments, and what each of its commands does with the service.

Credentials come from a file or from standard input: what stands on a command line, every user of the machine can read.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from app.commands.create_account import create_account
from app.commands.list_accounts import list_accounts
from app.commands.manage_accounts import seal_credentials_again
from app.commands.update_account import update_account
from app.domain.account_changes import AccountChanges
from app.domain.platforms import Platform
from app.repositories.organizations import OrganizationRepository

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.commands.service import Service
    from app.domain.account import Account

    Work: TypeAlias = Callable[[argparse.Namespace, Service], Awaitable[list[str]]]
    """One command: what was parsed and the service, on a migrated database; answers the lines to print."""

_CREDENTIALS = "a file that holds the credentials as a JSON object; - for standard input"
_GAP = "minutes that must lie between two of its posts; 0 for none"
_RULES = 'limits of its own, as a JSON object such as {"text_limit": 5000}'


def add_accounts_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add `accounts`; what it parses has a `work`, which is a Work."""
    accounts = commands.add_parser("accounts", help="make, list and change accounts that posts can go to")
    verbs = accounts.add_subparsers(required=True, metavar="COMMAND")

    listing = _add(verbs, "list", _list, "show the accounts: number, platform, name, and how they are set")

    create = _add(verbs, "create", _create, "make an account, and show its number")
    create.add_argument("platform", type=Platform, choices=tuple(Platform), metavar="PLATFORM", help="where it is")
    create.add_argument("name", help="what it is called there")
    create.add_argument("--credentials", metavar="FILE", help=_CREDENTIALS)
    create.add_argument("--gap", type=int, metavar="MINUTES", help=_GAP)
    create.add_argument("--rules", metavar="JSON", help=_RULES)

    rename = _add(verbs, "rename", _update, "call an account something else", with_id=True)
    rename.add_argument("name", help="what it is called on its platform")
    deactivate = _add(verbs, "deactivate", _update, "refuse an account for further posts", with_id=True)
    deactivate.set_defaults(is_active=False)
    activate = _add(verbs, "activate", _update, "take an account for posts again", with_id=True)
    activate.set_defaults(is_active=True)

    setting = _add(verbs, "set", _update, "change what an account is published with", with_id=True)
    setting.add_argument("--gap", type=int, metavar="MINUTES", help=_GAP)
    rules = setting.add_mutually_exclusive_group()
    rules.add_argument("--rules", metavar="JSON", help=_RULES)
    rules.add_argument("--no-rules", action="store_true", help="take away limits of its own")
    credentials = setting.add_mutually_exclusive_group()
    credentials.add_argument("--credentials", metavar="FILE", help=_CREDENTIALS)
    credentials.add_argument("--no-credentials", action="store_true", help="take away its credentials")

    _add(verbs, "encrypt", _encrypt, "encrypt everybody's credentials again, with the first of REDRAFT_SECRET_KEY")

    for parser in (listing, create, rename, deactivate, activate, setting):
        parser.add_argument("--organization", default="default", help="whose accounts they are")
    return accounts


def _add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    work: Work,
    help: str,
    *,
    with_id: bool = False,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=help)
    if with_id:
        parser.add_argument("account_id", type=int, metavar="ID", help="the account's number")
    parser.set_defaults(work=work)
    return parser


async def _list(parsed: argparse.Namespace, service: Service) -> list[str]:
    organization_id = await _organization(parsed, service)
    return [_line(account) for account in await service.run(organization_id, list_accounts)]


async def _create(parsed: argparse.Namespace, service: Service) -> list[str]:
    changes = _changes(parsed)
    organization_id = await _organization(parsed, service)
    account = await service.run(organization_id, create_account, platform=parsed.platform, changes=changes)
    return [str(account.id)]


async def _update(parsed: argparse.Namespace, service: Service) -> list[str]:
    changes = _changes(parsed)
    organization_id = await _organization(parsed, service)
    await service.run(organization_id, update_account, account_id=parsed.account_id, changes=changes)
    return []


async def _encrypt(_: argparse.Namespace, service: Service) -> list[str]:
    count = await service.database.write(lambda connection: seal_credentials_again(connection, service.cipher))
    return [f"{count} encrypted"]


async def _organization(parsed: argparse.Namespace, service: Service) -> int:
    name: str = parsed.organization
    found = await service.database.read(lambda connection: OrganizationRepository(connection).find_by_name(name))
    if found is None:
        raise ValueError(f"There is no organisation {name}: `redraft keys create` makes one with its first key.")
    return found


def _changes(parsed: argparse.Namespace) -> AccountChanges:
    """What the arguments ask for. Raises ValueError for what is not a JSON object, without repeating it."""
    given = vars(parsed)
    changes: dict[str, Any] = {}
    if given.get("name") is not None:
        changes["account_name"] = given["name"]
    if given.get("is_active") is not None:
        changes["is_active"] = given["is_active"]
    if given.get("gap") is not None:
        changes["minimum_gap_minutes"] = given["gap"]
    if given.get("rules") is not None:
        changes["rules"] = _read_object(given["rules"], called="--rules")
    if given.get("no_rules"):
        changes["rules"] = None
    if given.get("credentials") is not None:
        changes["credentials"] = _read_object(_read_file(given["credentials"]), called="The credentials")
    if given.get("no_credentials"):
        changes["credentials"] = None
    if not changes:
        raise ValueError("Nothing to set: `redraft accounts set --help` shows what there is.")
    return AccountChanges(**changes)


def _read_file(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror}.") from None


def _read_object(text: bytes | str, *, called: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ValueError(f"{called} must be a JSON object in UTF-8.")
    return value


def _line(account: Account) -> str:
    settings = [f"{name}={value}" for name, value in account.rules.as_mapping().items()]
    if account.minimum_gap_minutes:
        settings.insert(0, f"gap={account.minimum_gap_minutes}")
    return "\t".join(
        (
            str(account.id),
            account.platform,
            account.name,
            "active" if account.is_active else "inactive",
            "credentials" if account.has_credentials else "no credentials",
            *settings,
        )
    )
