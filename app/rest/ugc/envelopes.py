"""The envelope of the `/post/…` routes, as OpenAPI describes it: around each kind of data, and around an error."""

from __future__ import annotations

from typing import Annotated, Final

from typing_extensions import TypedDict

from app.rest.described import described
from app.rest.ugc import examples
from app.rest.ugc.answers import NOT_EDITABLE
from app.rest.ugc.batches.shapes import DeleteData, RetryData
from app.rest.ugc.planning.shapes import PreviewedPost
from app.rest.ugc.reading.shapes import StatusData
from app.rest.ugc.shapes import PostData


class Success(TypedDict):
    """What every answer has that is no error."""

    ok: Annotated[bool, described("Always true.", True)]
    code: Annotated[int, described("The status of the answer.", 200)]
    message: Annotated[str, described("That it is done.", "Success")]


class PostSuccess(Success):
    """An answer that holds a post."""

    data: Annotated[PostData, described("The post.", examples.POST)]


class PostListSuccess(Success):
    """An answer that holds posts."""

    data: Annotated[list[PostData], described("The posts.", [examples.POST])]


class StatusSuccess(Success):
    """An answer that tells where a post stands."""

    data: Annotated[StatusData, described("Where the post stands.", examples.STATUS)]


class RetrySuccess(Success):
    """An answer that tells which posts go out again."""

    data: Annotated[RetryData, described("The posts that go out again.", examples.RETRY)]


class DeleteSuccess(Success):
    """An answer that tells which posts are gone."""

    data: Annotated[DeleteData, described("The posts that are gone.", examples.DELETE)]


class PreviewSuccess(Success):
    """An answer that tells when posts would go out."""

    data: Annotated[list[PreviewedPost], described("When each post would go out.", examples.PREVIEW)]


class PostFailure(TypedDict):
    """An answer that holds an error."""

    ok: Annotated[bool, described("Always false.", False)]
    code: Annotated[int, described("The status of the answer.", 400)]
    message: Annotated[str, described("What is wrong.", NOT_EDITABLE)]


SHAPES: Final = (
    PostSuccess,
    PostListSuccess,
    StatusSuccess,
    RetrySuccess,
    DeleteSuccess,
    PreviewSuccess,
    PostFailure,
)
