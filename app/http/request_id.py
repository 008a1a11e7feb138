"""The id of a request: it stands in the answer, in X-Request-Id, and on every log line of the request."""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import Scope

_ALPHABET: Final = string.ascii_lowercase + string.digits
_chance: Final = random.Random()  # noqa: S311 - an id opens nothing; it only has to be another than the last million


def give_request_id(scope: Scope) -> str:
    """Make the id of a request, and keep it where request_id_of finds it."""
    request_id = "".join(_chance.choices(_ALPHABET, k=8))
    scope.setdefault("state", {})["request_id"] = request_id
    return request_id


def request_id_of(scope: Scope) -> str:
    """8 characters of [a-z0-9]."""
    request_id: str = scope["state"]["request_id"]
    return request_id
