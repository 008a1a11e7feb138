"""The `redraft` command."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from uuid6 import uuid7

from app.accounts_cli import add_accounts_parser
from app.clock import utc_now
from app.commands.manage_keys import create_key, list_keys, try_revoke_key
from app.commands.service import Service
from app.demo import prepare_demo
from app.domain.api_key import Scope
from app.domain.errors import Refusal
from app.domain.schedule import format_instant, to_milliseconds
from app.repositories.credential_cipher import CredentialsUnreadable, new_secret_key
from app.repositories.database import DatabaseUnavailable, open_database, read_database_url
from app.secret_key import credential_cipher
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from app.repositories.database import Database

T = TypeVar("T")

_LONGEST_LIFE = 36_500
"""Days."""
_MOST_WORKERS = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; the answer is the process's exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False):
            said = problem["msg"].removeprefix("Value error, ")
            print(f"REDRAFT_{str(problem['loc'][0]).upper()}: {said}", file=sys.stderr)
        return 2
    try:
        read_database_url(settings.effective_database_url)
        code: int = parsed.run(parsed, settings)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except Refusal as refusal:
        print(refusal.message, file=sys.stderr)
        return 1
    except CredentialsUnreadable as error:
        print(error, file=sys.stderr)
        return 1
    except DatabaseUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    except OperationalError as error:
        print(f"The database cannot be used: {error.orig}", file=sys.stderr)
        return 1
    return code


def _serve(parsed: argparse.Namespace, settings: Settings) -> int:
    # Here and not at the top: no other command needs the web.
    from app.main import require_documents
    from app.serving import serve

    require_documents(settings)
    # Said in one line here; the server would say it in a traceback.
    _migrate(parsed, settings)
    return serve(settings, demo=parsed.demo, workers=parsed.workers, publishes=not parsed.without_worker)


def _documents(parsed: argparse.Namespace, settings: Settings) -> int:
    from app.main import document_problems

    problems = document_problems(parsed.file, settings)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def _worker(parsed: argparse.Namespace, settings: Settings) -> int:
    from app.worker.process import run_worker

    _migrate(parsed, settings)
    return run_worker(settings, clock=utc_now)


def _migrate(_: argparse.Namespace, settings: Settings) -> int:
    async def work(database: Database) -> None:
        await database.migrate()

    _with_database(settings, work)
    return 0


def _demo(_: argparse.Namespace, settings: Settings) -> int:
    if not settings.is_embedded:
        raise ValueError("The demo fills the embedded database only: unset REDRAFT_DATABASE_URL.")

    async def work(database: Database) -> None:
        await database.migrate()
        await prepare_demo(database, settings, clock=utc_now)

    _with_database(settings, work)
    return 0


def _create_key(parsed: argparse.Namespace, settings: Settings) -> int:
    now = to_milliseconds(utc_now())
    expires_at: datetime | None = None if parsed.days is None else now + timedelta(days=parsed.days)

    async def work(database: Database) -> str:
        await database.migrate()
        return await database.write(
            lambda connection: create_key(
                connection,
                organization=parsed.organization,
                name=parsed.name,
                scopes=parsed.scope or tuple(Scope),
                now=now,
                expires_at=expires_at,
            )
        )

    print(_with_database(settings, work))
    return 0


def _list_keys(_: argparse.Namespace, settings: Settings) -> int:
    async def work(database: Database) -> None:
        await database.migrate()
        for organization, key in await database.read(list_keys):
            ends = [
                f"{verb} {format_instant(instant)}"
                for verb, instant in (("expires", key.expires_at), ("revoked", key.revoked_at))
                if instant is not None
            ]
            created = f"created {format_instant(key.created_at)}"
            print("\t".join((key.public_id, organization, key.name, ",".join(sorted(key.scopes)), created, *ends)))

    _with_database(settings, work)
    return 0


def _revoke_key(parsed: argparse.Namespace, settings: Settings) -> int:
    async def work(database: Database) -> bool:
        now = to_milliseconds(utc_now())
        await database.migrate()
        return await database.write(lambda connection: try_revoke_key(connection, public_id=parsed.public_id, now=now))

    if not _with_database(settings, work):
        print(f"There is no key {parsed.public_id}: `redraft keys list` shows them.", file=sys.stderr)
        return 1
    return 0


def _accounts(parsed: argparse.Namespace, settings: Settings) -> int:
    cipher = credential_cipher(settings)

    async def work(database: Database) -> list[str]:
        await database.migrate()
        service = Service(database, clock=utc_now, new_id=uuid7, cipher=cipher)
        lines: list[str] = await parsed.work(parsed, service)
        return lines

    for line in _with_database(settings, work):
        print(line)
    return 0


def _secret_key(_: argparse.Namespace, __: Settings) -> int:
    print(new_secret_key())
    return 0


def _schema(_: argparse.Namespace, __: Settings) -> int:
    from app.main import schema_text

    print(schema_text())
    return 0


def _with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        database = await open_database(settings.effective_database_url)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def _days(text: str) -> int:
    days = int(text)
    if not 0 < days <= _LONGEST_LIFE:
        raise argparse.ArgumentTypeError(f"must be between 1 and {_LONGEST_LIFE}")
    return days


def _workers(text: str) -> int:
    workers = int(text)
    if not 0 < workers <= _MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"must be between 1 and {_MOST_WORKERS}")
    return workers


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="redraft", description="Keeps scheduled posts, and changes them safely.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve GraphQL and REST")
    serve.add_argument("--demo", action="store_true", help="fill a new embedded database with demo data first")
    serve.add_argument("--workers", type=_workers, default=1, help="processes that share the port; default: 1")
    serve.add_argument("--without-worker", action="store_true", help="publish nothing: `redraft worker` does that")
    serve.set_defaults(run=_serve)
    commands.add_parser("worker", help="publish what is due, and serve nothing").set_defaults(run=_worker)
    commands.add_parser("migrate", help="bring the database's tables up to date").set_defaults(run=_migrate)
    commands.add_parser("demo", help="fill a new embedded database with demo data").set_defaults(run=_demo)
    commands.add_parser("schema", help="print the GraphQL schema").set_defaults(run=_schema)
    documents = commands.add_parser("documents", help="check a manifest of trusted documents against the schema")
    documents.add_argument("file", type=Path, help="what REDRAFT_TRUSTED_DOCUMENTS is to be set to")
    documents.set_defaults(run=_documents)

    add_accounts_parser(commands).set_defaults(run=_accounts)
    commands.add_parser("secret-key", help="print a new REDRAFT_SECRET_KEY").set_defaults(run=_secret_key)

    keys = commands.add_parser("keys", help="make, list and revoke API keys").add_subparsers(
        required=True, metavar="COMMAND"
    )
    create = keys.add_parser("create", help="make a key, and show it this once")
    create.add_argument("name", help="what the key is for")
    create.add_argument("--organization", default="default", help="whose key it is; made if it is new")
    create.add_argument("--scope", type=Scope, choices=tuple(Scope), action="append", help="default: read and write")
    create.add_argument("--days", type=_days, help="days until it expires; default: never")
    create.set_defaults(run=_create_key)
    keys.add_parser("list", help="show every key's public id, organisation, name, scopes and times").set_defaults(
        run=_list_keys
    )
    revoke = keys.add_parser("revoke", help="refuse a key from now on (5 s at most)")
    revoke.add_argument("public_id", help="the 12 characters between the key's underscores")
    revoke.set_defaults(run=_revoke_key)
    return parser


if __name__ == "__main__":
    sys.exit(main())
