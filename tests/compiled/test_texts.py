"""The faster texts are the schema's own."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.schedule import format_instant
from resolvers.compiled.texts import instant_text, uuid_text


@given(st.uuids() | st.just(UUID(int=0)) | st.just(UUID(int=2**128 - 1)))
def test_a_uuid_is_written_as_python_writes_it(uuid: UUID) -> None:
    assert uuid_text(uuid) == str(uuid)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_written_as_the_domain_writes_it(instant: datetime) -> None:
    assert instant_text(instant) == format_instant(instant)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 4, 20, 9, tzinfo=UTC), "2026-04-20T09:00:00.000Z"),
        (datetime(2026, 4, 20, 9, 0, 0, 999, tzinfo=UTC), "2026-04-20T09:00:00.000Z"),
        (datetime(2026, 4, 20, 9, 0, 0, 123999, tzinfo=UTC), "2026-04-20T09:00:00.123Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
        (datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "9999-12-31T23:59:59.999Z"),
        (datetime(2026, 4, 20, 11, tzinfo=timezone(timedelta(hours=2))), "2026-04-20T09:00:00.000Z"),
        (datetime(2026, 4, 20, 9, tzinfo=timezone(timedelta(0))), "2026-04-20T09:00:00.000Z"),
    ],
)
def test_instants_at_the_edges(instant: datetime, text: str) -> None:
    assert instant_text(instant) == format_instant(instant) == text
