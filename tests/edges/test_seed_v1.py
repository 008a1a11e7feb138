"""The requests and answers printed on the page of PATCH /posts/{post_id}, as they are printed there."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx

from app.commands.fill_demo import PUBLISHED, SCHEDULED
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from tests.support.edges import dump, stored_post

REQUEST = {
    "content": "Updated caption — new launch date confirmed!",
    "scheduled_for": "2026-04-20T09:00:00Z",
    "timezone": "UTC",
    "media_ids": ["a1b2c3d4-e5f6-7890-abcd-ef1234567890"],
}


async def test_the_printed_update_is_answered_as_printed(client: httpx.AsyncClient, database: Database) -> None:
    # given the instant at which the page's post was created
    demo_post = await stored_post(database, SCHEDULED)
    page_post = demo_post._replace(created_at=datetime(2026, 4, 10, 12, tzinfo=UTC), version=2)
    await database.write(lambda connection: PostRepository(connection, 1).save((demo_post, page_post)))

    # when
    response = await client.patch(f"/v1/posts/{SCHEDULED}", json=REQUEST)

    # then
    assert response.status_code == 200
    assert response.json() == {
        "data": {
            "post_id": "f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "id": "f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "status": "scheduled",
            "content": "Updated caption — new launch date confirmed!",
            "account_ids": [2280, 2282, 2285],
            "scheduled_for": "2026-04-20T09:00:00.000Z",
            "timezone": "UTC",
            "media_ids": ["a1b2c3d4-e5f6-7890-abcd-ef1234567890"],
            "media": [
                {
                    "media_id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
                    "type": "image",
                    "width": 1920,
                    "height": 1080,
                }
            ],
            "platform_content": {},
            # The page names three accounts and prints the destination of one. All three are answered.
            "destinations": [
                {
                    "account_id": account_id,
                    "account_name": account_name,
                    "platform": platform,
                    "status": "queued",
                    "platform_post_id": None,
                    "platform_post_url": None,
                    "published_at": None,
                    "error": None,
                    "attempts": 0,
                }
                for account_id, account_name, platform in (
                    (2280, "@mybrand", "instagram"),
                    (2282, "@mybrand", "x"),
                    (2285, "My Brand", "linkedin"),
                )
            ],
            "created_at": "2026-04-10T12:00:00.000Z",
            "updated_at": "2026-04-12T08:30:00.000Z",
            "next_step": (
                "Post rescheduled to 2026-04-20T09:00:00.000Z. "
                "Call GET /v1/posts/f47ac10b-58cc-4372-a567-0e02b2c3d479 to check status."
            ),
        },
        "error": None,
        # A request id is new with every request: the page's a1b2c3d4 is one that was drawn once.
        "meta": {"request_id": response.headers["X-Request-Id"], "timestamp": "2026-04-12T08:30:00.000Z"},
    }


async def test_a_post_that_does_not_exist_is_answered_as_printed(client: httpx.AsyncClient) -> None:
    response = await client.patch("/v1/posts/00000000-0000-4000-8000-000000000000", json=REQUEST)

    assert response.status_code == 404
    assert response.json() == {
        "data": None,
        "error": {"message": "Post not found.", "code": "not_found"},
        # The page's e5f6g7h8 was drawn for another request.
        "meta": {"request_id": response.headers["X-Request-Id"], "timestamp": "2026-04-12T08:30:00.000Z"},
    }


async def test_a_published_post_is_answered_as_printed(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    response = await client.patch(f"/v1/posts/{PUBLISHED}", json=REQUEST)

    assert response.status_code == 409
    assert response.json() == {
        "data": None,
        "error": {
            "message": "Cannot update a post that has already been published.",
            "code": "post_already_published",
        },
        # The page's i9j0k1l2 was drawn for another request.
        "meta": {"request_id": response.headers["X-Request-Id"], "timestamp": "2026-04-12T08:30:00.000Z"},
    }
    assert await dump(database) == before
