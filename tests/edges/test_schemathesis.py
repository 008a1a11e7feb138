"""The documents keep their word: schemathesis sends what they allow and what they forbid, and judges every answer."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis import Case, HookContext, Response
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

from app.commands.fill_demo import (
    BANNER,
    DRAFT,
    FAILED,
    OF_ANOTHER_ORGANIZATION,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
    SLIDESHOW,
    VIDEO,
)
from app.domain.media import Media, MediaType
from app.http.idempotency import HEADER as KEY
from app.main import create_app
from app.repositories.database import Database
from app.repositories.media import MediaRepository
from app.settings import Settings
from tests.support.accounts import SECRET_KEY
from tests.support.clock import Clock, Ids
from tests.support.edges import add_post, stored_post
from tests.support.json_scalar import json_values
from tests.support.schemathesis_run import run
from tests.support.unforeseeable import is_finding, is_graphql_finding

SETTINGS: Final = tomllib.loads(Path(__file__).with_name("schemathesis.toml").read_text())
COPIES: Final = 12


@pytest.fixture
def clock() -> Clock:
    """An instant before that of every printed example, so that each can be sent as it is printed."""
    return Clock(datetime(2025, 1, 1, tzinfo=UTC))


@pytest.fixture
async def stored(database: Database, demo: str) -> dict[str, list[Any]]:
    """More of each post, and of media, than a run uses up: their ids, by what the settings call them."""
    ids = (UUID(int=number) for number in count(10**9))
    copies: dict[UUID, list[str]] = {}
    for original in (SCHEDULED, DRAFT, FAILED, PARTIALLY_FAILED, VIDEO, SLIDESHOW):
        post = await stored_post(database, original)
        copies[original] = [str((await add_post(database, post, next(ids))).id) for _ in range(COPIES)]
    media = [str(await add_media(database, next(ids))) for _ in range(COPIES)]
    return {
        "posts": [str(PUBLISHED), str(PUBLISHING), str(OF_ANOTHER_ORGANIZATION), *chain(*copies.values())],
        "scheduled": [*copies[SCHEDULED], *copies[VIDEO], *copies[SLIDESHOW]],
        "drafts": copies[DRAFT],
        "failed": [*copies[FAILED], *copies[PARTIALLY_FAILED]],
        "partially_failed": copies[PARTIALLY_FAILED],
        "media": [str(BANNER), *media],
        "accounts": [2280, 2282, 2285, 2290, 2299, 3100],
    }


@pytest.fixture
def config(demo: str, stored: dict[str, list[Any]]) -> SchemathesisConfig:
    dictionaries = {name: {"values": values} for name, values in stored.items()}
    settings = {
        **SETTINGS,
        "headers": {"Authorization": f"Bearer {demo}"},
        "dictionaries": {**SETTINGS["dictionaries"], **dictionaries},
    }
    return SchemathesisConfig.from_dict(settings)


@pytest.fixture
def app(database_url: str, clock: Clock, tmp_path: Path) -> FastAPI:
    settings = Settings(database_url=database_url, home=tmp_path / "home", secret_key=SECRET_KEY)
    return create_app(settings, clock=clock, new_id=Ids())


@pytest.fixture
def _a_key_for_each_request() -> Iterator[None]:
    """Where a request has an idempotency key, it is one of its own: the printed one is the same everywhere."""
    numbers = count(1)

    @schemathesis.hook
    def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
        if KEY in case.headers and case.meta is not None and case.meta.generation.mode.is_positive:
            case.headers[KEY] = f"{case.headers[KEY][:240]}-{next(numbers)}"

    yield
    GLOBAL_HOOK_DISPATCHER.unregister(before_call)


@pytest.mark.usefixtures("_a_key_for_each_request")
def test_the_rest_edges_are_as_documented(app: FastAPI, config: SchemathesisConfig) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    paths = schema.raw_schema["paths"]
    operations = {f"{method.upper()} {path}": paths[path][method] for path in paths for method in paths[path]}
    for operation in operations.values():
        # It is for methods and paths that do not exist. With it, no status would ever be undocumented.
        del operation["responses"]["default"]
    form = operations["POST /v1/media"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    form["properties"]["file"]["format"] = "binary"  # what schemathesis sends files for

    @schema.hook
    def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
        return is_finding(failure, case, response)

    done = run(schema)

    assert done.findings == [], f"seed {config.seed}, {done}"
    assert done.phases >= {"examples", "coverage", "fuzzing", "stateful"}
    assert set(done.checks) == set(CHECKS.get_all_names())
    # What refuses everything is never found wrong.
    assert done.accepted == set(operations)


def test_the_graphql_edge_is_as_documented(app: FastAPI, config: SchemathesisConfig, demo: str) -> None:
    schemathesis.graphql.scalar("JSON", json_values())
    headers = {"Authorization": f"Bearer {demo}"}
    schema = schemathesis.graphql.from_asgi("/graphql", app, config=config, headers=headers)

    @schema.hook
    def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
        return is_graphql_finding(failure, case, response)

    done = run(schema)

    assert done.findings == [], f"seed {config.seed}, {done}"
    assert "fuzzing" in done.phases  # the only one of the four that GraphQL has
    assert set(done.checks) == {
        "not_a_server_error",
        "positive_data_acceptance",
        "negative_data_rejection",
        "response_schema_conformance",
    }
    types = {"Query": schema.client_schema.query_type, "Mutation": schema.client_schema.mutation_type}
    assert done.accepted == {f"{name}.{field}" for name, type in types.items() if type for field in type.fields}


async def add_media(database: Database, id: UUID) -> UUID:
    media = Media(id=id, type=MediaType.IMAGE, url=f"https://media.example/{id}.jpg")
    added_at = datetime(2025, 1, 1, tzinfo=UTC)
    await database.write(lambda connection: MediaRepository(connection, 1).add(media, now=added_at))
    return id
