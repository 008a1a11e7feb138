"""The sandbox: what goes out to a folder, and the page that shows it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app.domain.platforms import Platform
from app.domain.publishing import ALWAYS, Published, TryLater
from app.networks.sandbox import Sandbox, SandboxMedia, SandboxPost, published
from app.rest.sandbox.routes import sandbox_routes
from tests.networks.posts import KEY, an_outgoing
from tests.support.clock import Clock
from tests.support.posts import POST_ID, a_video, an_account, an_image

CREDENTIALS = {"sandbox": "yes"}
NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "sandbox"


def record_of(folder: Path, key: str = KEY) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((folder / f"{key}.json").read_bytes())
    return record


async def test_a_post_goes_out_as_one_file(folder: Path) -> None:
    outgoing = an_outgoing(
        account=an_account(7, platform=Platform.X, name="@mybrand"),
        title="A title",
        media=(replace(an_image(), alt_text="A cät"),),
    )

    outcome = await Sandbox(folder, "http://127.0.0.1:8000", clock=Clock(NINE)).publish(outgoing, CREDENTIALS)

    assert outcome == Published(platform_post_id=KEY, platform_post_url=f"http://127.0.0.1:8000/sandbox#{KEY}")
    assert os.listdir(folder) == [f"{KEY}.json"]
    assert record_of(folder) == {
        "key": KEY,
        "published_at": "2026-11-22T09:00:00.000Z",
        "post_id": str(POST_ID),
        "account_id": 7,
        "account_name": "@mybrand",
        "platform": "x",
        "attempt": 1,
        "kind": "standard",
        "title": "A title",
        "text": "Hello, wörld 👋",
        "description": None,
        "first_comment": None,
        "social_audio_id": None,
        "media": [{"type": "image", "url": "https://media.test/1.jpg", "alt_text": "A cät"}],
    }


async def test_it_has_no_address_where_no_page_shows_it(folder: Path) -> None:
    assert await Sandbox(folder).publish(an_outgoing(), CREDENTIALS) == Published(platform_post_id=KEY)


async def test_a_repeat_finds_the_first(folder: Path) -> None:
    assert Sandbox.repeatable_for == ALWAYS
    sandbox = Sandbox(folder)

    first = await sandbox.publish(an_outgoing(), CREDENTIALS)
    again = await Sandbox(folder).publish(an_outgoing(attempt=2, text="Changed since"), CREDENTIALS)

    assert first == again
    assert (record_of(folder)["text"], record_of(folder)["attempt"]) == ("Hello, wörld 👋", 1)
    assert os.listdir(folder) == [f"{KEY}.json"]


async def test_of_many_at_once_one_goes_out_whole(folder: Path) -> None:
    outcomes = await asyncio.gather(
        *(Sandbox(folder).publish(an_outgoing(attempt=n, text=f"{n}" * 50_000), CREDENTIALS) for n in range(1, 9))
    )

    assert outcomes == [Published(platform_post_id=KEY)] * 8
    record = record_of(folder)
    assert record["text"] == str(record["attempt"]) * 50_000
    assert os.listdir(folder) == [f"{KEY}.json"]


async def test_a_folder_that_cannot_be_written_to_may_be_tried_later() -> None:
    in_its_place = Path(__file__)

    assert await Sandbox(in_its_place).publish(an_outgoing(), CREDENTIALS) == TryLater(
        reason="The sandbox cannot be written to: File exists."
    )


async def test_a_disk_that_is_full_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        outcome = await Sandbox(folder).publish(an_outgoing(), CREDENTIALS)

    assert outcome == TryLater(reason="The sandbox cannot be written to: No space left on device.")
    assert os.listdir(folder) == []


async def test_what_went_out_is_read_the_newest_first(folder: Path) -> None:
    for number, platform in ((1, Platform.X), (2, Platform.MASTODON)):
        media = (replace(a_video(), alt_text="A film"),) if number == 2 else ()
        await Sandbox(folder, clock=Clock(NINE)).publish(
            an_outgoing(key=f"post_{number}", account=an_account(number, platform=platform), media=media), CREDENTIALS
        )
        os.utime(folder / f"post_{number}.json", (number, number))

    assert published(folder) == [
        SandboxPost(
            key="post_2",
            published_at="2026-11-22T09:00:00.000Z",
            account_name="@account2",
            platform="mastodon",
            title=None,
            text="Hello, wörld 👋",
            media=(SandboxMedia(type="video", url="https://media.test/101.mp4", alt_text="A film"),),
        ),
        SandboxPost(
            key="post_1",
            published_at="2026-11-22T09:00:00.000Z",
            account_name="@account1",
            platform="x",
            title=None,
            text="Hello, wörld 👋",
            media=(),
        ),
    ]


async def test_what_is_no_record_is_passed_over(folder: Path) -> None:
    assert published(folder) == []
    await Sandbox(folder).publish(an_outgoing(), CREDENTIALS)
    for name, content in (("a.json", "{"), ("b.json", "[]"), ("c.json", "{}"), ("d.part", "{}")):
        (folder / name).write_text(content)

    assert [post.key for post in published(folder)] == [KEY]


# The page


async def answer_of(folder: Path, base_url: str = "http://127.0.0.1:8000", *, method: str = "GET") -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=sandbox_routes(folder)))
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
        return await client.request(method, "/sandbox")


async def test_the_page_of_an_empty_sandbox_says_so(folder: Path) -> None:
    shown = await answer_of(folder)

    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<p>Nothing has gone out yet.</p>" in shown.text


async def test_the_page_shows_what_went_out(folder: Path) -> None:
    own = replace(an_image(1), url="http://127.0.0.1:8000/files/1.jpg", alt_text="A cat")
    elsewhere, film = an_image(2), replace(a_video(), url="http://127.0.0.1:8000/files/2.mp4")
    await Sandbox(folder, clock=Clock(NINE)).publish(
        an_outgoing(account=an_account(platform=Platform.X), title="A title", media=(own, elsewhere, film)), CREDENTIALS
    )

    shown = (await answer_of(folder)).text

    assert shown[shown.index("<article") : shown.index("</main>")] == (
        f'<article id="{KEY}">\n<header><b>@account1</b> <span class="platform">x</span> '
        '<time datetime="2026-11-22T09:00:00.000Z">2026-11-22T09:00:00.000Z</time></header>\n'
        '<h2>A title</h2>\n<p class="text">Hello, wörld 👋</p>\n<ul>\n'
        '<li><a href="http://127.0.0.1:8000/files/1.jpg">'
        '<img src="http://127.0.0.1:8000/files/1.jpg" alt="A cat"></a></li>\n'
        '<li><a href="https://media.test/2.jpg">https://media.test/2.jpg</a></li>\n'
        '<li><a href="http://127.0.0.1:8000/files/2.mp4">http://127.0.0.1:8000/files/2.mp4</a></li>\n'
        "</ul>\n</article>\n"
    )


async def test_nothing_that_a_post_says_becomes_part_of_the_page(folder: Path) -> None:
    evil = "\"><script>alert(1)</script><b a='&"
    media = replace(an_image(), url=f"http://127.0.0.1:8000/{evil.replace(' ', '')}", alt_text=evil)
    await Sandbox(folder).publish(
        an_outgoing(account=an_account(name=evil), text=evil, title=evil, media=(media,)), CREDENTIALS
    )
    record = record_of(folder)
    record["media"].append({"type": "image", "url": "javascript:alert(1)", "alt_text": None})
    (folder / f"{KEY}.json").write_text(json.dumps({**record, "key": evil, "platform": evil, "published_at": evil}))

    shown = (await answer_of(folder)).text

    assert shown.count("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;b") == 10
    assert ("<script" in shown, "='&" in shown, 'href="javascript' in shown) == (False, False, False)
    assert "<li>javascript:alert(1)</li>" in shown


async def test_the_page_runs_no_script_and_fetches_nothing_from_elsewhere(folder: Path) -> None:
    headers = (await answer_of(folder)).headers

    policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert policy.pop("style-src").startswith("'sha256-")
    assert policy == {
        "default-src": "'none'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert {name: headers[name] for name in ("X-Content-Type-Options", "Referrer-Policy", "Cache-Control")} == {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


async def test_the_style_is_the_one_that_the_policy_allows(folder: Path) -> None:
    shown = await answer_of(folder)
    style = shown.text.partition("<style>")[2].partition("</style>")[0]

    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1"])
async def test_the_page_is_not_there_under_a_name_that_is_not_this_machines(folder: Path, name: str) -> None:
    assert (await answer_of(folder, f"http://{name}:8000")).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_the_page_can_only_be_read(folder: Path, method: str) -> None:
    assert (await answer_of(folder, method=method)).status_code == 405
