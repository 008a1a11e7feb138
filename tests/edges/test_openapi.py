"""The OpenAPI document says what the two REST edges answer, with the documented APIs' own examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema_rs import Draft202012Validator
from pydantic import TypeAdapter

from app.commands.fill_demo import DRAFT, FAILED, PARTIALLY_FAILED, SCHEDULED, VIDEO
from app.main import create_app
from app.rest.ugc import answers as ugc_answers
from app.rest.ugc.envelopes import (
    DeleteSuccess,
    PostFailure,
    PostListSuccess,
    PostSuccess,
    PreviewSuccess,
    RetrySuccess,
    StatusSuccess,
)
from app.rest.v1 import answers as v1_answers
from app.rest.v1.accounts.envelopes import V1AccountAnswer, V1AccountListAnswer
from app.rest.v1.envelopes import V1Failure
from app.rest.v1.platform_rules.envelopes import V1PlatformRulesAnswer
from app.rest.v1.posts.bulk.envelopes import V1BulkAnswer
from app.rest.v1.posts.envelopes import V1DeletedPostAnswer, V1PostAnswer, V1PostPageAnswer
from app.rest.v1.posts.publishing.envelopes import V1PostResultsAnswer, V1RetriedPostAnswer
from app.rest.v1.posts.revisions.envelopes import V1RevisionPageAnswer
from app.settings import Settings
from tests.conftest import serving
from tests.support.clock import Clock

UPDATE = ("/v1/posts/{post_id}", "patch")
UGC_UPDATE = ("/post/update", "post")
PLANNED = {"accountId": "acc_2290", "postTime": "2026-05-01T10:00:00Z"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    document: dict[str, Any] = create_app(Settings(database_url="sqlite://")).openapi()
    return document


def objects(node: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of an object with named fields, wherever it stands in the document."""
    if isinstance(node, list):
        for position, item in enumerate(node):
            yield from objects(item, f"{where}/{position}")
    elif isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node:
            yield where, node
        for name, value in node.items():
            yield from objects(value, f"{where}/{name}")


def operation(document: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path][method]
    return found


def test_every_route_is_documented_once(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert {(path, method) for path, methods in document["paths"].items() for method in methods} == {
        ("/v1/posts", "get"),
        ("/v1/posts", "post"),
        ("/v1/posts/{post_id}", "get"),
        ("/v1/posts/{post_id}", "patch"),
        ("/v1/posts/{post_id}", "delete"),
        ("/v1/posts/bulk", "post"),
        ("/v1/posts/{post_id}/results", "get"),
        ("/v1/posts/{post_id}/retry", "post"),
        ("/v1/posts/{post_id}/schedule", "post"),
        ("/v1/posts/{post_id}/revisions", "get"),
        ("/v1/platform-rules", "get"),
        ("/v1/media", "post"),
        ("/v1/media/{media_id}", "get"),
        ("/v1/media/{media_id}", "delete"),
        ("/v1/accounts", "get"),
        ("/v1/accounts", "post"),
        ("/v1/accounts/{account_id}", "get"),
        ("/v1/accounts/{account_id}", "patch"),
        ("/post", "post"),
        ("/post/update", "post"),
        ("/post/video", "post"),
        ("/post/slideshow", "post"),
        ("/post/draft", "post"),
        ("/post/status", "post"),
        ("/post/retry", "post"),
        ("/post/delete", "post"),
        ("/post/preview-schedule", "post"),
    }


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, list):
            return [found for item in node for found in references(item)]
        if not isinstance(node, dict):
            return []
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references(value)]

    for reference in references(document):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        assert target


def test_every_route_asks_for_a_key(document: dict[str, Any]) -> None:
    (scheme,) = document["components"]["securitySchemes"]
    assert document["components"]["securitySchemes"][scheme]["scheme"] == "bearer"
    for methods in document["paths"].values():
        for described in methods.values():
            assert described["security"] == [{scheme: []}]


def test_the_examples_of_an_update_are_the_printed_ones(document: dict[str, Any]) -> None:
    described = operation(document, *UPDATE)

    assert described["requestBody"]["content"]["application/json"]["example"] == {
        "content": "Updated caption — new launch date confirmed!",
        "scheduled_for": "2026-04-20T09:00:00Z",
        "timezone": "UTC",
        "media_ids": ["a1b2c3d4-e5f6-7890-abcd-ef1234567890"],
    }
    shown = described["responses"]["200"]["content"]["application/json"]["example"]
    assert shown["meta"] == {"request_id": "a1b2c3d4", "timestamp": "2026-04-12T08:30:00.000Z"}
    assert shown["data"]["next_step"] == (
        "Post rescheduled to 2026-04-20T09:00:00.000Z. "
        "Call GET /v1/posts/f47ac10b-58cc-4372-a567-0e02b2c3d479 to check status."
    )
    conflicts = described["responses"]["409"]["content"]["application/json"]["examples"]
    assert {
        "message": "Cannot update a post that has already been published.",
        "code": "post_already_published",
    } in [example["value"]["error"] for example in conflicts.values()]
    ugc = operation(document, *UGC_UPDATE)["responses"]["200"]["content"]["application/json"]["example"]
    assert ugc["data"]["scheduled_at"] == "2025-01-15T14:00:00.000Z"


def test_every_status_that_an_update_can_answer_with_is_documented(document: dict[str, Any]) -> None:
    unreadable = {"400", "413", "415"}
    v1 = {str(status) for status, _ in v1_answers.TABLE.values()}
    ugc = {str(status) for status, _ in ugc_answers.TABLE.values()}

    assert set(operation(document, *UPDATE)["responses"]) == {"200", "default"} | v1 | unreadable
    assert set(operation(document, *UGC_UPDATE)["responses"]) == {"200", "default"} | ugc | unreadable


def test_every_error_of_the_v1_table_is_an_example_of_an_update(document: dict[str, Any]) -> None:
    responses = operation(document, *UPDATE)["responses"]
    documented = {
        (int(status), example["value"]["error"]["code"])
        for status, response in responses.items()
        if status != "default"
        for example in response["content"]["application/json"].get("examples", {}).values()
    }

    assert documented >= set(v1_answers.TABLE.values()) | {(400, "past_schedule_time"), (400, "bad_request")}


def test_no_answer_is_documented_that_is_never_given(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_documented_answer_holds_its_own_example(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for described in methods.values():
            for status, response in described["responses"].items():
                content = response["content"]["application/json"]
                examples = [example["value"] for example in content.get("examples", {}).values()]
                examples += [content["example"]] if "example" in content else []
                assert examples, (path, status)
                assert content["schema"]


def test_every_field_says_what_it_is_and_shows_an_example(document: dict[str, Any]) -> None:
    described = []
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            for parameter in route.get("parameters", ()):
                described.append((f"{method} {path} {parameter['name']}", {**parameter["schema"], **parameter}))
    for where, schema in objects(document, "#"):
        described += [(f"{where}/{name}", field) for name, field in schema["properties"].items()]

    undescribed = [where for where, field in described if not field.get("description", "").endswith(".")]
    without_example = [where for where, field in described if not (field.get("examples") or "example" in field)]
    assert (undescribed, without_example) == ([], [])
    assert len(described) > 100


def test_the_fields_that_must_be_sent_are_the_required_ones(document: dict[str, Any]) -> None:
    bodies = {
        (path, method): next(iter(route["requestBody"]["content"].values()))["schema"]
        for path, methods in document["paths"].items()
        for method, route in methods.items()
        if "requestBody" in route
    }

    assert {route: schema.get("required", []) for route, schema in bodies.items()} == {
        UPDATE: [],
        ("/v1/posts", "post"): [],
        ("/v1/posts/bulk", "post"): ["posts"],
        ("/v1/posts/{post_id}/retry", "post"): [],
        ("/v1/posts/{post_id}/schedule", "post"): [],
        ("/v1/media", "post"): ["file"],
        ("/v1/accounts", "post"): ["platform", "account_name"],
        ("/v1/accounts/{account_id}", "patch"): [],
        UGC_UPDATE: ["postId"],
        ("/post", "post"): [],
        ("/post/video", "post"): ["accountId", "videoUrl"],
        ("/post/slideshow", "post"): ["accountId", "imageUrls"],
        ("/post/draft", "post"): ["type"],
        ("/post/status", "post"): ["postId"],
        ("/post/retry", "post"): ["postIds"],
        ("/post/delete", "post"): ["postIds"],
        ("/post/preview-schedule", "post"): ["entries"],
    }
    # null is no default: leaving a field out and sending null are two things.
    defaults = [field for schema in bodies.values() for field in schema["properties"].values() if "default" in field]
    assert defaults == []


def test_every_answer_names_its_headers(document: dict[str, Any]) -> None:
    allowance = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit", "RateLimit-Policy"}
    special = {"401": {"WWW-Authenticate"}, "default": {"Allow"}}
    special |= dict.fromkeys(("429", "503"), allowance | {"Retry-After"})
    show_a_post = {
        ("/v1/posts", "post", "201"),
        ("/v1/posts/{post_id}", "get", "200"),
        ("/v1/posts/{post_id}", "patch", "200"),
        ("/v1/posts/{post_id}/retry", "post", "200"),
        ("/v1/posts/{post_id}/schedule", "post", "200"),
    }
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            for status, response in route["responses"].items():
                expected = {"X-Request-Id"} | special.get(status, allowance)
                expected |= {"ETag"} if (path, method, status) in show_a_post else set()
                assert set(response["headers"]) == expected, (path, method, status)
                for header in response["headers"].values():
                    assert header["description"]
                    assert header["schema"]
                    assert header["example"] is not None


def test_a_change_can_be_made_to_depend_on_the_version(document: dict[str, Any]) -> None:
    taking = {
        (path, method)
        for path, methods in document["paths"].items()
        for method, route in methods.items()
        if ("If-Match", "header") in [(item["name"], item["in"]) for item in route.get("parameters", ())]
    }

    assert taking == {
        ("/v1/posts/{post_id}", "patch"),
        ("/v1/posts/{post_id}", "delete"),
        ("/v1/posts/{post_id}/retry", "post"),
        ("/v1/posts/{post_id}/schedule", "post"),
    }


def test_names_are_made_to_be_read(document: dict[str, Any]) -> None:
    assert [
        name for name in document["components"]["schemas"] if not re.fullmatch("[A-Z][A-Za-z0-9]{2,24}", name)
    ] == []
    assert {
        (path, method): route["summary"]
        for path, methods in document["paths"].items()
        for method, route in methods.items()
    } == {
        ("/v1/posts", "get"): "List posts",
        ("/v1/posts", "post"): "Create a post",
        ("/v1/posts/{post_id}", "get"): "Show a post",
        ("/v1/posts/{post_id}", "patch"): "Update a post",
        ("/v1/posts/{post_id}", "delete"): "Delete a post",
        ("/v1/posts/bulk", "post"): "Create many posts",
        ("/v1/posts/{post_id}/results", "get"): "Show how publishing went",
        ("/v1/posts/{post_id}/retry", "post"): "Retry what failed",
        ("/v1/posts/{post_id}/schedule", "post"): "Schedule a draft",
        ("/v1/posts/{post_id}/revisions", "get"): "List what changed a post",
        ("/v1/platform-rules", "get"): "List platform rules",
        ("/v1/media", "post"): "Upload media",
        ("/v1/media/{media_id}", "get"): "Show media",
        ("/v1/media/{media_id}", "delete"): "Delete media",
        ("/v1/accounts", "get"): "List accounts",
        ("/v1/accounts", "post"): "Create an account",
        ("/v1/accounts/{account_id}", "get"): "Show an account",
        ("/v1/accounts/{account_id}", "patch"): "Update an account",
        ("/post", "post"): "List posts",
        ("/post/update", "post"): "Update a post",
        ("/post/video", "post"): "Post a video",
        ("/post/slideshow", "post"): "Post a slideshow",
        ("/post/draft", "post"): "Write a draft",
        ("/post/status", "post"): "Show where a post stands",
        ("/post/retry", "post"): "Retry failed posts",
        ("/post/delete", "post"): "Delete posts",
        ("/post/preview-schedule", "post"): "Preview a schedule",
    }


async def test_documented_headers_are_answered(
    database_url: str, clock: Clock, demo: str, document: dict[str, Any]
) -> None:
    async with serving(database_url, clock, rate_limit="4/hour") as (_, client):
        unauthorized = await client.get("/v1/accounts")
        client.headers["Authorization"] = f"Bearer {demo}"
        missing = await client.patch("/v1/posts/nonsense", json={})
        shown = await client.patch(f"/v1/posts/{SCHEDULED}", json={})
        refused = await client.post("/post/update", json={})
        accounts = await client.get("/v1/accounts")
        limited = await client.get("/v1/accounts")

    ours = {"content-length", "content-type"}
    for response, (path, method) in (
        (unauthorized, ("/v1/accounts", "get")),
        (missing, UPDATE),
        (shown, UPDATE),
        (refused, UGC_UPDATE),
        (accounts, ("/v1/accounts", "get")),
        (limited, ("/v1/accounts", "get")),
    ):
        documented = operation(document, path, method)["responses"][str(response.status_code)]["headers"]
        assert set(response.headers) - ours == {name.lower() for name in documented}, response
    assert [response.status_code for response in (unauthorized, missing, shown, refused, accounts, limited)] == [
        401,
        404,
        200,
        400,
        200,
        429,
    ]


async def test_answers_have_the_documented_shape(client: httpx.AsyncClient) -> None:
    answers: list[tuple[httpx.Response, Any]] = [
        (await client.get(f"/v1/posts/{SCHEDULED}"), V1PostAnswer),
        (await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "x"}), V1PostAnswer),
        (await client.post("/v1/posts", json={"draft": True}), V1PostAnswer),
        (await client.get("/v1/posts"), V1PostPageAnswer),
        (await client.post("/v1/posts/bulk", json={"posts": [{"draft": True}, {"media": 1}, 5]}), V1BulkAnswer),
        (await client.post("/v1/posts/bulk", json={"posts": [{"timezone": 5}]}), V1BulkAnswer),
        (await client.post("/v1/posts/bulk", json={}), V1Failure),
        (await client.get(f"/v1/posts/{PARTIALLY_FAILED}/results"), V1PostResultsAnswer),
        (await client.post(f"/v1/posts/{PARTIALLY_FAILED}/retry"), V1RetriedPostAnswer),
        (await client.post(f"/v1/posts/{PARTIALLY_FAILED}/retry"), V1Failure),
        (await client.get(f"/v1/posts/{PARTIALLY_FAILED}/revisions"), V1RevisionPageAnswer),
        (await client.post(f"/v1/posts/{DRAFT}/schedule", json={"publish_now": True}), V1PostAnswer),
        (await client.post(f"/v1/posts/{DRAFT}/schedule", json={"publish_now": True}), V1Failure),
        (await client.get("/v1/platform-rules"), V1PlatformRulesAnswer),
        (await client.get("/v1/accounts"), V1AccountListAnswer),
        (await client.get("/v1/accounts/2280"), V1AccountAnswer),
        (await client.patch("/v1/accounts/2280", json={"rules": {"text_limit": 9}}), V1AccountAnswer),
        (await client.post("/v1/accounts", json={"platform": "x", "account_name": "@new"}), V1AccountAnswer),
        (await client.patch("/v1/accounts/2280", json={"account_name": None}), V1Failure),
        (await client.delete(f"/v1/posts/{DRAFT}"), V1DeletedPostAnswer),
        (await client.patch(f"/v1/posts/{SCHEDULED}", json={"media": 1}), V1Failure),
        (await client.patch(f"/v1/posts/{SCHEDULED}", json={"timezone": None, "content": 5}), V1Failure),
        (await client.patch(f"/v1/posts/{SCHEDULED}", json={}, headers={"If-Match": '"9"'}), V1Failure),
        (await client.patch(f"/v1/posts/{PARTIALLY_FAILED}", json={"account_ids": []}), V1Failure),
        (await client.get("/v1/posts/nonsense"), V1Failure),
        (await client.post("/post/update", json={"postId": str(VIDEO)}), PostSuccess),
        (await client.post("/post/update", json={}), PostFailure),
        (await client.post("/post/draft", json={"type": "video"}), PostSuccess),
        (await client.post("/post", json={}), PostListSuccess),
        (await client.post("/post/status", json={"postId": str(PARTIALLY_FAILED)}), StatusSuccess),
        (await client.post("/post/retry", json={"postIds": [str(FAILED)]}), RetrySuccess),
        (await client.post("/post/delete", json={"postIds": [str(FAILED)]}), DeleteSuccess),
        (await client.post("/post/preview-schedule", json={"entries": [PLANNED]}), PreviewSuccess),
        (await client.post("/post/preview-schedule", json={}), PostFailure),
    ]
    for response, shape in answers:
        # A round trip through the documented type loses what the type does not name, and refuses what it lacks.
        adapter = TypeAdapter(shape)
        assert adapter.dump_python(adapter.validate_python(response.json(), strict=True)) == response.json()


async def test_the_documentation_page_loads_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")

    assert page.status_code == 200
    assert "swagger-ui" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert 'src="//' not in page.text
    for path in ("/openapi.json", "/static-offline-docs/swagger-ui-bundle.js", "/static-offline-docs/swagger-ui.css"):
        assert path in page.text
        assert (await client.get(path)).status_code == 200


def test_every_example_of_an_answer_is_what_the_document_describes(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    checked = 0
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            for status, response in route["responses"].items():
                for content in response.get("content", {}).values():
                    examples = [example["value"] for example in content.get("examples", {}).values()]
                    examples += [content["example"]] if "example" in content else []
                    schema = {**content["schema"], "components": {"schemas": shapes}}
                    for example in examples:
                        errors = [error.message for error in Draft202012Validator(schema).iter_errors(example)]
                        assert errors == [], (method, path, status)
                        checked += 1
    assert checked > 200
