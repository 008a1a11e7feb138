"""The OpenAPI document says what the two REST edges answer, with the documented APIs' own examples."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from app.commands.fill_demo import DRAFT, SCHEDULED, VIDEO
from app.main import create_app
from app.rest.ugc import answers as ugc_answers
from app.rest.ugc import shapes as ugc_shapes
from app.rest.v1 import answers as v1_answers
from app.rest.v1 import shapes as v1_shapes
from app.settings import Settings

UPDATE = ("/v1/posts/{post_id}", "patch")
UGC_UPDATE = ("/post/update", "post")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    document: dict[str, Any] = create_app(Settings(database_url="sqlite://")).openapi()
    return document


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
        ("/v1/accounts", "get"),
        ("/v1/accounts/{account_id}", "get"),
        ("/post/update", "post"),
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
    # No version can be expected on this edge, so that 409 is never answered.
    ugc = {str(status) for status, _ in ugc_answers.TABLE.values()} - {"409"}

    assert set(operation(document, *UPDATE)["responses"]) == {"200", "default"} | v1 | unreadable
    assert set(operation(document, *UGC_UPDATE)["responses"]) == {"200"} | ugc | unreadable


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
    assert [path for path, methods in document["paths"].items() if "422" in str(methods)] == []
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


async def test_answers_have_the_documented_shape(client: httpx.AsyncClient) -> None:
    v1_post = v1_answers.Success[v1_shapes.PostShape]
    answers: list[tuple[httpx.Response, Any]] = [
        (await client.get(f"/v1/posts/{SCHEDULED}"), v1_post),
        (await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "x"}), v1_post),
        (await client.post("/v1/posts", json={"draft": True}), v1_post),
        (await client.get("/v1/posts"), v1_answers.Success[v1_shapes.PostListShape]),
        (await client.get("/v1/accounts"), v1_answers.Success[v1_shapes.AccountListShape]),
        (await client.get("/v1/accounts/2280"), v1_answers.Success[v1_shapes.AccountShape]),
        (await client.delete(f"/v1/posts/{DRAFT}"), v1_answers.Success[v1_shapes.DeletedShape]),
        (await client.patch(f"/v1/posts/{SCHEDULED}", json={"media": 1}), v1_answers.Failure),
        (
            await client.post("/post/update", json={"postId": str(VIDEO)}),
            ugc_answers.Success[ugc_shapes.PostShape],
        ),
        (await client.post("/post/update", json={}), ugc_answers.Failure),
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
