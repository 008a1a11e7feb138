"""Whatever a command comes to can be recorded as JSON, and is read back as an equal value: answers and refusals."""

from __future__ import annotations

import collections.abc
import json
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from functools import cache
from importlib import import_module
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app.commands
import app.domain
from app.commands.outcomes import from_json, to_json
from app.commands.unit import Command
from app.domain.account import Account
from app.domain.api_key import Scope
from app.domain.errors import InvalidFieldName, InvalidInput, PostNotFound, Refusal
from app.domain.platforms import Platform
from app.domain.schedule import to_milliseconds
from app.repositories.database import Database
from app.repositories.idempotency_keys import IdempotencyKeyRepository
from tests.repositories.storage import OURS
from tests.support.clock import NOW
from tests.support.posts import a_post, issue

_MODULES: Final = [
    import_module(f"{package.__name__}.{module.name}")
    for package in (app.domain, app.commands)
    for module in pkgutil.iter_modules(package.__path__)
]
_NAMES: Final = {name: value for module in _MODULES for name, value in vars(module).items()} | {
    "datetime": datetime,
    "UUID": UUID,
    **{name: getattr(collections.abc, name) for name in collections.abc.__all__},
}
"""What annotations in these modules can name, though most of it is imported for type checkers only."""

WRITING: Final = {
    name: value for name, value in _NAMES.items() if isinstance(value, Command) and value.scope is not Scope.READ
}


def _and_narrower(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    yield kind
    for narrower in kind.__subclasses__():
        if narrower.__module__.startswith("app."):
            yield from _and_narrower(narrower)


REFUSALS: Final = {kind.__name__: kind for kind in _and_narrower(Refusal)}

_TEXTS: Final = st.text(st.characters(exclude_categories=()), max_size=8) | st.sampled_from(["NUL \0", "\ud83d", "😀"])
_NUMBERS: Final = st.integers(-(2**63), 2**63 - 1)
_JSON: Final = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.floats(allow_nan=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXTS, inner, max_size=2),
    max_leaves=4,
)
_PLAIN: Final[Mapping[Any, st.SearchStrategy[Any]]] = {
    NoneType: st.none(),
    bool: st.booleans(),
    int: _NUMBERS,
    str: _TEXTS,
    object: _JSON,
    UUID: st.uuids(),
    datetime: st.datetimes(timezones=st.just(UTC)).map(lambda at: to_milliseconds(at).replace(fold=0)),
}


@cache
def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type, made of anything that its annotations allow."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    inner = get_args(kind)
    match get_origin(kind):
        case None:
            return st.deferred(lambda: _instances_of(kind))
        case origin if origin in (Union, UnionType):
            return st.one_of(*map(values_of, inner))
        case origin if origin in (list, Sequence):
            return st.lists(values_of(inner[0]), max_size=2)
        case origin if origin is tuple:
            assert inner[1] is ..., f"{kind} is no type of which this makes values"
            return st.lists(values_of(inner[0]), max_size=2).map(tuple)
        case origin if origin in (dict, Mapping):
            return st.dictionaries(values_of(inner[0]), values_of(inner[1]), max_size=2)
    raise AssertionError(f"{kind} is no type of which this makes values")


def _instances_of(kind: Any) -> st.SearchStrategy[Any]:
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    if hasattr(kind, "__dataclass_fields__") or issubclass(kind, tuple):
        names = kind._fields if issubclass(kind, tuple) else [field.name for field in fields(kind)]
        hints = get_type_hints(kind, localns=_NAMES)
        return st.builds(kind, **{name: values_of(hints[name]) for name in names})
    assert issubclass(kind, Refusal), f"{kind} is no type of which this makes values"
    return st.one_of(*(_refusals_of(narrower) for narrower in _and_narrower(kind) if narrower is not Refusal))


def _refusals_of(kind: type[Refusal]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind.__init__, localns=_NAMES)
    hints.pop("return", None)
    return st.builds(kind, **{name: values_of(hint) for name, hint in hints.items()})


def told(value: object) -> object:
    """A value in which refusals, which are equal to nothing but themselves, are what they are made of."""
    if isinstance(value, Refusal):
        return type(value), value.args, {name: told(part) for name, part in vars(value).items()}
    if isinstance(value, list):
        return [told(item) for item in value]
    return value


def assert_read_back(value: object) -> None:
    again = from_json(json.loads(json.dumps(to_json(value))))

    assert told(again) == told(value)
    # An enumeration's member is equal to its text, and 1 to True: only how they are written tells them apart.
    assert repr(told(again)) == repr(told(value))


@pytest.mark.parametrize("name", WRITING)
def test_what_a_command_that_writes_answers_is_read_back_as_an_equal_value(name: str) -> None:
    answer = get_type_hints(WRITING[name].work, localns=_NAMES)["return"]

    @settings(max_examples=20)
    @given(values_of(answer))
    def check(value: object) -> None:
        assert_read_back(value)

    check()


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_read_back_as_one_of_the_same_type_with_the_same_attributes(name: str) -> None:
    @settings(max_examples=20)
    @given(_refusals_of(REFUSALS[name]))
    def check(refusal: Refusal) -> None:
        assert_read_back(refusal)

    check()


def test_every_command_that_writes_is_looked_at() -> None:
    assert {"update_post", "update_posts", "create_post", "delete_post", "restore_post", "retry_post"} < WRITING.keys()
    assert not {"get_post", "list_posts", "preview_schedule"} & WRITING.keys()
    assert {"PostNotFound", "InvalidInput", "VersionConflict", "MediaInUse", "RateLimited"} < REFUSALS.keys()


@dataclass(frozen=True)
class Post:
    """Named like a type that can be read back, and another one."""

    id: UUID


class Size(NamedTuple):
    """Equal to a plain tuple, and no plain tuple."""

    width: int
    height: int


class Colour(StrEnum):
    BLUE = "blue"


class UnknownRefusal(Refusal):
    """Nobody can make one from JSON: the table of types was made before it was there."""


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (object(), "object"),
        (b"bytes", "bytes"),
        ({1, 2}, "set"),
        (timedelta(1), "timedelta"),
        (Scope.READ, "Scope"),
        (Colour.BLUE, "Colour"),
        (UnknownRefusal("No."), "UnknownRefusal"),
        (Post(UUID(int=1)), "Post"),
        (Size(1, 2), "Size"),
        ([{"deep": (timedelta(1),)}], "timedelta"),
    ],
)
def test_a_value_that_could_not_be_read_back_is_an_error_when_it_is_recorded(value: object, name: str) -> None:
    with pytest.raises(TypeError, match=f"^{name} cannot be read back from JSON$"):
        to_json(value)


ODD: Final = "NUL \0, half a pair \ud83d, a line\nand 😀"


async def test_what_is_recorded_is_found_as_it_was_whatever_its_texts_hold(database: Database, demo: str) -> None:
    outcomes: list[object] = [
        None,
        InvalidFieldName(ODD, suggestion=None, known=["content", "title"]),
        InvalidInput([issue("platform_content", "x", ODD, code=_NAMES["IssueCode"].TOO_LONG, message=ODD, limit=1)]),
        PostNotFound(ODD),
        a_post(_NAMES["PostStatus"].DRAFT, content=ODD.replace("\0", ""), platform_content={"x": {"content": ODD}}),
        [frozenset({2, 1}), (1, 2.5, True, Platform.X), {"type": "Post", "fields": {"instant": "no instant"}}],
    ]

    for step, outcome in enumerate(outcomes):
        recorded = to_json(outcome)
        await database.write(
            lambda connection, step=step, recorded=recorded: IdempotencyKeyRepository(connection, OURS).add(  # type: ignore[misc]
                "key", step, fingerprint=bytes(32), outcome=recorded, now=NOW
            )
        )

    for step, outcome in enumerate(outcomes):
        record = await database.read(
            lambda connection, step=step: IdempotencyKeyRepository(connection, OURS).find("key", step)  # type: ignore[misc]
        )
        assert record is not None
        assert (record.fingerprint, record.recorded_at) == (bytes(32), NOW)
        assert repr(told(from_json(record.outcome))) == repr(told(outcome))


def test_what_another_release_recorded_is_read_as_far_as_this_one_knows_it() -> None:
    account = Account(id=1, platform=Platform.X, name="@a", is_active=True, created_at=NOW, minimum_gap_minutes=5)
    recorded = to_json(account)
    recorded["fields"]["added_by_a_later_release"] = {"tuple": [1]}
    del recorded["fields"]["minimum_gap_minutes"]

    assert from_json(recorded) == replace(account, minimum_gap_minutes=0)
