"""The history of a post: what each change says of itself, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.changes import LEAVE, NAMES, PostChanges
from app.domain.destination import DestinationStatus
from app.domain.errors import InputIssue, IssueCode, Refusal
from app.domain.history import EventType, FieldChange, Revision, _facts, changes_back_to, changes_between
from app.domain.post import Post, PostStatus, settled_status
from tests.support.clock import NOW
from tests.support.posts import (
    IN_A_WEEK,
    a_draft,
    a_failed_post,
    a_partially_failed_post,
    a_scheduled_post,
    an_account,
    an_image,
    failed,
    known,
    published,
    queued,
)

HELD = known(*(an_account(id) for id in range(1, 5)), an_image(1), an_image(2))
FIELDS = (*NAMES, "kind", "failure_reason", "destinations")


def fields_of(post: Post) -> dict[str, object]:
    """What a history tells of a post: the fields as JSON values."""
    told = {change.field: change.after for change in changes_between(None, post)}
    return {name: told.get(name) for name in (*NAMES, "kind")}


def change(field: str, before: object, after: object) -> FieldChange:
    return FieldChange(field=field, before=before, after=after)


def test_a_new_post_tells_every_field_that_has_a_value() -> None:
    post = a_scheduled_post(queued(2), media=(an_image(1),), version=1)

    revision = Revision.of(None, post, by="a key")

    assert revision == Revision(
        post_id=post.id,
        version=1,
        changed_at=post.updated_at,
        changed_by="a key",
        changes=(
            change("content", None, "Launch day"),
            change("account_ids", None, [2]),
            change("scheduled_for", None, "2026-04-19T08:30:00.000Z"),
            change("timezone", None, "UTC"),
            change("media_ids", None, ["00000000-0000-0000-0000-000000000001"]),
            change("platform_content", None, {}),
            change("status", None, "scheduled"),
            change("kind", None, "standard"),
        ),
        event=EventType.SCHEDULED,
        status=PostStatus.SCHEDULED,
    )


def test_a_change_tells_the_fields_that_it_changed_before_and_after() -> None:
    post = a_draft(queued(1), scheduled_for=None)
    changes = PostChanges(
        content="Other words",
        account_ids=frozenset({3, 2}),
        scheduled_for=IN_A_WEEK,
        timezone="Asia/Tokyo",
        media_ids=(an_image(2).id,),
        platform_content={"x": {"content": "C"}},
        status=PostStatus.SCHEDULED,
        social_audio_id="audio",
    )

    revised = post.apply(changes, HELD, now=NOW)
    revision = Revision.of(post, revised, by="a key")

    assert (revision.version, revision.changed_at) == (post.version + 1, NOW)
    assert revision.changes == (
        change("content", "Launch day", "Other words"),
        change("account_ids", [1], [2, 3]),
        change("scheduled_for", None, "2026-04-19T08:30:00.000Z"),
        change("timezone", "UTC", "Asia/Tokyo"),
        change("media_ids", [], ["00000000-0000-0000-0000-000000000002"]),
        change("platform_content", {}, {"x": {"content": "C"}}),
        change("status", "draft", "scheduled"),
        change("social_audio_id", None, "audio"),
    )
    assert [item.field for item in revision.changes] == post.changed_fields(revised)


def test_a_destination_is_told_of_when_its_record_changed_and_not_when_it_came_or_went() -> None:
    post = a_partially_failed_post(published(1), failed(2))
    record = {
        "account_id": 2,
        "status": "failed",
        "platform_post_id": None,
        "platform_post_url": None,
        "published_at": None,
        "error": "The token has expired.",
        "attempts": 3,
    }
    out = {
        "account_id": 1,
        "status": "published",
        "platform_post_id": "platform-1",
        "platform_post_url": "https://platform.test/1",
        "published_at": "2026-04-11T08:30:00.000Z",
        "error": None,
        "attempts": 1,
    }

    requeued, _ = post.retried(None, now=NOW)
    with_another = a_scheduled_post(queued(1)).apply(PostChanges(account_ids=frozenset({1, 2})), HELD, now=NOW)

    assert changes_between(post, requeued) == (
        change("status", "partially_failed", "scheduled"),
        change("failure_reason", "One account failed.", None),
        change("destinations", [out, record], [out, record | {"status": "queued", "error": None}]),
    )
    assert changes_between(a_scheduled_post(queued(1)), with_another) == (change("account_ids", [1], [1, 2]),)


def test_a_deletion_tells_what_was_deleted_one_version_on() -> None:
    post = a_draft(queued(1), scheduled_for=None, version=4)

    revision = Revision.of_deletion(post, by="a key", at=NOW)

    assert (revision.version, revision.changed_at, revision.changed_by) == (5, NOW, "a key")
    assert revision.changes == (
        change("content", "Launch day", None),
        change("account_ids", [1], None),
        change("timezone", "UTC", None),
        change("media_ids", [], None),
        change("platform_content", {}, None),
        change("status", "draft", None),
        change("kind", "standard", None),
    )


def left_or(*values: Any) -> st.SearchStrategy[Any]:
    return st.just(LEAVE) | st.sampled_from(values)


UPDATES = st.builds(
    PostChanges,
    content=left_or(None, "Launch day", "Other words"),
    account_ids=left_or(*(frozenset(ids) for ids in ([1], [2, 3], [1, 2, 3, 4]))),
    scheduled_for=left_or(IN_A_WEEK, IN_A_WEEK + timedelta(days=1)),
    timezone=left_or("UTC", "Asia/Tokyo"),
    media_ids=left_or(None, (an_image(1).id,), (an_image(2).id, an_image(1).id)),
    platform_content=left_or(None, {"x": {"content": "C"}}),
    status=left_or(PostStatus.DRAFT, PostStatus.SCHEDULED),
    social_audio_id=left_or(None, "audio"),
)
PUBLISHING = st.lists(st.sampled_from([DestinationStatus.PUBLISHED, DestinationStatus.FAILED]), min_size=4, max_size=4)
STEPS = st.lists(UPDATES | UPDATES | UPDATES | PUBLISHING | st.just("retry"), max_size=15)


def stepped(post: Post, step: Any) -> Post:
    """The post after an update, a retry or an attempt to publish it; the same post where that is refused."""
    try:
        if isinstance(step, PostChanges):
            return post.apply(step, HELD, now=NOW)
        if step == "retry":
            return post.retried(None, now=NOW)[0]
        return post_after_publishing(post, step)
    except Refusal:
        return post


def post_after_publishing(post: Post, outcomes: list[DestinationStatus]) -> Post:
    if post.status is not PostStatus.SCHEDULED:
        return post
    destinations = tuple(
        replace(item, status=outcome, attempts=item.attempts + 1, error=None if outcome == "published" else "No.")
        if item.is_queued
        else item
        for item, outcome in zip(post.destinations, outcomes, strict=False)
    )
    status = settled_status(destinations)
    reason = None if status is PostStatus.PUBLISHED else "No."
    return post._replace(
        destinations=destinations, status=status, failure_reason=reason, version=post.version + 1, updated_at=NOW
    )


def lived(steps: list[Any]) -> tuple[list[Post], list[Revision]]:
    """Every version of a post, and its history, the oldest first."""
    versions = [a_draft(version=1)]
    for step in steps:
        after = stepped(versions[-1], step)
        if after is not versions[-1]:
            versions.append(after)
    history = [Revision.of(None, versions[0], by="a key")]
    history += [Revision.of(before, after, by="a key") for before, after in pairwise(versions)]
    return versions, history


@given(STEPS)
def test_the_history_read_forward_gives_every_version(steps: list[Any]) -> None:
    versions, history = lived(steps)
    assert [revision.version for revision in history] == [post.version for post in versions]

    folded: dict[str, object] = dict.fromkeys(FIELDS)
    for post, revision in zip(versions, history, strict=True):
        for item in revision.changes:
            assert folded[item.field] == item.before or item.field == "destinations"
            folded[item.field] = item.after
        assert {name: folded[name] for name in fields_of(post)} == fields_of(post)
        assert folded["failure_reason"] == post.failure_reason


@given(STEPS)
def test_the_history_read_backward_from_the_last_version_gives_every_earlier_one(steps: list[Any]) -> None:
    versions, history = lived(steps)

    folded = fields_of(versions[-1])
    for post, revision in zip(reversed(versions), reversed(history), strict=True):
        assert folded == fields_of(post)
        folded |= {item.field: item.before for item in revision.changes if item.field in folded}
    assert folded == dict.fromkeys(folded)


@given(STEPS, st.data())
def test_going_back_to_a_version_asks_for_what_it_said(steps: list[Any], data: st.DataObject) -> None:
    versions, history = lived(steps)
    there, now = data.draw(st.sampled_from(versions)), versions[-1]
    since = [revision for revision in reversed(history) if revision.version > there.version]

    changes = changes_back_to(there.version, now, since)

    for name in NAMES:
        asked = getattr(changes, name)
        said = getattr(there, name)
        if asked is LEAVE:
            # It says so already; or it is a status that no update may ask for.
            assert said == getattr(now, name) or (name == "status" and said in ("failed", "partially_failed"))
        elif name in ("account_ids", "media_ids"):
            assert sorted(asked, key=str) == sorted(said, key=str)
        else:
            assert asked == said
    assert changes.issues == ()


def test_what_was_null_or_empty_is_asked_for_as_such() -> None:
    before = a_scheduled_post(queued(1), media=(), platform_content={}, social_audio_id=None)
    after = before._replace(media=(an_image(),), platform_content={"x": {}}, social_audio_id="audio", version=8)

    changes = changes_back_to(7, after, [Revision.of(before, after, by="a key")])

    assert changes == PostChanges(media_ids=(), platform_content={}, social_audio_id=None)


def test_the_version_a_post_has_asks_for_nothing() -> None:
    assert changes_back_to(7, a_draft(), [], expected_versions=frozenset({7})) == PostChanges(
        expected_versions=frozenset({7})
    )


@pytest.mark.parametrize("version", [0, -1, -(2**31), 8, 2**31 - 1, 10**30])
def test_a_version_that_never_was_is_unknown(version: int) -> None:
    changes = changes_back_to(version, a_draft(), [], expected_versions=frozenset({3}))

    message = f"The post has no version {version} to go back to: its version is 7."
    assert changes == PostChanges(
        issues=(InputIssue(path=("version",), code=IssueCode.UNKNOWN_VERSION, message=message),),
        expected_versions=frozenset({3}),
    )


def test_a_history_with_a_hole_leads_back_no_further_than_the_hole() -> None:
    post = a_scheduled_post(queued(1), version=1)
    versions = [post]
    for number in range(2, 6):
        versions.append(post._replace(content=f"Version {number}", version=number))
    history = [Revision.of(before, after, by="a key") for before, after in pairwise(versions)]
    without_version_3 = [revision for revision in reversed(history) if revision.version != 3]

    def back_to(version: int) -> PostChanges:
        since = [revision for revision in without_version_3 if revision.version > version]
        return changes_back_to(version, versions[-1], since)

    assert back_to(4) == PostChanges(content="Version 4")
    assert back_to(3) == PostChanges(content="Version 3")
    assert [issue.code for issue in back_to(2).issues] == [IssueCode.UNKNOWN_VERSION]
    assert [issue.code for issue in back_to(1).issues] == [IssueCode.UNKNOWN_VERSION]


def test_publishing_is_not_undone() -> None:
    scheduled = a_scheduled_post(queued(1), version=6)
    post = a_failed_post(failed(1), scheduled_for=scheduled.scheduled_for, version=7)
    draft = post._replace(status=PostStatus.DRAFT, failure_reason=None, version=8)
    first, second = Revision.of(scheduled, post, by="publisher"), Revision.of(post, draft, by="a key")

    assert changes_back_to(6, draft, [second, first]) == PostChanges(status=PostStatus.SCHEDULED)
    assert changes_back_to(7, draft, [second]) == PostChanges()


def test_every_field_that_an_update_can_change_is_in_the_history() -> None:
    created = changes_between(None, a_draft())

    assert {change.field for change in created} >= set(NAMES) - {"title", "social_audio_id", "scheduled_for"}
    assert set(NAMES) <= set(_facts(a_draft()))
