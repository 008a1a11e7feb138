"""GraphQL's spelling of the domain's names."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from strawberry.utils.str_converters import to_camel_case

from app.domain.errors import PostNotFound
from app.domain.ids import read_uuid

_TYPED = ("rules",)
"""Fields that hold an object of the schema. What others hold is JSON, whose names are the same on every edge."""


def spelled(name: str) -> str:
    """`platform_content.x.first_comment` is `platformContent.x.first_comment`: inside JSON, names are not GraphQL's."""
    field, dot, rest = name.partition(".")
    return f"{to_camel_case(field)}{dot}{to_camel_case(rest) if field in _TYPED else rest}"


def spelled_path(path: Sequence[str]) -> list[str]:
    """The path of an issue, by the same rule."""
    field, *inner = path
    return [to_camel_case(field), *(map(to_camel_case, inner) if field in _TYPED else inner)]


def read_post_id(written: str) -> UUID:
    """Raises PostNotFound for what cannot be the id of any post."""
    post_id = read_uuid(written)
    if post_id is None:
        raise PostNotFound(written)
    return post_id
