"""REST v1: media."""

from __future__ import annotations

from asyncio import to_thread
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from app.commands.add_media import add_media
from app.commands.delete_media import delete_media
from app.commands.get_media import get_media
from app.commands.service import Caller
from app.domain.errors import Forbidden, MediaNotFound
from app.domain.ids import read_uuid
from app.domain.media import Media
from app.media.file_store import FileStore, file_name
from app.media.upload import Upload
from app.rest.admission import Admitted
from app.rest.files.addresses import address_of
from app.rest.v1.answers import V1Route, success
from app.rest.v1.media.documentation import MEDIA_DELETED, MEDIA_SHOWN, MEDIA_UPLOADED
from app.rest.v1.media.examples import MEDIA_ID
from app.rest.v1.media.intake import take_in
from app.rest.v1.media.shapes import media_record_shape

router = APIRouter(prefix="/media", tags=["REST v1"], route_class=V1Route)

MediaId = Annotated[
    str, Path(description="The media's UUID.", examples=[MEDIA_ID], json_schema_extra={"format": "uuid"})
]


@router.post("", **MEDIA_UPLOADED)
async def upload_media(request: Request, caller: Admitted) -> Response:
    """Upload an image of at most 25 MB or a video of at most 500 MB. What it is, its bytes say."""
    if add_media.scope not in caller.key.scopes:  # said before somebody sends 500 MB, and not after
        raise Forbidden(add_media.scope)
    files: FileStore = request.app.state.files
    with await to_thread(Upload, request.app.state.uploads) as upload:
        measures, alt_text = await take_in(request, upload)
        id = request.app.state.new_id()
        name = file_name(caller.key.organization_id, id, upload.format)
        media = Media(
            id=id,
            type=upload.format.type,
            url=address_of(request, name),
            width=measures.width,
            height=measures.height,
            duration_ms=measures.duration_ms,
            alt_text=alt_text,
            file=name,
            content_type=upload.format.content_type,
            size=upload.size,
        )
        await files.put(name, upload.file)
    return success(request, media_record_shape(await _record(caller, media, name, files)), status=201)


@router.get("/{media_id}", **MEDIA_SHOWN)
async def show_media(request: Request, caller: Admitted, media_id: MediaId) -> Response:
    """One media record, uploaded or kept elsewhere."""
    return success(request, media_record_shape(await caller.run(get_media, media_id=_media_id(media_id))))


@router.delete("/{media_id}", **MEDIA_DELETED)
async def remove_media(request: Request, caller: Admitted, media_id: MediaId) -> Response:
    """Delete media, and its file, that no post which is still to be published uses."""
    files: FileStore = request.app.state.files
    deleted = await caller.run(delete_media, media_id=_media_id(media_id))
    if deleted.file is not None:
        await files.remove(deleted.file)
    return success(request, {"media_id": str(deleted.id), "deleted": True})


async def _record(caller: Caller, media: Media, name: str, files: FileStore) -> Media:
    """The record of a file that is in the store; a file that no record names is taken out of it again.

    A request that is cancelled here leaves its file: its unit of work may yet be committed.
    """
    try:
        recorded = await caller.run(add_media, media=media)
    except Exception:
        # A connection that was lost during the COMMIT does not tell whether there is a record now.
        if not await _is_recorded(caller, media):
            await files.remove(name)
        raise
    if recorded.id != media.id:  # the answer to an earlier request under the same idempotency key
        await files.remove(name)
    return recorded


async def _is_recorded(caller: Caller, media: Media) -> bool:
    try:
        return await caller.service.run(caller.key.organization_id, get_media, media_id=media.id) == media
    except MediaNotFound:
        return False


def _media_id(written: str) -> UUID:
    id = read_uuid(written)
    if id is None:
        raise MediaNotFound(written)
    return id
