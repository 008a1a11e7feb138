"""The application. The variable DATABASE holds the path of the database."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from fastapi import Depends, FastAPI
from sqlmodel.ext.asyncio.session import AsyncSession
from strawberry.fastapi import GraphQLRouter
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition

from scripts.benchmarks.peers.textbook.database import get_session
from scripts.benchmarks.peers.textbook.reading import Loaders, page_of_posts
from scripts.benchmarks.peers.textbook.types import Info, PageInfo, Post, PostConnection
from scripts.benchmarks.peers.textbook.updating import Mutation


@strawberry.type
class Query:
    @strawberry.field
    async def posts(self, info: Info, first: int | None = 20) -> PostConnection:
        limit = 20 if first is None else first
        rows = await page_of_posts(info.context["session"], limit)
        return PostConnection(
            nodes=[Post.of(row) for row in rows[:limit]], page_info=PageInfo(has_next_page=len(rows) > limit)
        )


def _format(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def get_context(session: Annotated[AsyncSession, Depends(get_session)]) -> dict[str, Any]:
    return {"session": session, "loaders": Loaders(session)}


_scalars: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(name="DateTime", serialize=_format, parse_value=datetime.fromisoformat)
}
schema = strawberry.Schema(query=Query, mutation=Mutation, config=StrawberryConfig(scalar_map=_scalars))

app = FastAPI()
app.include_router(GraphQLRouter(schema, context_getter=get_context, graphql_ide=None), prefix="/graphql")
