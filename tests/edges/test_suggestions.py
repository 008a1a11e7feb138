"""The name that a refusal suggests is one that is accepted, on every edge that suggests it."""

from __future__ import annotations

import httpx
import pytest

from app.commands.fill_demo import SCHEDULED
from tests.support.edges import update_post


@pytest.mark.parametrize("written", ["firstComments", "first_coment", "contents", "Title"])
async def test_a_suggested_override_is_accepted(client: httpx.AsyncClient, written: str) -> None:
    refused = await update_post(client, SCHEDULED, platformContent={"x": {written: "a"}})
    assert refused["__typename"] == "InvalidFieldName"
    assert refused["field"] == f"platformContent.x.{written}"
    assert refused["message"].endswith(f"did you mean {refused['suggestion']}?")

    accepted = await update_post(client, SCHEDULED, platformContent={"x": {refused["suggestion"]: "a"}})
    assert accepted["__typename"] == "UpdatePostSuccess"

    rest = await client.patch(f"/v1/posts/{SCHEDULED}", json={"platform_content": {"x": {written: "a"}}})
    assert rest.json()["error"]["details"]["suggestion"] == refused["suggestion"]


async def test_the_names_that_are_listed_are_accepted(client: httpx.AsyncClient) -> None:
    refused = await update_post(client, SCHEDULED, platformContent={"x": {"zzz": "a"}})
    assert refused["suggestion"] is None
    names = refused["message"].partition("known names are ")[2].rstrip(".").split(", ")

    accepted = await update_post(client, SCHEDULED, platformContent={"x": dict.fromkeys(names, "a")})

    assert names == ["content", "title", "description", "first_comment"]
    assert accepted["__typename"] == "UpdatePostSuccess"
