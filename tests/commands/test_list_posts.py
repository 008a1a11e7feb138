"""Lists: every post exactly once and in order, however they are paged, and only those that match."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.commands.fill_demo import DRAFT, FAILED, PARTIALLY_FAILED, PUBLISHED, PUBLISHING, SCHEDULED, SLIDESHOW, VIDEO
from app.commands.list_posts import PostPage, list_posts
from app.commands.service import Service
from app.commands.unit import Unit
from app.commands.update_post import update_post
from app.domain.changes import PostChanges
from app.domain.listing import Position, PostFilter, PostListing, PostOrder
from app.domain.platforms import Platform
from app.domain.post import Post, PostStatus
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from tests.repositories.storage import OURS, READS_OF_POSTS, THEIRS, statements_of, stored_post
from tests.support.clock import NOW, Ids

ORDERS = list(PostOrder)
TIMES: list[datetime | None] = [NOW + timedelta(days=1), NOW + timedelta(days=1, milliseconds=1), None]


async def add_copies(database: Database, count: int) -> list[Post]:
    """Copies of the demo draft: many share an instant, in every order, and a third have no time."""
    template = await stored_post(database, DRAFT)
    copies = [
        template._replace(  # Ids that do not grow with the instants, so that neither order can stand in for the other.
            id=UUID(int=(number * 7919 % count + 1) << 64),
            content=f"Copy {number}",
            scheduled_for=TIMES[number % 3],
            created_at=NOW + timedelta(milliseconds=number // 4),
            updated_at=NOW - timedelta(milliseconds=number // 4),
        )
        for number in range(count)
    ]

    def add(connection: Connection) -> None:
        for copy in copies:
            PostRepository(connection, OURS).add(copy)

    await database.write(add)
    return copies


def in_order(posts: Iterable[Post], order: PostOrder) -> list[UUID]:
    def key(post: Post) -> tuple[bool, datetime, UUID]:
        instant: datetime | None = getattr(post, order.value)
        return instant is None, instant or NOW, post.id

    return [post.id for post in sorted(posts, key=key)]


async def every_post(database: Database) -> list[Post]:
    ids = (SCHEDULED, DRAFT, PUBLISHED, FAILED, PARTIALLY_FAILED, PUBLISHING, VIDEO, SLIDESHOW)
    return [await stored_post(database, id) for id in ids]


async def list_by(service: Service, filter: PostFilter) -> set[UUID]:
    listing = PostListing(filter=filter, limit=100)
    page = await service.run(OURS, list_posts, listing=listing, with_total=True)
    assert page.total == len(page.posts)
    return {post.id for post in page.posts}


async def test_pages_cover_every_post_once_and_in_order(service: Service, database: Database) -> None:
    posts = [*await every_post(database), *await add_copies(database, 30)]

    for order in ORDERS:
        for limit in (1, 3, 4, 38, 100):
            seen: list[UUID] = []
            after: Position | None = None
            has_more = True
            while has_more:
                listing = PostListing(order=order, limit=limit, after=after)
                page: PostPage = await service.run(OURS, list_posts, listing=listing, with_total=False)
                assert page.total is None
                assert len(page.posts) == min(limit, 38 - len(seen))
                seen += [post.id for post in page.posts]
                has_more = page.has_more
                after = Position.of(page.posts[-1], order)
            assert seen == in_order(posts, order), (order, limit)


async def test_pages_by_offset_cover_every_post_once_and_in_order(service: Service, database: Database) -> None:
    posts = [*await every_post(database), *await add_copies(database, 30)]

    pages = [
        await service.run(OURS, list_posts, listing=PostListing(limit=10, offset=offset), with_total=True)
        for offset in (0, 10, 20, 30, 40)
    ]

    seen = [post.id for page in pages for post in page.posts]
    assert seen == in_order(posts, PostOrder.SCHEDULED_FOR)
    assert [page.has_more for page in pages] == [True, True, True, False, False]
    assert [page.total for page in pages] == [38] * 5


async def test_a_listed_post_is_the_whole_post(service: Service, database: Database) -> None:
    page = await service.run(OURS, list_posts, listing=PostListing(limit=100), with_total=False)

    assert {post.id: post for post in page.posts} == {post.id: post for post in await every_post(database)}


async def test_a_post_that_moves_between_two_pages_duplicates_no_other(service: Service, database: Database) -> None:
    posts = [*await every_post(database), *await add_copies(database, 30)]
    expected = in_order(posts, PostOrder.SCHEDULED_FOR)
    first = await service.run(OURS, list_posts, listing=PostListing(limit=19), with_total=False)
    last_seen = first.posts[-1]

    for moved in (expected[2], expected[18]):  # one behind the page's end, and the one at its very end
        changes = PostChanges(scheduled_for=NOW + timedelta(days=300))
        assert (await stored_post(database, moved)).status is not PostStatus.PUBLISHING
        await service.run(OURS, update_post, post_id=moved, changes=changes)
    rest = await service.run(
        OURS,
        list_posts,
        listing=PostListing(limit=100, after=Position.of(last_seen, PostOrder.SCHEDULED_FOR)),
        with_total=False,
    )

    seen = [post.id for post in rest.posts]
    assert [id for id in seen if id not in (expected[2], expected[18])] == expected[19:]
    assert len(seen) == len(expected[19:]) + 2


async def test_filters_keep_the_posts_that_match_every_part(service: Service, database: Database) -> None:
    scheduled_for = (await stored_post(database, SCHEDULED)).scheduled_for
    assert scheduled_for is not None
    a_moment = timedelta(milliseconds=1)
    cases: list[tuple[PostFilter, set[UUID]]] = [
        (PostFilter(statuses=frozenset({PostStatus.DRAFT})), {DRAFT}),
        (PostFilter(statuses=frozenset({PostStatus.FAILED, PostStatus.PUBLISHED})), {FAILED, PUBLISHED}),
        (PostFilter(statuses=frozenset()), set()),
        (PostFilter(platforms=frozenset({Platform.TIKTOK})), {VIDEO, SLIDESHOW}),
        (PostFilter(platforms=frozenset({Platform.LINKEDIN, Platform.TIKTOK})), {SCHEDULED, FAILED, VIDEO, SLIDESHOW}),
        (PostFilter(platforms=frozenset({Platform.YOUTUBE})), set()),
        (PostFilter(account_ids=frozenset({2285})), {SCHEDULED, FAILED}),
        (PostFilter(account_ids=frozenset({2290, 2**31, 2**70, -1, 0})), {VIDEO, SLIDESHOW}),
        (PostFilter(account_ids=frozenset({2**31})), set()),
        (PostFilter(scheduled_after=scheduled_for), set()),
        (PostFilter(scheduled_after=scheduled_for - a_moment), {SCHEDULED, VIDEO, SLIDESHOW}),
        (PostFilter(scheduled_before=NOW), {PUBLISHED, FAILED, PARTIALLY_FAILED}),
        (PostFilter(scheduled_before=NOW + a_moment), {PUBLISHED, FAILED, PARTIALLY_FAILED, PUBLISHING}),
        (PostFilter(scheduled_after=NOW - a_moment, scheduled_before=NOW + a_moment), {PUBLISHING}),
        (
            PostFilter(
                statuses=frozenset({PostStatus.SCHEDULED}),
                platforms=frozenset({Platform.TIKTOK}),
                search="swipe",
            ),
            {SLIDESHOW},
        ),
    ]

    for filter, expected in cases:
        assert await list_by(service, filter) == expected, filter


SEARCHES: list[tuple[str, list[str], list[str]]] = [
    ("Big Sale", ["sale", "SALE", "g S", "Big Sale"], ["sales", "Big  Sale"]),
    ("Élan à l'ÉTÉ", ["élan", "ÉLAN", "été", "À L'"], ["elan", "ete"]),
    ("Москва Straße", ["москва", "МОСКВА", "straße"], ["moskva"]),
    ("100% of a_b\\c/d", ["100%", "% of", "a_b", "\\c", "b\\c/d"], ["1%f", "a%b", "a__", "a.b", "100_"]),
    ('🎉 it\'s "quoted"', ["🎉", "it's", '"quoted"'], ["🎊"]),
]
"""The content of a post, searches that find it, and searches that do not."""


async def test_a_search_finds_the_text_in_any_case_and_takes_no_sign_for_a_wildcard(service: Service) -> None:
    for content, found_by, not_found_by in SEARCHES:
        await service.run(OURS, update_post, post_id=DRAFT, changes=PostChanges(content=content))

        for text in found_by:
            assert await list_by(service, PostFilter(search=text)) == {DRAFT}, text
        for text in not_found_by:
            assert await list_by(service, PostFilter(search=text)) == set(), text


async def test_a_search_for_what_no_post_can_hold_finds_nothing(service: Service) -> None:
    for text in ("\0", "launch\0", "\ud800"):
        assert await list_by(service, PostFilter(search=text)) == set()


async def test_a_page_costs_as_many_statements_however_many_posts_it_holds_and_its_total_one_more(
    database: Database, demo: str, engine: str
) -> None:
    await add_copies(database, 60)

    def statements_for(connection: Connection, *, limit: int, with_total: bool) -> int:
        unit = Unit(connection, OURS, changed_by="a test", now=NOW, new_id=Ids())
        with statements_of(connection) as statements:
            page = list_posts(unit, listing=PostListing(limit=limit), with_total=with_total)
        assert len(page.posts) == limit
        return len(statements)

    for total in (0, 1):
        counts = await database.read(
            lambda connection, with_total=bool(total): [  # type: ignore[misc]
                statements_for(connection, limit=limit, with_total=with_total) for limit in (1, 10, 60)
            ]
        )
        assert counts == [READS_OF_POSTS[engine] + total] * 3  # one more is read than is shown


async def test_an_empty_list_is_a_list(service: Service) -> None:
    listing = PostListing(filter=PostFilter(search="nowhere"))

    page = await service.run(THEIRS, list_posts, listing=listing, with_total=True)

    assert (page.posts, page.has_more, page.total) == ([], False, 0)
