"""Fill an empty database with posts to try things on: one of every status and kind, and one of another organisation.

The ids are fixed, so that documentation can name them; the times are set from the instant of filling, so that nothing
is stale.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from app.commands.manage_keys import add_key
from app.domain.account import Account
from app.domain.api_key import Scope
from app.domain.changes import LEAVE
from app.domain.destination import Destination, DestinationStatus
from app.domain.kind import PostKind
from app.domain.media import Media, MediaType
from app.domain.platforms import Platform
from app.domain.post import Post, PostStatus
from app.repositories.accounts import AccountRepository
from app.repositories.media import MediaRepository
from app.repositories.organizations import OrganizationRepository
from app.repositories.posts import PostRepository

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from app.repositories.credential_cipher import CredentialCipher

SCHEDULED: Final = UUID("f47ac10b-58cc-4372-a567-0e02b2c3d479")
DRAFT: Final = UUID("d4af7000-0000-4000-8000-000000000001")
PUBLISHED: Final = UUID("9b115ed0-0000-4000-8000-000000000002")
FAILED: Final = UUID("fa11ed00-0000-4000-8000-000000000003")
PARTIALLY_FAILED: Final = UUID("9a47fa11-0000-4000-8000-000000000004")
PUBLISHING: Final = UUID("9b115419-0000-4000-8000-000000000005")
VIDEO: Final = UUID("71de0000-0000-4000-8000-000000000006")
SLIDESHOW: Final = UUID("511de540-0000-4000-8000-000000000007")
OF_ANOTHER_ORGANIZATION: Final = UUID("07e40000-0000-4000-8000-000000000008")

BANNER: Final = UUID("a1b2c3d4-e5f6-7890-abcd-ef1234567890")
CLIP: Final = UUID("c11b0000-0000-4000-8000-000000000001")
SLIDES: Final = tuple(UUID(f"511de000-0000-4000-8000-00000000000{number}") for number in (1, 2, 3))

_REFUSED = "The platform refused the post: the access token has expired."


def try_fill_demo(
    connection: Connection, *, secret: str, now: datetime, cipher: CredentialCipher | None = None
) -> bool:
    """Fill the database if there is nothing in it, with `secret` as the key of the demo's organisation.

    cipher: seals the credentials that let the demo's accounts publish to the sandbox; without one they have none.
    Whether it did: a database that holds anything is left as it is.
    """
    organizations = OrganizationRepository(connection)
    if not organizations.is_empty():
        return False

    ours = organizations.add("Redraft Demo", now=now)
    add_key(connection, secret, organization_id=ours, name="demo", scopes=tuple(Scope), now=now)
    accounts = {account.id: account for account in _accounts(now)}
    for account in accounts.values():
        credentials = LEAVE if cipher is None else {"sandbox": account.name}
        AccountRepository(connection, ours, cipher=cipher).add(account, credentials=credentials)
    media = {item.id: item for item in _media()}
    for item in media.values():
        MediaRepository(connection, ours).add(item, now=now)
    for post in _posts(accounts, media, now):
        PostRepository(connection, ours, changed_by="demo").add(post)

    theirs = organizations.add("Another Organisation", now=now)
    account = Account(id=3100, platform=Platform.X, name="@otherbrand", is_active=True, created_at=now)
    AccountRepository(connection, theirs).add(account)
    PostRepository(connection, theirs, changed_by="demo").add(
        _post(OF_ANOTHER_ORGANIZATION, "Nobody else can see this.", now, Destination(account=account))
    )
    return True


def _accounts(now: datetime) -> list[Account]:
    added = now - timedelta(days=90)
    return [
        Account(id=2280, platform=Platform.INSTAGRAM, name="@mybrand", is_active=True, created_at=added),
        Account(id=2282, platform=Platform.X, name="@mybrand", is_active=True, created_at=added),
        Account(id=2285, platform=Platform.LINKEDIN, name="My Brand", is_active=True, created_at=added),
        Account(id=2290, platform=Platform.TIKTOK, name="@mybrand.video", is_active=True, created_at=added),
        Account(id=2299, platform=Platform.MASTODON, name="@mybrand@old.example", is_active=False, created_at=added),
    ]


def _media() -> list[Media]:
    return [
        Media(
            id=BANNER,
            type=MediaType.IMAGE,
            url="https://media.example/launch-banner.jpg",
            width=1920,
            height=1080,
            alt_text="The launch date on a blue ground",
        ),
        Media(id=CLIP, type=MediaType.VIDEO, url="https://media.example/teaser.mp4", duration_ms=15_000),
        *(
            Media(id=id, type=MediaType.IMAGE, url=f"https://media.example/slide-{number}.jpg", width=1080, height=1350)
            for number, id in enumerate(SLIDES, start=1)
        ),
    ]


def _posts(accounts: dict[int, Account], media: dict[UUID, Media], now: datetime) -> list[Post]:
    instagram, x, linkedin, tiktok = (accounts[id] for id in (2280, 2282, 2285, 2290))
    yesterday = now - timedelta(days=1)
    return [
        _post(
            SCHEDULED,
            "We launch next week. Save the date!",
            now,
            Destination(account=instagram),
            Destination(account=x),
            Destination(account=linkedin),
            media=(media[BANNER],),
        ),
        _post(
            DRAFT,
            "Notes for the follow-up post.",
            now,
            Destination(account=x),
            status=PostStatus.DRAFT,
            scheduled_for=None,
        ),
        _post(
            PUBLISHED,
            "Something is coming.",
            now,
            _published(instagram, yesterday),
            status=PostStatus.PUBLISHED,
            scheduled_for=yesterday,
            media=(media[BANNER],),
        ),
        _post(
            FAILED,
            "Meet the team behind the launch.",
            now,
            _failed(linkedin),
            status=PostStatus.FAILED,
            scheduled_for=yesterday,
            failure_reason=_REFUSED,
        ),
        _post(
            PARTIALLY_FAILED,
            "Three things we learned.",
            now,
            _published(instagram, yesterday),
            _failed(x),
            status=PostStatus.PARTIALLY_FAILED,
            scheduled_for=yesterday,
            media=(media[BANNER],),
            failure_reason=_REFUSED,
        ),
        _post(
            PUBLISHING,
            "On its way out right now.",
            now,
            Destination(account=x, status=DestinationStatus.PUBLISHING, attempts=1),
            status=PostStatus.PUBLISHING,
            scheduled_for=now,
        ),
        _post(
            VIDEO,
            "Fifteen seconds of what is coming.",
            now,
            Destination(account=tiktok),
            kind=PostKind.VIDEO,
            media=(media[CLIP],),
        ),
        _post(
            SLIDESHOW,
            "Swipe for the details.",
            now,
            Destination(account=tiktok),
            kind=PostKind.SLIDESHOW,
            title="Launch in three slides",
            media=tuple(media[id] for id in SLIDES),
        ),
    ]


def _post(
    id: UUID,
    content: str,
    now: datetime,
    *destinations: Destination,
    status: PostStatus = PostStatus.SCHEDULED,
    kind: PostKind = PostKind.STANDARD,
    scheduled_for: datetime | timedelta | None = timedelta(days=8),
    title: str | None = None,
    media: tuple[Media, ...] = (),
    failure_reason: str | None = None,
) -> Post:
    written = now - timedelta(days=2)
    return Post(
        id=id,
        kind=kind,
        status=status,
        content=content,
        title=title,
        scheduled_for=now + scheduled_for if isinstance(scheduled_for, timedelta) else scheduled_for,
        timezone="UTC",
        media=media,
        platform_content={},
        social_audio_id=None,
        music_post_id=None,
        destinations=destinations,
        failure_reason=failure_reason,
        version=1,
        created_at=written,
        updated_at=written,
    )


def _published(account: Account, at: datetime) -> Destination:
    return Destination(
        account=account,
        status=DestinationStatus.PUBLISHED,
        platform_post_id="17900000000000001",
        platform_post_url="https://platform.example/p/17900000000000001",
        published_at=at,
        attempts=1,
    )


def _failed(account: Account) -> Destination:
    return Destination(account=account, status=DestinationStatus.FAILED, error=_REFUSED, attempts=3)
