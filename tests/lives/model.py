"""The rules of a post's life in fifty lines: a second opinion, which shares no line with the code it is held against.

Times are whole minutes. A change answers with the post afterwards, or with the code of its refusal.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

ENDED = ("failed", "partially_failed")


@dataclass(frozen=True, kw_only=True)
class ModelPost:
    """destinations: the status on each account."""

    content: str = ""
    time: int | None = None
    timezone: str = "UTC"
    status: str = "draft"
    version: int = 1
    destinations: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """accounts: minutes between posts for each active account. posts: by any key, all that there are."""

    accounts: dict[int, int]
    posts: dict[Any, ModelPost] = field(default_factory=dict)

    def update(self, key: Any, now: int, expected: int | None = None, **asked: Any) -> ModelPost | str:
        post = self.posts[key]
        if post.status in ("published", "publishing"):
            return "ALREADY_PUBLISHED" if post.status == "published" else "PUBLISHING_IN_PROGRESS"
        if expected not in (None, post.version):
            return "VERSION_CONFLICT"
        accounts = asked.get("accounts", set(post.destinations))
        if any(status == "published" and id not in accounts for id, status in post.destinations.items()):
            return "ACCOUNT_ALREADY_PUBLISHED"
        is_wrong = not all(id in self.accounts or id in post.destinations for id in accounts)
        is_wrong |= (time := asked.get("time", post.time)) is not None and time != post.time and time <= now
        new = replace(
            post,
            content=asked.get("content", post.content),
            timezone=asked.get("timezone", post.timezone),
            time=time,
            destinations={id: post.destinations.get(id, "queued") for id in sorted(accounts)},
        )
        status = None if asked.get("status") == post.status else asked.get("status")
        if status or new != post:
            target = status or ("scheduled" if post.status in ENDED else post.status)
            if post.status in ENDED or target == "draft":
                new = replace(
                    new, destinations={id: "queued" if s == "failed" else s for id, s in new.destinations.items()}
                )
            if target == "scheduled" and new.destinations and "queued" not in new.destinations.values():
                is_wrong |= status is not None
                target = settled(new.destinations)
            new = replace(new, status=target)
        is_moved = (new.time, new.status, takes_slots_on(new)) != (post.time, post.status, takes_slots_on(post))
        if not is_wrong and is_moved and new.status == "scheduled" and new.time is not None and new.time >= now:
            new = replace(new, time=self.first_free(key, new))
        if new != post and new.status != "draft":
            is_wrong |= new.time is None or not new.destinations or not new.content
        if is_wrong:
            return "INVALID_INPUT"
        return post if new == post else replace(new, version=post.version + 1)

    def first_free(self, key: Any, post: ModelPost) -> int:
        queued = [id for id, status in post.destinations.items() if status == "queued"]
        taken = [
            (other.time, self.accounts.get(id, 0))
            for place, other in self.posts.items()
            for id, status in other.destinations.items()
            if place != key
            and id in queued
            and status != "failed"
            and other.status != "draft"
            and other.time is not None
        ]
        time = post.time or 0
        while any(abs(time - at) < gap for at, gap in taken):
            time += 1
        return time

    def retry(self, key: Any, now: int, *, confirm: bool) -> ModelPost | str:
        post = self.posts[key]
        if post.status in ("published", "publishing"):
            return "ALREADY_PUBLISHED" if post.status == "published" else "PUBLISHING_IN_PROGRESS"
        again = ("failed", "unknown") if confirm else ("failed",)
        queued = {id: "queued" if status in again else status for id, status in post.destinations.items()}
        new = replace(post, status="scheduled", destinations=queued, version=post.version + 1)
        if queued == post.destinations or new.time is None or not new.content:
            return "INVALID_INPUT"
        is_moved = (new.status, takes_slots_on(new)) != (post.status, takes_slots_on(post))
        return replace(new, time=self.first_free(key, new)) if is_moved and new.time >= now else new

    def claim(self, now: int) -> dict[Any, ModelPost]:
        """The posts that are claimed when a worker claims what is due."""
        return {
            key: replace(
                post,
                status="publishing",
                destinations={id: "publishing" if s == "queued" else s for id, s in post.destinations.items()},
                version=post.version + 1,
            )
            for key, post in self.posts.items()
            if post.status == "scheduled" and post.time is not None and post.time <= now
        }

    def end(self, key: Any, outcomes: dict[int, str]) -> ModelPost:
        """The post with what came of its calls; without another outcome, a destination is out."""
        post = self.posts[key]
        ended = {
            id: outcomes.get(id, "published") if status == "publishing" else status
            for id, status in post.destinations.items()
        }
        return replace(post, status=settled(ended), destinations=ended, version=post.version + 1)

    def delete(self, key: Any) -> str | None:
        post = self.posts[key]
        if post.status == "publishing":
            return "PUBLISHING_IN_PROGRESS"
        return "ALREADY_PUBLISHED" if "published" in post.destinations.values() else None


def settled(destinations: dict[int, str]) -> str:
    published = [status == "published" for status in destinations.values()]
    return "published" if all(published) else "partially_failed" if any(published) else "failed"


def takes_slots_on(post: ModelPost) -> list[int]:
    return [id for id, status in post.destinations.items() if status != "failed" and post.status != "draft"]
