"""An operation that was found valid, and all that could be worked out of it beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphql import DocumentNode, OperationType

    from resolvers.compiled import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """text: the whole document, which may hold others. name: which of its operations this is, as the client named it.

    root_field: the one root field that is selected, or `several`. Not the operation's own name, for logs and figures: a
    client makes those up, and there are only so many fields. cost_for: see resolvers.limits; takes the variables. plan:
    None where graphql-core executes it.
    """

    text: str
    name: str | None
    document: DocumentNode
    kind: OperationType
    root_field: str
    cost_for: Callable[[Mapping[str, Any]], int]
    plan: Plan | None

    @property
    def weight(self) -> int:
        """Bytes of memory, about: its document and its plan take many times the texts that they were made from."""
        return 10_000 + 100 * len(self.text) + (20 * self.plan.size if self.plan is not None else 0)
