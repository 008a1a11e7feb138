"""What a document may ask for at most, found out before anything of it is executed.

    check_text, before it is parsed → check_document, before it is validated → RULES, which validate it, and
    said_once, for what they find → cost_of, once for each operation → check_cost, for each request

Each step needs what the one before has refused: the parser is slow with long texts, validating is slow with many
selections, and the cost is worked out by functions that call themselves as deep as a document is nested.
"""

from resolvers.limits.cost import check_cost, cost_of
from resolvers.limits.document import check_document
from resolvers.limits.errors import said_once
from resolvers.limits.limits import DIGITS, ROOT_FIELDS, TOO_LARGE, Limits
from resolvers.limits.rules import RULES
from resolvers.limits.text import check_text

__all__ = [
    "DIGITS",
    "ROOT_FIELDS",
    "RULES",
    "TOO_LARGE",
    "Limits",
    "check_cost",
    "check_document",
    "check_text",
    "cost_of",
    "said_once",
]
