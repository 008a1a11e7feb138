"""Accounts, the two addresses of REST v1, and what is answered where there is nothing."""

from __future__ import annotations

from typing import Any

import httpx

from app.commands.fill_demo import SCHEDULED

BRAND: dict[str, Any] = {
    "account_id": 2280,
    "platform": "instagram",
    "account_name": "@mybrand",
    "is_active": True,
    "minimum_gap_minutes": 0,
    "rules": {},
    "created_at": "2026-01-12T08:30:00.000Z",
    "health": {"status": "no_credentials", "can_post": True},
}
OLD: dict[str, Any] = {
    "account_id": 2299,
    "platform": "mastodon",
    "account_name": "@mybrand@old.example",
    "is_active": False,
    "minimum_gap_minutes": 0,
    "rules": {},
    "created_at": "2026-01-12T08:30:00.000Z",
    "health": {"status": "inactive", "can_post": False},
}


async def test_the_callers_accounts_are_listed_and_shown(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/v1/accounts")).json()["data"]["accounts"]

    assert [account["account_id"] for account in listed] == [2280, 2282, 2285, 2290, 2299]
    assert (listed[0], listed[-1]) == (BRAND, OLD)
    assert (await client.get("/v1/accounts/2280")).json()["data"] == BRAND
    assert (await client.get("/v1/accounts/2299")).json()["data"] == OLD


async def test_an_account_that_is_not_the_callers_is_not_found(client: httpx.AsyncClient) -> None:
    for account_id in ("3100", "0", "-1", "x", "2147483648", "9999999999", "9" * 50, "%00", "٢٢٨٠"):
        response = await client.get(f"/v1/accounts/{account_id}")

        assert response.status_code == 404, account_id
        assert response.json()["error"] == {"message": "Account not found.", "code": "not_found"}


async def test_both_addresses_of_v1_answer_alike(client: httpx.AsyncClient) -> None:
    requests: list[tuple[str, str, Any]] = [
        ("GET", "/posts", None),
        ("GET", "/posts?limit=0", None),
        ("GET", f"/posts/{SCHEDULED}", None),
        ("PATCH", f"/posts/{SCHEDULED}", {"content": 5}),
        ("PATCH", f"/posts/{SCHEDULED}", {"timezone": "UTC"}),
        ("POST", "/posts", {"media": 1}),
        ("DELETE", "/posts/nonsense", None),
        ("PUT", f"/posts/{SCHEDULED}", None),
        ("GET", "/accounts", None),
        ("GET", "/accounts/2280", None),
        ("GET", "/nowhere", None),
    ]
    for method, path, body in requests:
        answers = [await client.request(method, f"{prefix}{path}", json=body) for prefix in ("/v1", "/api/v1")]

        first, second = ({**answer.json(), "meta": None} for answer in answers)
        assert first == second
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].headers.get("ETag") == answers[1].headers.get("ETag")


async def test_a_path_or_a_method_that_does_not_exist_is_answered_in_the_words_of_its_edge(
    client: httpx.AsyncClient,
) -> None:
    for method, path, status, code, message in (
        ("GET", "/v1/nowhere", 404, "not_found", "There is no such resource."),
        ("GET", "/api/v1/posts/1/2/3", 404, "not_found", "There is no such resource."),
        ("PUT", f"/v1/posts/{SCHEDULED}", 405, "method_not_allowed", "This resource does not have that method."),
        ("DELETE", "/api/v1/accounts", 405, "method_not_allowed", "This resource does not have that method."),
    ):
        response = await client.request(method, path)
        assert response.status_code == status
        assert response.json() == {
            "data": None,
            "error": {"message": message, "code": code},
            "meta": {"request_id": response.headers["X-Request-Id"], "timestamp": "2026-04-12T08:30:00.000Z"},
        }
    for method, path, status, message in (
        ("POST", "/post/nowhere", 404, "There is no such route"),
        ("POST", "/post/", 404, "There is no such route"),
        ("GET", "/post/update", 405, "Every route here is called with POST"),
    ):
        response = await client.request(method, path)
        assert (response.status_code, response.json()) == (status, {"ok": False, "code": status, "message": message})
        assert ("Allow" in response.headers) == (status == 405)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        response = await client.request(method, "/graphql")
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST")
        assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
