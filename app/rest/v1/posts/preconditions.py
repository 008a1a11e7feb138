"""A post's version as an entity tag: ETag on the way out, If-Match on the way in (RFC 9110, section 13.1.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import Request

    from app.domain.post import Post

_TAG = re.compile(r'(?P<quote>"?)(?P<version>\d{1,9})(?P=quote)', re.ASCII)


def version_tag(post: Post) -> str:
    return f'"{post.version}"'


def expected_versions(request: Request) -> frozenset[int] | None:
    """The versions that If-Match allows; None where it is missing or `*`, which allows any.

    A weak tag, or one that was never ours, matches no version. A bare number is taken for the tag it means.
    """
    lines = request.headers.getlist("if-match")
    tags = [tag.strip() for line in lines for tag in line.split(",")]
    if not lines or tags == ["*"]:
        return None
    matches = (_TAG.fullmatch(tag) for tag in tags)
    return frozenset(int(match["version"]) for match in matches if match is not None)
