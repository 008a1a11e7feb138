"""GraphQL's spelling of the domain's names."""

from __future__ import annotations

from uuid import UUID

from strawberry.utils.str_converters import to_camel_case

from app.domain.errors import PostNotFound
from app.domain.ids import read_uuid


def spelled(name: str) -> str:
    """`platform_content.x.first_comment` is `platformContent.x.first_comment`: only the field itself is GraphQL's."""
    field, dot, rest = name.partition(".")
    return f"{to_camel_case(field)}{dot}{rest}"


def read_post_id(written: str) -> UUID:
    """Raises PostNotFound for what cannot be the id of any post."""
    post_id = read_uuid(written)
    if post_id is None:
        raise PostNotFound(written)
    return post_id
