"""When posts would go out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from app.domain.schedule import format_instant
from app.rest.described import described
from app.rest.ugc.examples import PREVIEW
from app.rest.ugc.ids import account_id_text

if TYPE_CHECKING:
    from app.commands.preview_schedule import PreviewedSlot


class PreviewedPost(TypedDict):
    """When one post would go out."""

    accountId: Annotated[str, described("acc_ and the account's number.", PREVIEW[1]["accountId"])]
    requestedTime: Annotated[str, described("The time that was asked for, in UTC.", PREVIEW[1]["requestedTime"])]
    scheduledTime: Annotated[
        str, described("When it would go out, in UTC; never earlier.", PREVIEW[1]["scheduledTime"])
    ]
    bumped: Annotated[bool, described("Whether the time that was asked for is taken.", PREVIEW[1]["bumped"])]


def slot_shape(slot: PreviewedSlot) -> PreviewedPost:
    return {
        "accountId": account_id_text(slot.account_id),
        "requestedTime": format_instant(slot.requested_time),
        "scheduledTime": format_instant(slot.scheduled_time),
        "bumped": slot.scheduled_time != slot.requested_time,
    }
