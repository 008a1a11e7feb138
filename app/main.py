"""The composition root: settings → database → service → edges. The only module of app that imports resolvers."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from uuid6 import uuid7

from app.clock import utc_now
from app.commands.health import Health
from app.commands.service import Service
from app.demo import demo_key, prepare_demo
from app.http.access import Gate
from app.http.request_log import FILES as FILES_EDGE
from app.http.request_log import HEALTH as HEALTH_EDGE
from app.http.request_log import RequestLog
from app.http.shortcut import Shortcut
from app.http.stopping import told_of_stop
from app.media.file_store import open_file_store
from app.monitoring.logs import write_requests
from app.repositories.announcements import open_announcements
from app.repositories.database import open_database
from app.rest.files.addresses import PREFIX as MEDIA
from app.rest.files.routes import ROUTE as FILES
from app.rest.health.routes import ROUTES as HEALTH
from app.rest.sandbox.routes import sandbox_routes
from app.rest.schemas import add_shapes
from app.rest.ugc import answers as ugc_answers
from app.rest.ugc import documentation as ugc_documentation
from app.rest.ugc import posts as ugc_posts
from app.rest.v1 import answers as v1_answers
from app.rest.v1 import router as v1
from app.secret_key import credential_cipher
from app.settings import Settings
from app.worker.running import working
from resolvers.endpoint import GraphQLEndpoint, Policy
from resolvers.graphiql.page import ASSETS, is_built
from resolvers.limits import Limits
from resolvers.operations.answers import Statuses
from resolvers.operations.deadlines import Timeouts
from resolvers.operations.preparing import Rules
from resolvers.persisted.documents import AnyDocuments, TrustedDocuments
from resolvers.persisted.manifest import UnusableManifest, read_manifest
from resolvers.persisted.validation import validate_manifest
from resolvers.schema import build_schema
from resolvers.subscriptions.feeds import Feeds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from starlette.requests import Request
    from starlette.types import ASGIApp

GRAPHQL = "/graphql"
V1 = ("/v1", "/api/v1")

_EDGES = {
    GRAPHQL: "graphql",
    **dict.fromkeys(V1, "v1"),
    "/post": "ugc",
    MEDIA: FILES_EDGE,
    **{route.path: HEALTH_EDGE for route in HEALTH},
}
"""The edge of every path, by the path it is or stands below."""


def create_app(
    settings: Settings,
    *,
    demo: bool = False,
    publishes: bool = False,
    clock: Callable[[], datetime] = utc_now,
    new_id: Callable[[], UUID] = uuid7,
) -> FastAPI:
    """The whole service as one ASGI application. It opens and migrates its database when it starts.

    demo: fill the embedded database if it is new, and show its key in the explorer. publishes: run a worker beside it.
    clock: aware UTC instants. new_id: ids that nobody else has; UUIDv7, so that new posts stand together on disk.
    """

    files = open_file_store(settings.media_url, folder=settings.media_folder)

    cipher = credential_cipher(settings)
    policy = _policy_of(settings)
    schema = build_schema(policy.rules)
    trusted = settings.trusted_documents
    documents = AnyDocuments() if trusted is None else TrustedDocuments(read_manifest(trusted))
    graphql = GraphQLEndpoint(schema, path=GRAPHQL, policy=policy, documents=documents)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = await open_database(settings.effective_database_url)
            stack.push_async_callback(database.close)
            await database.migrate()
            if demo and settings.is_embedded:
                await prepare_demo(database, settings, clock=clock)
                graphql.demo_key = demo_key(settings)
            announcements = await open_announcements(settings.effective_database_url, listen_url=settings.listen_url)
            stack.push_async_callback(announcements.close)
            service = Service(database, clock=clock, new_id=new_id, cipher=cipher, announcements=announcements)
            app.state.service = service
            app.state.body_limit = settings.body_limit
            stack.callback(graphql.operations.close)
            stack.callback(write_requests)
            app.state.feeds = feeds = Feeds(service)
            stack.callback(feeds.end)
            app.state.health = Health(database, clock=clock)
            await app.state.health.readiness()
            url = settings.rate_limit_url
            app.state.gate = gate = Gate(
                service,
                rate_limit=settings.rate_limit,
                rate_limit_url=None if url is None else url.get_secret_value(),
            )
            stack.push_async_callback(gate.close)
            await gate.open()
            app.state.files = files
            app.state.uploads = settings.uploads_folder
            app.state.public_url = settings.public_url
            app.state.new_id = new_id
            if publishes:
                worker = await stack.enter_async_context(working(service, settings, files=files))
                stack.enter_context(told_of_stop(worker.stop))
            stack.enter_context(told_of_stop(feeds.end))
            yield

    app = FastAPIOffline(
        title="Redraft",
        description="Keeps scheduled social posts, changes them safely, and publishes them once.",
        version="0.1.0",
        lifespan=lifespan,
        redoc_url=None,
        redirect_slashes=False,
        # Figures are told in app.monitoring. FastAPI would ask OpenTelemetry before every request whether it is there.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        exception_handlers={HTTPException: _http_failure},
    )
    app.add_middleware(RequestLog, edge_of=_edge_of)
    app.build_middleware_stack = partial(_layers, app, graphql)  # type: ignore[method-assign]
    if is_built() and policy.shows_explorer:
        app.mount(f"{GRAPHQL}/assets", StaticFiles(directory=ASSETS))
    app.router.routes += [Route(GRAPHQL, graphql), WebSocketRoute(GRAPHQL, graphql)]
    for prefix in V1:
        app.include_router(v1.router, prefix=prefix, include_in_schema=prefix == V1[0])
    app.include_router(ugc_posts.router)
    app.router.routes.append(FILES)
    app.router.routes += HEALTH
    if demo and settings.is_local_only:
        app.router.routes += sandbox_routes(settings.sandbox_folder)
    app.router.routes.append(Route("/", _start))
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]  # FastAPI's documented way
    return app


def _layers(app: FastAPI, graphql: ASGIApp) -> ASGIApp:
    """FastAPI's own, and a way past them: a middleware that is added to the application sees no GraphQL over HTTP."""
    logged = RequestLog(graphql, edge_of=_edge_of)
    return Shortcut(FastAPI.build_middleware_stack(app), path=GRAPHQL, endpoint=logged)


def _policy_of(settings: Settings) -> Policy:
    """How the GraphQL endpoint behaves, by the settings."""
    is_open = not settings.production
    limits = Limits(
        tokens=settings.graphql_tokens,
        depth=settings.graphql_depth,
        aliases=settings.graphql_aliases,
        directives=settings.graphql_directives,
        cost=settings.graphql_cost,
        errors=settings.graphql_errors,
    )
    return Policy(
        rules=Rules(limits=limits, suggests=is_open, introspects=is_open, compiles=settings.compiled),
        timeouts=Timeouts(query=settings.query_timeout, mutation=settings.mutation_timeout),
        statuses=Statuses(settings.graphql_statuses),
        gets=is_open,
        shows_explorer=is_open and settings.trusted_documents is None,  # it makes its documents up
    )


def document_problems(path: Path, settings: Settings) -> list[str]:
    """What is wrong with a manifest of trusted documents: a line for each problem."""
    try:
        manifest = read_manifest(path)
    except UnusableManifest as unusable:
        return unusable.problems
    return validate_manifest(build_schema(), manifest, _policy_of(settings).rules)


def require_documents(settings: Settings) -> None:
    """Raises ValueError where trusted documents are set that the server could not answer."""
    path = settings.trusted_documents
    if path is not None and (problems := document_problems(path, settings)):
        raise UnusableManifest(problems)


def _edge_of(path: str) -> str:
    return _EDGES.get(path) or next((edge for start, edge in _EDGES.items() if path.startswith(f"{start}/")), "other")


def _start(request: Request) -> Response:
    return RedirectResponse(GRAPHQL)


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        add_shapes(FastAPI.openapi(app), (*v1.SHAPES, *ugc_documentation.SHAPES))
    return FastAPI.openapi(app)


def _methods_of(request: Request) -> list[str]:
    """Every method that the request's path has: the router's own list ends with the first route of that path."""
    return [
        method
        for method in ("DELETE", "GET", "PATCH", "POST", "PUT")
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.router.routes
        )
    ]


def schema_text() -> str:
    """The GraphQL schema in its definition language: what schema.graphql holds."""
    return build_schema().as_str()


def explorer_is_local() -> bool:
    """Whether the explorer's page was built on this machine, and needs no internet."""
    return is_built()


async def _http_failure(request: Request, error: Any) -> Response:
    """A path or a method that does not exist is answered in the words of the edge it was meant for."""
    path = request.url.path
    if error.status_code == 405:
        error.headers = {"Allow": ", ".join(_methods_of(request))}
    match _edge_of(path):
        case "v1":
            return v1_answers.http_failure(request, error)
        case "ugc":
            return ugc_answers.http_failure(request, error)
    return JSONResponse({"detail": error.detail}, status_code=error.status_code, headers=error.headers)
