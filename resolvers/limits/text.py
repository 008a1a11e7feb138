"""Limits of a text, before it is parsed.

graphql-core reads a text character by character, some 100 ns each, before it has anything to say about it. One regular
expression finds the same tokens ten times as fast; in time that grows with the text and no faster, because nothing that
it has matched is ever tried in another way (the second `+` of `++` and `*+`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from resolvers.limits.limits import too_large

if TYPE_CHECKING:
    from resolvers.limits.limits import Limits

_TOKEN: Final = re.compile(
    r"""
      [!$&():=@\[\]{|}]
    | [_A-Za-z] [_0-9A-Za-z]*+
    | \.\.\.
    | -?[0-9]++ (?: \. [0-9]++ )?+ (?: [eE] [+-]?[0-9]++ )?+
    | \"{3} (?: [^"\\]++ | \\ (?: \"{3} )?+ | " (?! "" ) )*+ (?: \"{3} )?+  # a block string, or the rest of the text
    | "     (?: [^"\\\n\r]++ | \\ [^\n\r] )*+ "?+                           # a string, or the rest of the line
    | \# [^\n\r]*+
    """,
    re.VERBOSE,
)
"""Section 2.1 of the specification. What it skips is ignored by GraphQL as well, or makes the parser end there."""

_OPENING: Final = frozenset("{([")
_CLOSING: Final = frozenset("})]")


def check_text(text: str, limits: Limits) -> None:
    """Raise GraphQLError for a text that is too long or too much nested to be parsed."""
    if len(text) > limits.text:
        raise too_large("The document has {} characters", len(text), limits.text)
    lines = 1 + text.count("\n") + text.count("\r") - text.count("\r\n")
    if lines > limits.lines:
        raise too_large("The document has {} lines", lines, limits.lines)
    tokens = _TOKEN.findall(text)
    if len(tokens) > limits.tokens:
        raise too_large("The document has {} tokens", len(tokens), limits.tokens)
    _check_tokens(tokens, limits)


def _check_tokens(tokens: list[str], limits: Limits) -> None:
    open_brackets = deepest = 0
    for token in tokens:
        if token in _OPENING:
            open_brackets += 1
            deepest = max(deepest, open_brackets)
        elif token in _CLOSING:
            open_brackets -= 1
        elif len(token) > limits.name and (token[0] == "_" or token[0].isalpha()):
            raise too_large("A name has {} characters", len(token), limits.name)
        elif len(token) > limits.digits and token[0] in "-0123456789":
            digits = sum(character.isdigit() for character in token)
            if digits > limits.digits:
                raise too_large("A number has {} digits", digits, limits.digits)
    if deepest > limits.nesting:
        raise too_large("The document has {} brackets within each other", deepest, limits.nesting)
