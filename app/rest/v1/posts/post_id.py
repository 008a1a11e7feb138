"""The id of a post in a path."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path
from starlette.convertors import Convertor, register_url_convertor

from app.domain.errors import PostNotFound
from app.domain.ids import read_uuid
from app.rest.v1.posts.examples import POST_ID

PostId = Annotated[str, Path(description="The post's UUID.", examples=[POST_ID], json_schema_extra={"format": "uuid"})]


class _NotBulk(Convertor[str]):
    """One segment of a path, but for the name that stands beside ids: what /posts/bulk lacks is 405, and not 404."""

    regex = "(?!bulk$)[^/]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("post_id", _NotBulk())
ONE_POST: Final = "/{post_id:post_id}"
"""The path of one post, below that of all."""


def read_post_id(written: str) -> UUID:
    """Raises PostNotFound for what cannot be the id of any post."""
    id = read_uuid(written)
    if id is None:
        raise PostNotFound(written)
    return id
