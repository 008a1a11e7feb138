"""Collecting every problem of an input before refusing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.errors import InputIssue, InvalidInput, IssueCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.domain.platforms import Platform


class Issues:
    """The problems found so far. Nothing is refused before all of an input has been looked at."""

    def __init__(self, found: Iterable[InputIssue] = ()) -> None:
        self._found = list(found)

    def note(self, issue: InputIssue) -> None:
        self._found.append(issue)

    def add(
        self,
        *path: str,
        code: IssueCode,
        message: str,
        platform: Platform | None = None,
        limit: int | None = None,
        actual: int | None = None,
    ) -> None:
        self.note(InputIssue(path=path, code=code, message=message, platform=platform, limit=limit, actual=actual))

    def refuse_null(self, field: str) -> None:
        self.add(field, code=IssueCode.NOT_NULLABLE, message=f"`{field}` cannot be null: leave it out instead.")

    def __bool__(self) -> bool:
        """Whether any problem has been found."""
        return bool(self._found)

    def touch(self, field: str) -> bool:
        """Whether a problem with this field, or inside it, is already known."""
        return bool(self._found) and any(issue.path[:1] == (field,) for issue in self._found)

    def spoil(self, *path: str) -> bool:
        """Whether the value there cannot be judged: it, or what holds it, is known to be wrong, not merely too long."""
        return bool(self._found) and any(
            issue.path == path[: len(issue.path)] and issue.code is not IssueCode.TOO_LONG for issue in self._found
        )

    def limit(self, *path: str) -> int | None:
        """The lowest limit that the value there is known to exceed."""
        limits = [issue.limit for issue in self._found if issue.path == path and issue.limit is not None]
        return min(limits, default=None)

    def refuse_if_any(self) -> None:
        """Raise InvalidInput with every problem, in the order they were found."""
        if self._found:
            raise InvalidInput(self._found)
