"""What a field that reads from a domain object shows."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
import strawberry

from resolvers.reading import reads


class Size(NamedTuple):
    width: int
    height: int


@strawberry.type
class SizeType:
    source: strawberry.Private[Size]
    width: int = reads("width", description="Across.")


@strawberry.type
class Shown:
    source: strawberry.Private[Any]
    sizes: SizeType = reads("sizes", by=SizeType, description="One, or some.")


class Holder(NamedTuple):
    sizes: object


@pytest.mark.parametrize("several", [[Size(1, 2), Size(3, 4)], (Size(1, 2), Size(3, 4))])
def test_each_item_of_a_list_or_tuple_is_shown(several: object) -> None:
    shown: Any = Shown(source=Holder(several)).sizes

    assert [type(one) for one in shown] == [SizeType, SizeType]
    assert [one.width for one in shown] == [1, 3]


def test_a_named_tuple_is_one_thing_and_shown_as_such() -> None:
    shown: Any = Shown(source=Holder(Size(1, 2))).sizes

    assert (type(shown), shown.width) == (SizeType, 1)


def test_nothing_is_shown_as_null() -> None:
    assert Shown(source=Holder(None)).sizes is None
