"""The routes of media in OpenAPI: each constant holds the keyword arguments that document one."""

from __future__ import annotations

from typing import Any, Final

from app.domain.media import ALT_TEXT_LIMIT, SIZE_LIMITS, MediaType
from app.media.formats import ACCEPTED
from app.rest.v1.documentation import refusal, route
from app.rest.v1.media import examples
from app.rest.v1.media.envelopes import V1DeletedMediaAnswer, V1MediaAnswer

_NOT_FOUND = refusal("not_found", "Media not found.")
_IN_USE = refusal(
    "conflict",
    "Posts that are not published use this media: f47ac10b-58cc-4372-a567-0e02b2c3d479. Take it out of them first.",
)
_NOT_ACCEPTED = f"`file` must be {ACCEPTED}."
_VALIDATION = refusal(
    "validation_error", _NOT_ACCEPTED, [{"path": ["file"], "code": "INVALID_VALUE", "message": _NOT_ACCEPTED}]
)
_FIELD_NAME = refusal(
    "invalid_field_name",
    "Unknown field altText: did you mean alt_text?",
    {"field": "altText", "suggestion": "alt_text"},
)
_MALFORMED = refusal("bad_request", "The body is not a well-formed multipart form.")
_TOO_LARGE = refusal(
    "bad_request", f"The file is larger than the {SIZE_LIMITS[MediaType.IMAGE]} bytes that images may have."
)
_CONTENT_TYPE = refusal("bad_request", "Send the file as Content-Type: multipart/form-data.")

_FORM: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {
                    "file": {
                        "type": "string",
                        "contentMediaType": "application/octet-stream",
                        "description": f"{ACCEPTED}; an image of at most 25 MiB, a video of at most 500 MiB.",
                        "examples": [examples.UPLOAD["file"]],
                    },
                    "alt_text": {
                        "type": "string",
                        "maxLength": ALT_TEXT_LIMIT,
                        "description": "What it shows, for those who cannot see it.",
                        "examples": [examples.UPLOAD["alt_text"]],
                    },
                },
            },
            "example": examples.UPLOAD,
        }
    },
}

MEDIA_UPLOADED: Final = route(
    "Upload media",
    201,
    V1MediaAnswer,
    examples.MEDIA,
    {400: (_VALIDATION, _FIELD_NAME, _MALFORMED), 413: (_TOO_LARGE,), 415: (_CONTENT_TYPE,)},
    writes=True,
    openapi_extra={"requestBody": _FORM},
)
MEDIA_SHOWN: Final = route("Show media", 200, V1MediaAnswer, examples.MEDIA, {404: (_NOT_FOUND,)})
MEDIA_DELETED: Final = route(
    "Delete media",
    200,
    V1DeletedMediaAnswer,
    examples.DELETED_MEDIA,
    {404: (_NOT_FOUND,), 409: (_IN_USE,)},
    writes=True,
)

SHAPES: Final = (V1MediaAnswer, V1DeletedMediaAnswer)
"""What the documentation above names."""
