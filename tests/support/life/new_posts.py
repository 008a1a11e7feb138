"""The table of new posts: every field of one, omitted, null, a value and a wrong value, on every edge that has it.

A case is a sound new post of a kind, with one field in one state. It names the fields in the domain's words, and its
media by their records; `/post/…` sends their addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as defaulting
from typing import Any, Final
from uuid import UUID

from app.commands.fill_demo import BANNER, CLIP, SLIDES
from app.domain.destination import Destination
from app.domain.errors import ErrorCode
from app.domain.kind import PostKind
from app.domain.post import Post, PostStatus
from tests.support.answers import REQUEST_ERROR, Refused, Request, mutation, post_to
from tests.support.clock import NOW
from tests.support.life.cases import invalid
from tests.support.life.world import TIME, TIME_TEXT, TOO_LONG_FOR_X, World

OMITTED: Final = object()
_URLS: Final = {
    BANNER: "https://media.example/launch-banner.jpg",
    CLIP: "https://media.example/teaser.mp4",
    **{id: f"https://media.example/slide-{number}.jpg" for number, id in enumerate(SLIDES, start=1)},
}
_TEXT: Final = " Grüße 👋🏽 e\u0301\n"
_OVERRIDES: Final = {"x": {"content": "Shorter.", "first_comment": ""}}
_STANDARD, _VIDEO, _SLIDESHOW = PostKind.STANDARD, PostKind.VIDEO, PostKind.SLIDESHOW
_DRAFT, _SCHEDULED = PostStatus.DRAFT, PostStatus.SCHEDULED

_SOUND: Final[Mapping[PostKind, Mapping[str, Any]]] = {
    _STANDARD: {"content": "Launch day", "account_ids": [2282], "scheduled_for": TIME_TEXT},
    _VIDEO: {"content": "Launch day", "account_ids": [2290], "scheduled_for": TIME_TEXT, "media_ids": [CLIP]},
    _SLIDESHOW: {"content": "Launch day", "account_ids": [2290], "scheduled_for": TIME_TEXT, "media_ids": [*SLIDES]},
}
"""What a case sends beside its own field. A draft of /post/draft has neither account nor time, and sends neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """comes_to: the attributes that make it another post than the sound one, targets and media by their ids; or how it
    is refused. routes: those that have the field, or the value; None: every one that creates posts of the kind.
    ugc: as /post/… spells the value, where it is different. is_mistyped: GraphQL's types rule it out. instead and says:
    by the route, another outcome, and the message of a refusal in words of its own. why: why not every route that
    creates such posts is among `routes`, or they come to different things.
    """

    kind: PostKind
    status: PostStatus
    field: str
    state: str
    sent: Any = OMITTED
    comes_to: Mapping[str, Any] | Refused = defaulting(default_factory=dict)
    ugc: Any = OMITTED
    routes: tuple[str, ...] | None = None
    instead: Mapping[str, Mapping[str, Any] | Refused] = defaulting(default_factory=dict)
    is_mistyped: bool = False
    says: Mapping[str, str] = defaulting(default_factory=dict)
    why: str | None = None

    def __str__(self) -> str:
        return f"{self.status} {self.kind}, {self.field}: {self.state}"

    def expected(self, route: str) -> Mapping[str, Any] | Refused:
        if self.is_mistyped and route == "createPost":
            return Refused(REQUEST_ERROR)
        return self.instead.get(route, self.comes_to)

    @property
    def requests(self) -> dict[str, Request]:
        """By the route."""
        names = self.routes or _ROUTES[self.kind, self.status]
        return {name: _WRITERS[name](self) for name in names}

    def post(self, id: UUID, world: World, route: str) -> Post:
        """What is stored of it."""
        different = self.expected(route)
        assert isinstance(different, Mapping)
        sound = _sound(self.kind, self.status)
        values = {"content": "", "account_ids": [], "media_ids": [], **sound, "scheduled_for": TIME, **different}
        if "scheduled_for" not in {**sound, **different}:
            values["scheduled_for"] = None
        return Post(
            id=id,
            kind=self.kind,
            status=values.get("status", self.status),
            content=values["content"],
            title=values.get("title"),
            scheduled_for=values["scheduled_for"],
            timezone=values.get("timezone", "UTC"),
            media=tuple(world.media[id] for id in values["media_ids"]),
            platform_content=values.get("platform_content", {}),
            social_audio_id=values.get("social_audio_id"),
            music_post_id=None,
            destinations=tuple(Destination(account=world.accounts[id]) for id in values["account_ids"]),
            failure_reason=None,
            version=1,
            created_at=NOW,
            updated_at=NOW,
        )


def _sound(kind: PostKind, status: PostStatus) -> Mapping[str, Any]:
    sound = _SOUND[kind]
    if kind is _STANDARD or status is _SCHEDULED:
        return sound
    return {name: value for name, value in sound.items() if name not in ("account_ids", "scheduled_for")}


def _fields(new: NewPost, sent: Any) -> dict[str, Any]:
    fields = {**_sound(new.kind, new.status), new.field: sent}
    return {name: value for name, value in fields.items() if value is not OMITTED and name != "nothing"}


def _as_json(value: Any) -> Any:
    return [str(item) if isinstance(item, UUID) else item for item in value] if isinstance(value, list) else value


_CAMEL: Final = {
    "account_ids": "accountIds",
    "scheduled_for": "scheduledFor",
    "media_ids": "mediaIds",
    "platform_content": "platformContent",
    "social_audio_id": "socialAudioId",
}


def _graphql(new: NewPost) -> Request:
    fields = {_CAMEL.get(name, name): _as_json(value) for name, value in _fields(new, new.sent).items()}
    written = {"kind": new.kind.upper(), "status": new.status.upper()} | fields
    return mutation("createPost", input=written)


def _v1_body(new: NewPost) -> dict[str, Any]:
    fields = {name: _as_json(value) for name, value in _fields(new, new.sent).items()}
    return ({"draft": True} if new.status is _DRAFT else {}) | fields


def _v1(new: NewPost) -> Request:
    return post_to("/v1/posts", _v1_body(new))


def _bulk(new: NewPost) -> Request:
    return post_to("/v1/posts/bulk", {"posts": [_v1_body(new)]})


_UGC: Final = {
    "content": "caption",
    "account_ids": "accountId",
    "scheduled_for": "postTime",
    "social_audio_id": "socialAudioId",
}
_UGC_MEDIA: Final = {"/post/video": "videoUrl", "/post/slideshow": "imageUrls", "/post/draft": "mediaUrls"}


def _ugc(path: str, new: NewPost) -> Request:
    written: dict[str, Any] = {"type": new.kind.value} if path == "/post/draft" else {}
    for name, value in _fields(new, new.sent).items():
        if name == new.field and new.ugc is not OMITTED:
            written[_UGC_MEDIA[path] if name == "media_ids" else _UGC.get(name, name)] = new.ugc
        elif name == "account_ids" and isinstance(value, list):
            written["accountId"] = f"acc_{value[0]}"
        elif name == "media_ids":
            urls = [_URLS[id] for id in value] if isinstance(value, list) else value
            written[_UGC_MEDIA[path]] = urls[0] if path == "/post/video" and isinstance(urls, list) else urls
        else:
            written[_UGC.get(name, name)] = value
    return post_to(path, written)


_WRITERS: Final[Mapping[str, Any]] = {
    "createPost": _graphql,
    "POST": _v1,
    "bulk": _bulk,
    "/post/video": lambda new: _ugc("/post/video", new),
    "/post/slideshow": lambda new: _ugc("/post/slideshow", new),
    "/post/draft": lambda new: _ugc("/post/draft", new),
}
_ROUTES: Final[Mapping[tuple[PostKind, PostStatus], tuple[str, ...]]] = {
    (_STANDARD, _DRAFT): ("createPost", "POST", "bulk"),
    (_STANDARD, _SCHEDULED): ("createPost", "POST", "bulk"),
    (_VIDEO, _DRAFT): ("createPost", "/post/draft"),
    (_VIDEO, _SCHEDULED): ("createPost", "/post/video"),
    (_SLIDESHOW, _DRAFT): ("createPost", "/post/draft"),
    (_SLIDESHOW, _SCHEDULED): ("createPost", "/post/slideshow"),
}
_REST: Final = ("POST", "bulk")


def _standard(
    field: str, state: str, sent: Any, comes_to: Any, *, status: PostStatus = _SCHEDULED, **more: Any
) -> NewPost:
    return NewPost(kind=_STANDARD, status=status, field=field, state=state, sent=sent, comes_to=comes_to, **more)


def _draft(field: str, state: str, sent: Any, comes_to: Any, **more: Any) -> NewPost:
    return _standard(field, state, sent, comes_to, status=_DRAFT, **more)


def _wrong(path: str, code: str = "INVALID_VALUE") -> Refused:
    return invalid((path, code))


def _unknown_name(written: str, suggestion: str | None) -> Refused:
    return Refused(ErrorCode.INVALID_FIELD_NAME, name=(written, suggestion))


_NULL_CLEARS: Final = "REST v1 clears with null whatever may be empty; the type of GraphQL's field allows no null."
_NOW: Final = (
    "Both REST APIs document that a post without a time goes out now; GraphQL asks for the time of what it queues."
)
_NO_SUCH_FIELD: Final = "That API does not have the field."

STANDARD_POSTS: Final = (
    _draft("nothing", "as it is", OMITTED, {}),
    _standard("nothing", "as it is", OMITTED, {}),
    # The text.
    _draft("content", "omitted", OMITTED, {"content": ""}),
    _draft("content", "null", None, {"content": ""}, is_mistyped=True, why=_NULL_CLEARS),
    _standard("content", "omitted", OMITTED, _wrong("content", "REQUIRED")),
    _standard("content", "null", None, _wrong("content", "REQUIRED"), is_mistyped=True),
    _standard("content", "empty", "", _wrong("content", "REQUIRED")),
    _standard("content", "value", _TEXT, {"content": _TEXT}),
    _standard("content", "NUL", "a\0b", _wrong("content")),
    _standard("content", "wrong type", 5, _wrong("content"), is_mistyped=True),
    _standard("content", "too long for X", TOO_LONG_FOR_X, invalid(("content", "TOO_LONG", "x", 280, 281))),
    _draft("content", "too long for X", TOO_LONG_FOR_X, {"content": TOO_LONG_FOR_X}),
    # The accounts.
    _draft("account_ids", "omitted", OMITTED, {"account_ids": []}),
    _standard("account_ids", "omitted", OMITTED, _wrong("account_ids", "REQUIRED")),
    _standard("account_ids", "null", None, _wrong("account_ids", "NOT_NULLABLE"), is_mistyped=True),
    _standard("account_ids", "none", [], _wrong("account_ids", "REQUIRED")),
    _standard("account_ids", "value", [2285, 2282, 2285], {"account_ids": [2282, 2285]}),
    _standard("account_ids", "unknown", [2282, 9999], _wrong("account_ids", "UNKNOWN_ID")),
    _standard("account_ids", "foreign", [3100], _wrong("account_ids", "UNKNOWN_ID")),
    _standard("account_ids", "inactive", [2299], _wrong("account_ids", "INACTIVE_ACCOUNT")),
    _draft("account_ids", "inactive", [2299], _wrong("account_ids", "INACTIVE_ACCOUNT")),
    _standard("account_ids", "wrong type", {"a": 1}, _wrong("account_ids"), is_mistyped=True),
    _standard("account_ids", "without the media it needs", [2280], invalid(("media_ids", "REQUIRED", "instagram"))),
    # The time.
    _draft("scheduled_for", "omitted", OMITTED, {"scheduled_for": None}),
    _draft("scheduled_for", "null", None, {"scheduled_for": None}),
    _standard(
        "scheduled_for",
        "omitted",
        OMITTED,
        {"scheduled_for": NOW},
        instead={"createPost": _wrong("scheduled_for", "REQUIRED")},
        why=_NOW,
    ),
    _standard("scheduled_for", "null", None, _wrong("scheduled_for", "REQUIRED")),
    _standard("scheduled_for", "value", "2026-05-01T12:00:00.0009+02:00", {"scheduled_for": TIME}),
    _standard("scheduled_for", "now", "2026-04-12T08:30:00Z", _wrong("scheduled_for", "PAST_SCHEDULE_TIME")),
    _draft("scheduled_for", "past", "2026-04-12T08:29:59Z", _wrong("scheduled_for", "PAST_SCHEDULE_TIME")),
    _standard(
        "scheduled_for",
        "as far ahead as can be",
        "2031-04-12T08:30:00Z",
        {"scheduled_for": NOW.replace(year=2031)},
    ),
    _standard("scheduled_for", "too far ahead", "2031-04-12T08:30:00.001Z", _wrong("scheduled_for", "TOO_FAR_AHEAD")),
    _standard("scheduled_for", "bare date", "2026-05-01", _wrong("scheduled_for"), is_mistyped=True),
    _standard("scheduled_for", "naive time", "2026-05-01T10:00:00", _wrong("scheduled_for"), is_mistyped=True),
    _standard("scheduled_for", "wrong type", 1_777_629_600, _wrong("scheduled_for"), is_mistyped=True),
    # The time zone.
    _standard("timezone", "omitted", OMITTED, {}),
    _standard("timezone", "null", None, _wrong("timezone", "NOT_NULLABLE"), is_mistyped=True),
    _standard("timezone", "value", "Europe/Berlin", {"timezone": "Europe/Berlin"}),
    _standard("timezone", "wrong value", "Mars/Olympus", _wrong("timezone")),
    _standard("timezone", "wrong type", ["UTC"], _wrong("timezone"), is_mistyped=True),
    # The media.
    _standard("media_ids", "omitted", OMITTED, {}),
    _standard("media_ids", "null", None, {}, is_mistyped=True, why=_NULL_CLEARS),
    _standard("media_ids", "none", [], {}),
    _standard("media_ids", "value", [SLIDES[0], BANNER], {"media_ids": [SLIDES[0], BANNER]}),
    _standard("media_ids", "duplicates", [BANNER, BANNER], _wrong("media_ids", "DUPLICATE")),
    _standard("media_ids", "unknown", [UUID(int=9)], _wrong("media_ids", "UNKNOWN_ID")),
    _standard("media_ids", "no UUID", ["x"], _wrong("media_ids.0"), is_mistyped=True),
    _standard("media_ids", "wrong type", 5, _wrong("media_ids"), is_mistyped=True),
    # What single platforms get.
    _standard("platform_content", "omitted", OMITTED, {}),
    _standard("platform_content", "null", None, {"platform_content": {}}),
    _standard("platform_content", "value", _OVERRIDES, {"platform_content": _OVERRIDES}),
    _standard(
        "platform_content", "unknown platform", {"mastadon": {}}, _unknown_name("platform_content.mastadon", "mastodon")
    ),
    _standard(
        "platform_content",
        "unknown override",
        {"x": {"firstComment": "a"}},
        _unknown_name("platform_content.x.firstComment", "first_comment"),
    ),
    _standard(
        "platform_content", "wrong value", {"x": {"first_comment": 5}}, _wrong("platform_content.x.first_comment")
    ),
    _standard("platform_content", "no object inside", {"x": "a"}, _wrong("platform_content.x")),
    _standard("platform_content", "wrong type", [1], _wrong("platform_content")),
    _standard(
        "platform_content",
        "too long for X",
        {"x": {"content": TOO_LONG_FOR_X}},
        invalid(("platform_content.x.content", "TOO_LONG", "x", 280, 281)),
    ),
    # Draft, or not. GraphQL calls it status, and REST v1 draft.
    _standard("draft", "false", False, {}, routes=_REST),
    _standard("draft", "null", None, {}, routes=_REST),
    _standard("draft", "true", True, {"status": _DRAFT}, routes=_REST),
    _standard("draft", "wrong type", "yes", _wrong("draft"), routes=_REST),
    _standard("status", "null", None, {}, routes=("createPost",), is_mistyped=True),
    _standard("status", "wrong value", "PUBLISHED", {}, routes=("createPost",), is_mistyped=True),
    _standard("status", "unknown name", "draft", _unknown_name("status", None), routes=_REST, why=_NO_SUCH_FIELD),
    _standard("kind", "null", None, {}, routes=("createPost",), is_mistyped=True),
    _standard("kind", "wrong value", "STORY", {}, routes=("createPost",), is_mistyped=True),
    # What only some edges have.
    _standard("title", "null", None, {}, routes=("createPost",), why=_NO_SUCH_FIELD),
    _standard("title", "value", "A title", _wrong("title"), routes=("createPost",), why=_NO_SUCH_FIELD),
    _standard("social_audio_id", "null", None, {}, routes=("createPost",), why=_NO_SUCH_FIELD),
    _standard(
        "social_audio_id",
        "value",
        "audio-7",
        {"social_audio_id": "audio-7"},
        routes=("createPost",),
        why=_NO_SUCH_FIELD,
    ),
    _standard(
        "scheduled_at",
        "null",
        None,
        _wrong("scheduled_at", "CONFLICTING_VALUES"),
        routes=_REST,
        why=_NO_SUCH_FIELD,
    ),
    _standard("scheduled_at", "the same", TIME_TEXT, {}, routes=_REST, why=_NO_SUCH_FIELD),
    _standard(
        "scheduled_at",
        "another",
        "2026-05-02T10:00:00Z",
        _wrong("scheduled_at", "CONFLICTING_VALUES"),
        routes=_REST,
        why=_NO_SUCH_FIELD,
    ),
    _standard("media", "unknown name", [], _unknown_name("media", "media_ids"), is_mistyped=True),
    _standard("contents", "unknown name", "a", _unknown_name("contents", "content"), is_mistyped=True),
)


def _alike(kind: PostKind, field: str, state: str, sent: Any, comes_to: Any, **more: Any) -> NewPost:
    return NewPost(kind=kind, status=_SCHEDULED, field=field, state=state, sent=sent, comes_to=comes_to, **more)


_THE_ACCOUNT: Final = "`account_ids` is required: the account that the post goes to."
_NO_ADDRESS: Final = "must be an http or https URL of at most 2048 bytes."
_NO_TIME: Final = (
    "`scheduled_for` must be an RFC 3339 date-time with an offset, such as 2026-04-20T09:00:00Z or "
    "2026-04-20T11:00:00+02:00."
)


def _of_one_account(kind: PostKind) -> tuple[NewPost, ...]:
    """What videos and slideshows have in common."""
    route = {_VIDEO: "/post/video", _SLIDESHOW: "/post/slideshow"}[kind]
    media = {
        _VIDEO: "`media_ids` is required: the address of the video.",
        _SLIDESHOW: "`media_ids` is required: the addresses of 1 to 35 images.",
    }[kind]

    def says(message: str) -> dict[str, str]:
        return {route: message}

    return (
        _alike(kind, "nothing", "as it is", OMITTED, {}),
        _alike(kind, "content", "omitted", OMITTED, {"content": ""}),
        _alike(kind, "content", "null", None, {"content": ""}, is_mistyped=True, why=_NULL_CLEARS),
        _alike(kind, "content", "value", _TEXT, {"content": _TEXT}),
        _alike(kind, "content", "NUL", "a\0b", _wrong("content")),
        _alike(
            kind, "content", "wrong type", 5, _wrong("content"), is_mistyped=True, says=says("`content` must be text.")
        ),
        _alike(kind, "account_ids", "omitted", OMITTED, _wrong("account_ids", "REQUIRED"), says=says(_THE_ACCOUNT)),
        _alike(
            kind,
            "account_ids",
            "null",
            None,
            _wrong("account_ids", "NOT_NULLABLE"),
            is_mistyped=True,
            says=says(_THE_ACCOUNT),
        ),
        _alike(kind, "account_ids", "another", [2282], {"account_ids": [2282]}, ugc="2282")
        if kind is _VIDEO
        else _alike(kind, "account_ids", "another", [2285], {"account_ids": [2285]}, ugc=2285),
        _alike(kind, "account_ids", "unknown", [9999], _wrong("account_ids", "UNKNOWN_ID")),
        _alike(kind, "account_ids", "foreign", [3100], _wrong("account_ids", "UNKNOWN_ID")),
        _alike(kind, "account_ids", "inactive", [2299], _wrong("account_ids", "INACTIVE_ACCOUNT")),
        _alike(
            kind,
            "account_ids",
            "wrong type",
            {"a": 1},
            _wrong("account_ids"),
            is_mistyped=True,
            says=says("`account_ids` must be text such as acc_2290, or a number."),
        ),
        _alike(
            kind,
            "scheduled_for",
            "omitted",
            OMITTED,
            {"scheduled_for": NOW},
            instead={"createPost": _wrong("scheduled_for", "REQUIRED")},
            why=_NOW,
        ),
        _alike(kind, "scheduled_for", "null", None, _wrong("scheduled_for", "REQUIRED")),
        _alike(kind, "scheduled_for", "value", "2026-05-01T12:00:00.0009+02:00", {"scheduled_for": TIME}),
        _alike(kind, "scheduled_for", "past", "2026-04-12T08:30:00Z", _wrong("scheduled_for", "PAST_SCHEDULE_TIME")),
        _alike(
            kind, "scheduled_for", "too far ahead", "2031-04-12T08:30:00.001Z", _wrong("scheduled_for", "TOO_FAR_AHEAD")
        ),
        _alike(
            kind,
            "scheduled_for",
            "bare date",
            "2026-05-01",
            _wrong("scheduled_for"),
            is_mistyped=True,
            says=says(_NO_TIME),
        ),
        _alike(kind, "media_ids", "omitted", OMITTED, _wrong("media_ids", "REQUIRED"), says=says(media)),
        _alike(kind, "media_ids", "null", None, _wrong("media_ids", "REQUIRED"), is_mistyped=True, says=says(media)),
        _alike(
            kind,
            "platform_content",
            "value",
            {"tiktok": {"content": "Shorter."}},
            {"platform_content": {"tiktok": {"content": "Shorter."}}},
            routes=("createPost",),
            why=_NO_SUCH_FIELD,
        ),
    )


VIDEOS: Final = (
    *_of_one_account(_VIDEO),
    _alike(_VIDEO, "media_ids", "an image", [BANNER], _wrong("media_ids")),
    _alike(
        _VIDEO,
        "media_ids",
        "wrong value",
        ["x"],
        _wrong("media_ids.0"),
        ugc="ftp://media.example/teaser.mp4",
        is_mistyped=True,
        says={"/post/video": f"`media_ids` {_NO_ADDRESS}"},
    ),
    _alike(_VIDEO, "social_audio_id", "null", None, {"social_audio_id": None}),
    _alike(_VIDEO, "social_audio_id", "value", "audio-7", {"social_audio_id": "audio-7"}),
    _alike(_VIDEO, "social_audio_id", "NUL", "\0", _wrong("social_audio_id")),
    _alike(
        _VIDEO,
        "social_audio_id",
        "wrong type",
        {},
        _wrong("social_audio_id"),
        is_mistyped=True,
        says={"/post/video": "`social_audio_id` must be text."},
    ),
    _alike(_VIDEO, "title", "value", "A title", _wrong("title"), routes=("createPost",), why=_NO_SUCH_FIELD),
)
SLIDESHOWS: Final = (
    *_of_one_account(_SLIDESHOW),
    _alike(_SLIDESHOW, "media_ids", "one", [BANNER], {"media_ids": [BANNER]}),
    _alike(_SLIDESHOW, "media_ids", "duplicates", [BANNER, BANNER], _wrong("media_ids", "DUPLICATE")),
    _alike(_SLIDESHOW, "media_ids", "a video", [BANNER, CLIP], _wrong("media_ids")),
    _alike(
        _SLIDESHOW,
        "media_ids",
        "wrong value",
        ["x"],
        _wrong("media_ids.0"),
        ugc=["https://media.example/slide-1.jpg", "//media.example/slide-2.jpg"],
        is_mistyped=True,
        says={"/post/slideshow": f"`media_ids.1` {_NO_ADDRESS}"},
    ),
    _alike(_SLIDESHOW, "title", "omitted", OMITTED, {"title": None}),
    _alike(_SLIDESHOW, "title", "null", None, {"title": None}),
    _alike(_SLIDESHOW, "title", "value", "👋" * 90, {"title": "👋" * 90}),
    _alike(_SLIDESHOW, "title", "too long", "x" * 91, invalid(("title", "TOO_LONG", None, 90, 91))),
    _alike(
        _SLIDESHOW,
        "title",
        "wrong type",
        False,
        _wrong("title"),
        is_mistyped=True,
        says={"/post/slideshow": "`title` must be text."},
    ),
)


def _drafted(kind: PostKind, field: str, state: str, sent: Any, comes_to: Any, **more: Any) -> NewPost:
    return NewPost(kind=kind, status=_DRAFT, field=field, state=state, sent=sent, comes_to=comes_to, **more)


DRAFTS_OF_ONE_ACCOUNT: Final = (
    *(
        new
        for kind in (_VIDEO, _SLIDESHOW)
        for new in (
            _drafted(kind, "nothing", "as it is", OMITTED, {}),
            _drafted(kind, "content", "omitted", OMITTED, {"content": ""}),
            _drafted(kind, "content", "null", None, {"content": ""}, is_mistyped=True, why=_NULL_CLEARS),
            _drafted(kind, "content", "NUL", "\0", _wrong("content")),
            _drafted(kind, "media_ids", "omitted", OMITTED, {"media_ids": []}),
            _drafted(kind, "media_ids", "null", None, {"media_ids": []}, is_mistyped=True, why=_NULL_CLEARS),
            _drafted(kind, "media_ids", "none", [], {"media_ids": []}),
            _drafted(kind, "social_audio_id", "null", None, {"social_audio_id": None}),
            _drafted(kind, "social_audio_id", "value", "audio-7", {"social_audio_id": "audio-7"}),
        )
    ),
    _drafted(_VIDEO, "title", "value", "A title", _wrong("title")),
    _drafted(_VIDEO, "media_ids", "two", [CLIP, BANNER], _wrong("media_ids")),
    _drafted(_SLIDESHOW, "title", "value", "A title", {"title": "A title"}),
    _drafted(_SLIDESHOW, "title", "too long", "x" * 91, invalid(("title", "TOO_LONG", None, 90, 91))),
    _drafted(_SLIDESHOW, "media_ids", "a video", [CLIP], _wrong("media_ids")),
)
