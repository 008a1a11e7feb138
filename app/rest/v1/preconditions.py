"""A post's version as an entity tag: ETag on the way out, If-Match on the way in (RFC 9110, section 13.1.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import Request

    from app.domain.post import Post

_TAG = re.compile(r'"?(\d{1,9})"?', re.ASCII)


def version_tag(post: Post) -> str:
    return f'"{post.version}"'


def expected_versions(request: Request) -> frozenset[int] | None:
    """The versions that If-Match allows; None where it is missing or `*`, which allows any.

    A weak tag, or one that was never ours, matches no version. A bare number is taken for the tag it means.
    """
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return None
    tags = (_TAG.fullmatch(tag.strip()) for tag in header.split(","))
    return frozenset(int(tag[1]) for tag in tags if tag is not None)
