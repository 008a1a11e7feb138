"""A route whose every failure leaves in the words of its edge."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from app.domain.errors import InvalidInput, Refusal
from app.http.body import UnreadableRequest
from app.http.failures import report_failure
from app.http.request_id import request_id_of
from app.rest.fields import issue_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class EnvelopedRoute(APIRoute):
    """What a handler raises is answered by the three methods that an edge defines."""

    @staticmethod
    @abstractmethod
    def refused(request: Request, refusal: Refusal) -> Response:
        """The answer to a request that the domain refuses."""

    @staticmethod
    @abstractmethod
    def unreadable(request: Request, error: UnreadableRequest) -> Response:
        """The answer to a request that cannot be understood."""

    @staticmethod
    @abstractmethod
    def failed(request: Request, message: str) -> Response:
        """The answer where something that is not a refusal was raised. message: what a caller may know of it."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except Refusal as refusal:
                return self.refused(request, refusal)
            except UnreadableRequest as error:
                return self.unreadable(request, error)
            except RequestValidationError as error:
                return self.refused(request, _refusal_of(error))
            except Exception as error:  # noqa: BLE001 - logged, and answered without a trace of it
                return self.failed(request, report_failure(request_id_of(request.scope), error))

        return answer


def _refusal_of(error: RequestValidationError) -> InvalidInput:
    """A query parameter that cannot be is refused like any other input."""
    return InvalidInput(
        [issue_of(problem["loc"][-1:], problem["type"], problem.get("ctx", {})) for problem in error.errors()]
    )
