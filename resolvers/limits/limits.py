"""The limits, and the error that names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphql import GraphQLError

if TYPE_CHECKING:
    from graphql import Node

TOO_LARGE: Final = "OPERATION_TOO_LARGE"
"""The code of every error of this package. Beside it stand `limit` and `actual`, in the unit that the message names."""

ROOT_FIELDS: Final = 50
"""Fields of one operation, aliases and fragments counted. Each field of a mutation is a transaction of its own, and
graphql-core's recursion ends somewhere below a thousand of them: after some were stored, and without their answers."""

DIGITS: Final = 4000
"""Digits of one number. Python refuses to read numbers of more than 4,300."""

MOST: Final = 10**9
"""Where counting ends: fragments in fragments come to numbers that no JSON reader takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The largest that are let in.

    Of a text: text and name in characters, lines, digits of a number, tokens (comments are some too), nesting: brackets
    within brackets. Of a document: definitions; selections, as they are written; directives at one location; values
    within one object that is written out, as each error about it shows it whole. Of an operation, fragments counted
    wherever they are spread: nesting again, now of selections within selections; depth, of fields within fields, the
    schema's description of itself aside; aliases; root_fields. cost: see cost.py. errors: how many are reported of one
    document, the one included that says there would be more.

    text lets in two of the longest contents that a post can have (app.domain.text); cost, a page of 100 posts with all
    their fields (11,605) or thirty updates that each answer with the whole post (3,780, and 19,590 with their
    revisions), but not a page of 100 posts with all their revisions. What the others stop at keeps the slowest document
    that is let in below some tenth of a second to parse and to validate.
    """

    text: int = 250_000
    lines: int = 10_000
    tokens: int = 5_000
    name: int = 200
    digits: int = DIGITS
    nesting: int = 50
    definitions: int = 100
    selections: int = 3_000
    directives: int = 10
    values: int = 500
    depth: int = 12
    aliases: int = 30
    root_fields: int = ROOT_FIELDS
    cost: int = 25_000
    errors: int = 20


def too_large(holds: str, actual: int, limit: int, node: Node | None = None) -> GraphQLError:
    """holds: a sentence with {} where the number of what there is too much of belongs."""
    found = f"more than {MOST:,}" if actual >= MOST else f"{actual:,}"
    allowed = f"{limit:,} {'is' if limit == 1 else 'are'} allowed"
    return GraphQLError(
        f"{holds.format(found)}; {allowed}.",
        node,
        extensions={"code": TOO_LARGE, "limit": limit, "actual": min(actual, MOST)},
    )
