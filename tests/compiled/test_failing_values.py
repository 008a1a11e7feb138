"""Whatever a value is that is not as it should be, what is compiled answers as graphql-core does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum, StrEnum
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

import pytest
import strawberry
from graphql import DocumentNode, GraphQLError, Undefined, parse, validate
from strawberry.schema.config import StrawberryConfig

from resolvers.compiled import Plan, compile_operation
from resolvers.reading import reads
from resolvers.scalars import JSON, SCALARS
from tests.compiled.twins import executed, written

_ID: Final = UUID("a1b2c3d4-e5f6-7890-abcd-ef1234567890")
_NOON: Final = datetime(2026, 4, 20, 12, tzinfo=UTC)


@strawberry.enum
class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@strawberry.enum
class Size(Enum):
    SMALL = 1
    LARGE = 2


class Unlisted(StrEnum):
    RED = "red"
    GREEN = "green"


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Cat(Named):
    lives: int


@strawberry.type
class Dog(Named):
    tricks: list[str]


@strawberry.type
class Stone:
    """Neither a Cat nor a Dog."""

    name: str = "stone"


@strawberry.type
class Shown:
    """Shows a source, as the types of posts do."""

    source: strawberry.Private[Any]
    name: str = reads("name", description="Its name.")
    upper: str | None = reads(lambda source: source.name.upper(), description="Its name, louder.")


Pet = Annotated[Cat | Dog, strawberry.union("Pet")]


@dataclass
class _Box:
    value: Any


@strawberry.type
class Holder:
    """Holds one value, which each field takes for another type."""

    source: strawberry.Private[_Box]

    text: str = reads("value", description="")
    whole: int = reads("value", description="")
    number: float = reads("value", description="")
    truth: bool = reads("value", description="")
    key: strawberry.ID = reads("value", description="")
    instant: datetime = reads("value", description="")
    uuid: UUID = reads("value", description="")
    json: JSON = reads("value", description="")
    colour: Colour = reads("value", description="")
    size: Size = reads("value", description="")
    named: Named = reads("value", description="")
    pet: Pet = reads("value", description="")
    cat: Cat = reads("value", description="")
    shown: Shown = reads("value", by=Shown, description="")
    words: list[str] = reads("value", description="")
    some_words: list[str | None] = reads("value", description="")
    colours: list[Colour] = reads("value", description="")
    rows: list[list[int]] = reads("value", description="")
    pets: list[Pet] = reads("value", description="")
    maybe_pets: list[Pet | None] = reads("value", description="")
    all_shown: list[Shown] = reads("value", by=Shown, description="")
    maybe_text: str | None = reads("value", description="")
    maybe_whole: int | None = reads("value", description="")
    maybe_truth: bool | None = reads("value", description="")
    maybe_key: strawberry.ID | None = reads("value", description="")
    maybe_instant: datetime | None = reads("value", description="")
    maybe_uuid: UUID | None = reads("value", description="")
    maybe_json: JSON | None = reads("value", description="")
    maybe_colour: Colour | None = reads("value", description="")
    maybe_cat: Cat | None = reads("value", description="")
    maybe_pet: Pet | None = reads("value", description="")
    maybe_shown: Shown | None = reads("value", by=Shown, description="")
    maybe_words: list[str] | None = reads("value", description="")

    @strawberry.field
    def computed(self) -> str:
        if isinstance(self.source.value, str):
            return self.source.value
        raise ValueError("it is no text")

    @strawberry.field
    def maybe_computed(self) -> str | None:
        if isinstance(self.source.value, str):
            return self.source.value
        raise GraphQLError("it is no text", extensions={"code": "NO_TEXT"})


@dataclass
class Person:
    name: Any


class Refusing:
    @property
    def name(self) -> str:
        raise PermissionError("not for you")


class Late:
    """Says so, to whoever waits."""

    def __await__(self) -> Generator[Any, None, str]:
        yield from asyncio.sleep(0).__await__()
        return "late"


_TOM: Final = Cat(name="Tom", lives=9)
_REX: Final = Dog(name="Rex", tricks=["sit"])
_VALUES: Final[list[Any]] = [
    *(None, "", "text", "red", "12", "2.5", Colour.RED, Unlisted.RED, Unlisted.GREEN, Size.LARGE),
    *(0, 1, 2, True, False, -(2**31), 2**31, 1.0, 1.5, float("nan"), float("inf"), 10**400, b"bytes"),
    *(_ID, str(_ID), _NOON, _NOON.replace(tzinfo=None), _NOON.astimezone(timezone(timedelta(hours=2)))),
    *(_NOON.replace(microsecond=1500), _NOON.replace(year=1), object, strawberry.UNSET, Undefined),
    *([], ["a", "b"], ("a", None), [None], [1], ["red", Colour.BLUE], {"a": 1}, {"a"}, [[1, 2], [3]], [[1], None]),
    *([["a"]], range(2), [_TOM, _REX], [_TOM, None, Stone()], [Unlisted.RED, "green"], [1.5, Size.SMALL]),
    *(_TOM, _REX, Dog(name="Rex", tricks=None), Cat(name=None, lives=1)),  # type: ignore[arg-type]
    *(Cat(name="Tom", lives=2**40), Stone(), Person("Ann"), Person(None), Refusing(), [Person("Ann"), Person(3)]),
    *([Person("Ann"), None], [Refusing()], ValueError("returned, not raised"), GraphQLError("returned"), Late()),
    *([Late()], [ValueError("in a list")], [Late(), None], Shown(source=Person("Ann"))),
]


def _holder(number: int) -> Holder:
    return Holder(source=_Box(_VALUES[number]))


@strawberry.type
class Query:
    @strawberry.field
    async def holder(self, number: int) -> Holder:
        return _holder(number)

    @strawberry.field
    async def maybe_holder(self, number: int) -> Holder | None:
        return _holder(number)

    @strawberry.field
    def holder_now(self, number: int) -> Holder:
        return _holder(number)

    @strawberry.field
    def maybe_holders_now(self, number: int) -> list[Holder | None] | None:
        return [None, _holder(number), Holder(source=_Box("fine"))]

    @strawberry.field
    async def text(self, number: int) -> str:
        value: str = _VALUES[number]
        return value

    @strawberry.field
    def maybe_text_now(self, number: int) -> str | None:
        value: str | None = _VALUES[number]
        return value

    @strawberry.field
    async def failing(self, says: str) -> str:
        raise ValueError(says)

    @strawberry.field
    async def maybe_failing(self, says: str) -> str | None:
        raise GraphQLError(says)

    @strawberry.field
    def failing_now(self, says: str) -> str:
        raise ValueError(says)

    @strawberry.field
    def maybe_failing_now(self, says: str) -> str | None:
        raise ValueError(says)

    @strawberry.field
    async def slow(self) -> str:
        await asyncio.sleep(0)
        return "at last"


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def failing(self, says: str) -> str:
        raise ValueError(says)

    @strawberry.mutation
    async def maybe_failing(self, says: str) -> str | None:
        raise ValueError(says)

    @strawberry.mutation
    async def holder(self, number: int) -> Holder:
        return _holder(number)

    @strawberry.mutation
    def said(self, says: str) -> str:
        return says

    @strawberry.mutation
    async def kept(self, what: JSON, sizes: list[Size] | None = None) -> JSON:
        return JSON([what, [size.name for size in sizes or ()]])


_SCHEMA: Final = strawberry.Schema(
    query=Query, mutation=Mutation, types=[Cat, Dog], config=StrawberryConfig(scalar_map=SCALARS)
)

_SELECTIONS: Final = {
    "named": "{ __typename name ... on Cat { lives } ... on Dog { tricks } }",
    "pet": "{ __typename ... on Named { name } ... on Cat { lives } ... on Dog { tricks } }",
    "cat": "{ name lives }",
    "shown": "{ name upper }",
}
"""By the end of a field's name."""


def _selected(field: str) -> str:
    kinds = (kind for kind in _SELECTIONS if field.lower().removesuffix("s").endswith(kind))
    return f"{field} {_SELECTIONS.get(next(kinds, ''), '')}"


_FIELDS: Final = [_selected(field) for field in _SCHEMA._schema.type_map["Holder"].fields]  # type: ignore[attr-defined]
_HOLDERS: Final = ("holder", "maybeHolder", "holderNow", "maybeHoldersNow")


@cache
def _compiled(text: str) -> tuple[DocumentNode, Plan]:
    document = parse(text)
    assert validate(_SCHEMA._schema, document) == []
    plan = compile_operation(_SCHEMA, document, None)
    assert plan is not None, text
    return document, plan


async def _agree(text: str, variables: dict[str, Any] | None = None) -> bytes:
    """What both answer."""
    document, plan = _compiled(text)
    expected = _written(await executed(_SCHEMA, document, variables, None))
    assert _written(await plan.run(variables, None)) == expected, text  # type: ignore[arg-type]
    return expected


def _written(result: Any) -> bytes:
    """As JSON, where JSON can hold what was returned; or else as Python writes it, but for addresses."""
    try:
        return written(result)
    except TypeError:
        text = repr((result.data, [error.formatted for error in result.errors or ()]))
        return re.sub(r" at 0x[0-9a-f]+", "", text).encode()


@pytest.mark.parametrize("field", _FIELDS)
async def test_any_value_in_any_field(field: str) -> None:
    seen = [
        await _agree(f"query ($n: Int!) {{ {holder}(number: $n) {{ before: __typename {field} }} }}", {"n": number})
        for number in range(len(_VALUES))
        for holder in _HOLDERS
    ]

    assert sum((b'"errors":null' in one) for one in seen) >= 3  # some value fits
    assert sum(b'"errors":null' not in one for one in seen) >= 4  # and some does not


async def test_any_value_in_every_field_at_once() -> None:
    every = " ".join(f"f{at}: {field}" for at, field in enumerate(_FIELDS) if field.startswith("maybe"))
    for number in range(len(_VALUES)):
        for other in ("text", "maybeTextNow"):
            text = f"query ($n: Int!) {{ maybeHolder(number: $n) {{ {every} }} {other}(number: $n) }}"
            await _agree(text, {"n": number})


@pytest.mark.parametrize("kind", ["query", "mutation"])
@pytest.mark.parametrize(
    "fields",
    [
        'failing(says: "a")',
        'maybeFailing(says: "a") other: maybeFailing(says: "b")',
        'maybeFailing(says: "a") failing(says: "b") last: maybeFailing(says: "c")',
        'failing(says: "a") other: failing(says: "b")',
        '__typename maybeFailing(says: "a") its: __typename',
        '... @skip(if: true) { failing(says: "a") }',
    ],
)
async def test_resolvers_that_raise(kind: str, fields: str) -> None:
    answer = await _agree(f"{kind} {{ {fields} }}")

    assert (b'"errors":null' in answer) == ("@skip" in fields)


@pytest.mark.parametrize(
    "fields",
    [
        'slow failingNow(says: "a")',
        'slow maybeFailingNow(says: "a") other: slow',
        'failingNow(says: "a") slow',
        'maybeFailing(says: "a") slow maybeFailingNow(says: "b") failing(says: "c") last: slow',
        "slow other: slow",
    ],
)
async def test_resolvers_that_raise_while_others_wait(fields: str) -> None:
    await _agree(f"{{ {fields} }}")


@pytest.mark.parametrize("says", ["fine", "", None, 1, 2.5, True, [], ["a"], {}, {"a": 1}])
async def test_variables_of_any_kind(says: Any) -> None:
    await _agree("mutation ($says: String!) { said(says: $says) }", {"says": says})
    await _agree('mutation ($says: String! = "nothing") { said(says: $says) }', {"says": says})
    await _agree('mutation ($says: String = "nothing") { said(says: $says) }', {"says": says})


@pytest.mark.parametrize("value", [None, "SMALL", "HUGE", 1, [], ["LARGE", "SMALL"], ["LARGE", None], {}, [[]]])
async def test_variables_of_scalars_and_lists(value: Any) -> None:
    await _agree("mutation ($what: JSON!) { kept(what: $what) }", {"what": value})
    await _agree("mutation ($sizes: [Size!]) { kept(what: 1, sizes: $sizes) }", {"sizes": value})
    await _agree("mutation ($size: Size!) { kept(what: {a: 1}, sizes: [$size, LARGE]) }", {"size": value})
    await _agree("mutation ($size: Size! = SMALL) { kept(what: [], sizes: [$size]) }", {"size": value})


async def test_variables_that_are_left_out() -> None:
    await _agree("mutation ($says: String!) { said(says: $says) }")
    await _agree("mutation ($says: String!) { said(says: $says) }", {"others": 1})
    await _agree('mutation ($says: String! = "nothing") { said(says: $says) }', {})
    await _agree('mutation ($says: String = "nothing") { said(says: $says) }', {})
