"""An address is the same media record whichever edge names it first, and is refused by all of them alike."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, Final
from uuid import UUID

import httpx

from app.commands.fill_demo import SLIDESHOW, VIDEO
from app.domain.errors import ErrorCode
from app.domain.media import Media, MediaType
from app.repositories.database import Database
from app.repositories.media import MediaRepository
from tests.support.answers import Issue, Refused, Request, mutation, post_to, read
from tests.support.edges import dump, stored_post
from tests.support.life.cases import post_name
from tests.support.trials import Trial, expect_the_same_again

NO_ADDRESS: Final = "must be an http or https URL of at most 2048 bytes."

NAMING: Final[Mapping[str, tuple[MediaType, Any]]] = {
    "createMediaFromUrl of an image": (
        MediaType.IMAGE,
        lambda url: mutation("createMediaFromUrl", input={"url": url, "type": "IMAGE"}),
    ),
    "createMediaFromUrl of a video": (
        MediaType.VIDEO,
        lambda url: mutation("createMediaFromUrl", input={"url": url, "type": "VIDEO"}),
    ),
    "/post/update of a slideshow": (
        MediaType.IMAGE,
        lambda url: post_to("/post/update", {"postId": post_name(SLIDESHOW), "mediaUrls": [url]}),
    ),
    "/post/update of a video": (
        MediaType.VIDEO,
        lambda url: post_to("/post/update", {"postId": post_name(VIDEO), "mediaUrls": [url]}),
    ),
    "/post/slideshow": (
        MediaType.IMAGE,
        lambda url: post_to("/post/slideshow", {"accountId": "acc_2290", "imageUrls": [url]}),
    ),
    "/post/video": (MediaType.VIDEO, lambda url: post_to("/post/video", {"accountId": "acc_2290", "videoUrl": url})),
    "/post/draft of a slideshow": (
        MediaType.IMAGE,
        lambda url: post_to("/post/draft", {"type": "slideshow", "mediaUrls": [url]}),
    ),
    "/post/draft of a video": (
        MediaType.VIDEO,
        lambda url: post_to("/post/draft", {"type": "video", "mediaUrls": [url]}),
    ),
}
"""Every request that can make a record of an address: of which type, and how it is asked."""

_PLACES: Final = {"createMediaFromUrl": "url", "/post/slideshow": "media_ids.0", "/post/video": "media_ids"}
"""What each calls the address, in the domain's names."""


async def media_at(database: Database, url: str) -> Media:
    return (await database.write(lambda connection: MediaRepository(connection, 1).find_by_url([url])))[url]


def address(number: int) -> str:
    """An address that nobody has named, and whose ending does not say what it holds."""
    return f"https://new.example/{number}"


async def test_an_address_has_one_record_whichever_edge_names_it_first(
    client: httpx.AsyncClient, database: Database
) -> None:
    for number, (first, (type, ask)) in enumerate(NAMING.items()):
        # given an address that this request names first
        url = address(number)
        before = (await dump(database))["media"]
        assert read(await ask(url).send(client)).data is not None, first
        record = await media_at(database, url)
        assert record == Media(id=record.id, type=type, url=url), first
        recorded = (await dump(database))["media"]
        assert [row[1] for row in recorded if row not in before] == [record.id], first

        # when every other request for media of this type names it too
        for name, (other_type, ask_again) in NAMING.items():
            if other_type is not type:
                continue
            answer = read(await ask_again(url).send(client))

            # then it is that very record
            assert answer.data is not None, (first, name, answer.body)
            if "media" in answer.data:
                assert answer.data["media"]["mediaId"] == str(record.id), (first, name)
            else:
                assert answer.post_id is not None
                assert (await stored_post(database, answer.post_id)).media == (record,), (first, name)
            assert (await dump(database))["media"] == recorded, (first, name)


async def test_an_address_that_was_deleted_gets_its_record_back_on_every_edge(
    client: httpx.AsyncClient, database: Database
) -> None:
    for number, (name, (type, ask)) in enumerate(NAMING.items()):
        url = address(number)
        created = read(await mutation("createMediaFromUrl", input={"url": url, "type": type.upper()}).send(client))
        id = UUID(created.data["media"]["mediaId"])
        assert (await client.delete(f"/v1/media/{id}")).status_code == 200
        assert (await client.get(f"/v1/media/{id}")).status_code == 404

        assert read(await ask(url).send(client)).data is not None, name

        assert await media_at(database, url) == Media(id=id, type=type, url=url), name
        assert (await client.get(f"/v1/media/{id}")).json()["data"]["url"] == url, name


NO_ADDRESSES: Final = {
    "nothing": "",
    "no address": "x",
    "ftp": "ftp://new.example/1.jpg",
    "no scheme": "//new.example/1.jpg",
    "no host": "https:///1.jpg",
    "a blank": "https://new.example/a b.jpg",
    "no port": "https://new.example:port/1.jpg",
    "NUL": "https://new.example/\0",
    "2049 bytes": "https://new.example/" + "x" * 2029,
}


async def test_what_is_no_address_is_refused_on_every_edge_and_nothing_is_recorded(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    for (what, url), (name, (_, ask)) in product(NO_ADDRESSES.items(), NAMING.items()):
        answer = read(await ask(url).send(client))

        place = _PLACES.get(name.partition(" ")[0], "media_ids.0")
        assert answer.message == f"`{place}` {NO_ADDRESS}", (what, name, answer.body)
        if answer.edge == "graphql":
            assert answer.refused == Refused(ErrorCode.INVALID_INPUT, (Issue("url", "INVALID_VALUE"),)), what
        else:
            assert ErrorCode.INVALID_INPUT in answer.possible, (what, name)
    assert await dump(database) == before


async def test_a_post_that_is_refused_leaves_no_record_of_its_addresses(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    past = "2026-04-12T08:30:00Z"
    refused: list[Request] = [
        post_to(
            "/post/update", {"postId": post_name(VIDEO), "mediaUrls": ["https://new.example/1.mp4"], "postTime": past}
        ),
        post_to("/post/video", {"accountId": "acc_2290", "videoUrl": "https://new.example/1.mp4", "postTime": past}),
        post_to(
            "/post/slideshow", {"accountId": "acc_2290", "imageUrls": ["https://new.example/1.jpg"], "postTime": past}
        ),
        post_to(
            "/post/draft",
            {"type": "video", "mediaUrls": ["https://new.example/1.mp4"], "title": "Only slideshows have one"},
        ),
    ]

    answers = [read(await request.send(client)) for request in refused]

    assert [answer.message for answer in answers] == [
        *["`scheduled_for` must be in the future."] * 3,
        "Only a slideshow post has a title.",
    ]
    assert await dump(database) == before


async def test_media_is_recorded_once_where_the_request_is_repeated_under_its_key(
    client: httpx.AsyncClient, database: Database
) -> None:
    trials = [Trial(request=ask(address(number))) for number, (type, ask) in enumerate(NAMING.values())]

    await expect_the_same_again(trials, client, database)
