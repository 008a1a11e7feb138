"""The bulk route in OpenAPI: the constant holds the keyword arguments that document it."""

from __future__ import annotations

from typing import Any, Final

from app.rest.headers import headers_of
from app.rest.schemas import content_of
from app.rest.v1.documentation import NOT_JSON, WITH_BODY, refusal, request, route
from app.rest.v1.envelopes import V1Failure
from app.rest.v1.examples import META
from app.rest.v1.posts.bulk import examples
from app.rest.v1.posts.bulk.bodies import BulkBody
from app.rest.v1.posts.bulk.envelopes import V1BulkAnswer

_LIMIT = refusal("bulk_limit_exceeded", "`posts` holds 51 posts; at most 50 can be created in one request.")
_NO_POST = "`posts` must hold at least one post."
_EMPTY = refusal("validation_error", _NO_POST, [{"path": ["posts"], "code": "REQUIRED", "message": _NO_POST}])
_FIELD_NAME = refusal(
    "invalid_field_name", "Unknown field post: did you mean posts?", {"field": "post", "suggestion": "posts"}
)


def _with_every_outcome(documented: dict[str, Any]) -> dict[str, Any]:
    """207 and 422 beside 201: they hold the same. 422 is also what a reused idempotency key is refused with."""

    def answer(data: object) -> dict[str, object]:
        return {"data": data, "error": None, "meta": META}

    responses = documented["responses"]
    responses[201]["description"] = "Every post was created."
    responses[207] = {
        "description": "Some posts were created, and the others refused.",
        "headers": headers_of(207),
        "content": content_of(V1BulkAnswer, example=answer(examples.SOME_CREATED)),
    }
    reused = responses[422]
    content = reused["content"]["application/json"]
    reused["description"] = f"Every post was refused. Or: {reused['description']}"
    content["schema"] = {"anyOf": [_schema_of(V1BulkAnswer), _schema_of(V1Failure)]}
    content["examples"] = {"none_created": {"value": answer(examples.NONE_CREATED)}, **content["examples"]}
    documented["responses"] = dict(sorted(responses.items(), key=lambda item: str(item[0])))
    return documented


def _schema_of(shape: Any) -> object:
    return content_of(shape)["application/json"]["schema"]


BULK_CREATED: Final = _with_every_outcome(
    route(
        "Create many posts",
        201,
        V1BulkAnswer,
        examples.ALL_CREATED,
        {**WITH_BODY, 400: (_FIELD_NAME, _EMPTY, _LIMIT, NOT_JSON)},
        writes=True,
        **request(BulkBody, examples.BULK),
    )
)

SHAPES: Final = (V1BulkAnswer,)
"""What the documentation above names."""
