"""Collecting every problem of an input before refusing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.errors import InputIssue, InvalidInput, IssueCode

if TYPE_CHECKING:
    from collections.abc import Iterable


class Issues:
    """The problems found so far. Nothing is refused before all of an input has been looked at."""

    def __init__(self, found: Iterable[InputIssue] = ()) -> None:
        self._found = list(found)

    def add(
        self, *path: str, code: IssueCode, message: str, limit: int | None = None, actual: int | None = None
    ) -> None:
        self._found.append(InputIssue(path=path, code=code, message=message, limit=limit, actual=actual))

    def refuse_null(self, field: str) -> None:
        self.add(field, code=IssueCode.NOT_NULLABLE, message=f"`{field}` cannot be null: leave it out instead.")

    def touch(self, field: str) -> bool:
        """Whether a problem with this field, or inside it, is already known."""
        return any(issue.path[:1] == (field,) for issue in self._found)

    def refuse_if_any(self) -> None:
        """Raise InvalidInput with every problem, in the order they were found."""
        if self._found:
            raise InvalidInput(self._found)
