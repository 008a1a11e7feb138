"""The explorer, in a real browser that can reach nothing but the server."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright

from app.commands.fill_demo import SCHEDULED
from resolvers.graphiql.page import is_built
from tests.support.server import Server

_TABS = {
    "Reschedule": "UpdatePostSuccess",
    "NotFound": "NotFound",
    "AlreadyPublished": "AlreadyPublished",
    "PublishingInProgress": "PublishingInProgress",
    "AccountAlreadyPublished": "AccountAlreadyPublished",
    "InvalidFieldName": "InvalidFieldName",
    "InvalidInput": "InvalidInput",
    "VersionConflict": "VersionConflict",
    "ManyAtOnce": "UpdatePostSuccess",
    "Restore": "revisions",
    "Retry": "RetryPostSuccess",
    "PlatformLimits": "INSTAGRAM",
    "Upcoming": "f47ac10b-58cc-4372-a567-0e02b2c3d479",
}
"""The title of each tab, and a word of the answer that running it must show."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("home"), "--demo") as server:
        yield server


@pytest.fixture(scope="module")
def outside() -> list[str]:
    """The addresses beyond the server that the browser has asked for."""
    return []


@pytest.fixture(scope="module")
def page(server: Server, outside: list[str]) -> Iterator[Page]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed: install Debian's package chromium to run the browser tests")
    assert is_built(), "the explorer is not built: run scripts/build_graphiql"

    def stay_inside(route: Route) -> None:
        if route.request.url.startswith(server.address):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        page = browser.new_page(viewport={"width": 1600, "height": 900})
        page.route("**/*", stay_inside)
        yield page
        browser.close()


def test_every_ready_tab_runs_and_shows_its_answer(
    page: Page, server: Server, outside: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    page.goto(f"{server.address}/graphql")
    expect(page.locator(".graphiql-query-editor .view-line").first).to_be_visible(timeout=30_000)

    for title, word in _TABS.items():
        page.locator(".graphiql-tab-button", has_text=re.compile(f"^{title}$")).click()
        expect(page.locator(".graphiql-query-editor")).to_contain_text(re.compile(rf"(mutation|query)\s{title}"))
        with page.expect_response(f"{server.address}/graphql") as answer:
            page.locator("button.graphiql-execute-button").click()
        assert answer.value.status == 200
        assert word in answer.value.text()
        # What a person sees: the editor draws only the lines that fit.
        expect(page.locator(".graphiql-response .view-lines")).to_contain_text("data", timeout=10_000)
        page.screenshot(path=tmp_path_factory.getbasetemp() / f"explorer-{title}.png")

    assert outside == []


def test_the_ready_subscription_shows_changes_as_they_happen(page: Page, server: Server, outside: list[str]) -> None:
    page.goto(f"{server.address}/graphql")
    page.locator(".graphiql-tab-button", has_text=re.compile("^Follow$")).click()
    expect(page.locator(".graphiql-query-editor")).to_contain_text(re.compile(r"subscription\sFollow"))
    with page.expect_response(lambda response: response.headers.get("content-type") == "text/event-stream"):
        page.locator("button.graphiql-execute-button").click()

    shown = page.locator(".graphiql-response .view-lines")
    for content in ("Seen-in-the-explorer", "Seen-once-more"):
        for number in count():  # nothing shows when a stream has begun
            written = httpx.patch(
                f"{server.address}/v1/posts/{SCHEDULED}",
                json={"content": f"{content}-{number}"},
                headers={"Authorization": f"Bearer {server.key}"},
            )
            assert written.status_code == 200
            if content in (shown.text_content() or ""):
                break
            page.wait_for_timeout(50)
    with page.expect_event("requestfailed", lambda request: request.url == f"{server.address}/graphql"):
        page.locator("button.graphiql-execute-button").click()  # now it stops what it started
    assert outside == []


def test_the_documentation_of_the_schema_opens(page: Page, server: Server, outside: list[str]) -> None:
    page.goto(f"{server.address}/graphql")
    page.locator('button[aria-label="Show Documentation Explorer"]').click()

    expect(page.locator(".graphiql-plugin")).to_contain_text("UpdatePostSuccess", timeout=30_000)
    assert outside == []


def test_the_rest_documentation_opens(page: Page, server: Server, outside: list[str]) -> None:
    page.goto(f"{server.address}/docs")

    expect(page.locator("#swagger-ui")).to_contain_text("/v1/posts/{post_id}", timeout=30_000)
    expect(page.locator("#swagger-ui")).to_contain_text("/post/update")
    assert outside == []


def test_the_demo_key_is_in_the_page_of_a_local_server_only(server: Server, tmp_path: Path) -> None:

    html = {"Accept": "text/html"}

    assert server.key in httpx.get(f"{server.address}/graphql", headers=html).text
    with Server(tmp_path, "--demo", REDRAFT_HOST="0.0.0.0") as public:  # noqa: S104 - a demo that others could reach
        page = httpx.get(f"{public.address}/graphql", headers=html).text
        assert '"demoKey": null' in page
        assert public.key not in page
