"""Keeping what errors quote out of the log: post content, names, addresses and credentials."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_HIDDEN: Final = "(hidden)"
_QUOTED_VALUE: Final = re.compile(r'"(.*)"', re.DOTALL)
_DATA_EXCEPTION: Final = "22"
"""PostgreSQL's class of errors about a value, whose message quotes the value itself. Others quote names of columns."""


def frames_of(error: BaseException) -> str:
    """Where an error came from, without its message: a network's may quote an address, a credential or a post."""
    return "".join(traceback.format_tb(error.__traceback__))


def hide_values(error: BaseException) -> None:
    """Change the messages of an error, and of every error behind it.

    SQLAlchemy appends a statement's parameters, and PostgreSQL the whole row that a constraint refused. A driver's
    message is also a part of the message of the error that wraps it, so what is found in one is taken off all.
    """
    links = list(_all_of(error))
    for link in links:
        if hasattr(link, "hide_parameters"):
            link.hide_parameters = True
    for text in [text for link in links for text in _quoted(link) if text]:
        for link in links:
            link.args = tuple(arg.replace(text, _HIDDEN) if isinstance(arg, str) else arg for arg in link.args)


def _all_of(error: BaseException) -> Iterator[BaseException]:
    """The error, its causes and contexts, and the members of groups; each once."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [link.__cause__, link.__context__]
        if isinstance(link, BaseExceptionGroup):
            waiting += link.exceptions


def _quoted(error: BaseException) -> Iterator[str | None]:
    diagnostics = getattr(error, "diag", None)
    if diagnostics is None:
        return
    yield diagnostics.message_detail
    yield diagnostics.context
    if (diagnostics.sqlstate or "").startswith(_DATA_EXCEPTION):
        yield from _QUOTED_VALUE.findall(diagnostics.message_primary or "")
