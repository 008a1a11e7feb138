"""The rules that a document is validated by: the specification's, and limits of two that take long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphql import MaxIntrospectionDepthRule, OverlappingFieldsCanBeMergedRule, specified_rules
from graphql.validation.validate import ValidationAbortedError

from resolvers.limits.limits import too_large

if TYPE_CHECKING:
    from graphql import SelectionSetNode, ValidationContext

COMPARISONS: Final = 50_000
"""Of fields of the same name, and of fragments that may hold such. Every two of them in one place are compared, some
2 µs a time, so the time grows with the square of the selections."""


class FieldsCanBeMergedSoon(OverlappingFieldsCanBeMergedRule):
    """The specification's rule, given up after COMPARISONS instead of ten times as many."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = COMPARISONS

    def enter_selection_set(self, selection_set: SelectionSetNode, _key: Any, parent: Any, *_args: Any) -> None:
        try:
            super().enter_selection_set(selection_set, _key, parent, *_args)
        except ValidationAbortedError:
            if self.rule_context.remaining_complexity_budget >= 0:
                raise  # there were too many errors
            ended = too_large("Comparing fields takes {} steps", COMPARISONS + 1, COMPARISONS, selection_set)
            raise ValidationAbortedError(ended.message, ended.nodes, extensions=ended.extensions) from None


RULES: Final = (
    *(FieldsCanBeMergedSoon if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules),
    MaxIntrospectionDepthRule,
)
