"""What creating or changing an account asks for: every field left, cleared or set, as in app.domain.changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.domain.changes import LEAVE

if TYPE_CHECKING:
    from app.domain.changes import Change
    from app.domain.errors import InputIssue, InvalidFieldName


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanges:
    """rules and credentials are as the caller wrote them; None takes them away.

    invalid_field and issues are what an edge found while it was reading the request: Account.apply refuses them
    together with everything that it finds itself. Credentials are kept out of the repr, and so out of logs.
    """

    account_name: Change[str] = LEAVE
    is_active: Change[bool] = LEAVE
    minimum_gap_minutes: Change[int] = LEAVE
    rules: Change[Any] = LEAVE
    credentials: Change[Any] = field(default=LEAVE, repr=False)

    invalid_field: InvalidFieldName | None = None
    issues: tuple[InputIssue, ...] = ()
