"""The faster text is the schema's own."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from resolvers.compiled.texts import uuid_text


@given(st.uuids() | st.just(UUID(int=0)) | st.just(UUID(int=2**128 - 1)))
def test_a_uuid_is_written_as_python_writes_it(uuid: UUID) -> None:
    assert uuid_text(uuid) == str(uuid)
