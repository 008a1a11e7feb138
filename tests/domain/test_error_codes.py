"""One list of errors: the tree that errors.py draws is the tree there is, and every REST table covers the list."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

import pytest

from app.domain import errors
from app.domain.errors import ErrorCode, Refusal
from app.rest.ugc.answers import TABLE as UGC_TABLE
from app.rest.v1.answers import TABLE as V1_TABLE


def _kinds_of(refusal: type[Refusal]) -> list[type[Refusal]]:
    """Its direct kinds wherever Redraft may define one; what tests make up for themselves does not count."""
    return [kind for kind in refusal.__subclasses__() if not kind.__module__.startswith("tests.")]


def _drawn(refusal: type[Refusal], before: str = "") -> list[str]:
    """The lines under a class, drawn with the code of each direct kind of refusal."""
    lines = []
    kinds = _kinds_of(refusal)
    for kind in kinds:
        is_last = kind is kinds[-1]
        code = f" {kind.code}" if "code" in vars(kind) else ""
        lines.append(f"{before}{'└── ' if is_last else '├── '}{kind.__name__}{code}")
        lines += _drawn(kind, before + ("    " if is_last else "│   "))
    return lines


def test_the_tree_in_the_docstring_is_the_tree_of_classes() -> None:
    described = inspect.getdoc(errors) or ""
    tree = re.findall(r"^ +((?:Refusal|[├│└]).*)$", described, re.MULTILINE)
    assert [re.sub(r"(?<=\w) +", " ", line) for line in tree] == ["Refusal", *_drawn(Refusal)]


def test_every_code_but_internal_has_exactly_one_kind_of_refusal() -> None:
    codes = [kind.code for kind in _kinds_of(Refusal)]
    assert sorted([*codes, ErrorCode.INTERNAL]) == sorted(ErrorCode)


def test_a_code_reads_as_its_name() -> None:
    assert {code.name: code.value for code in ErrorCode} == {code.name: code.name for code in ErrorCode}
    assert {code.name: code.value for code in errors.IssueCode} == {code.name: code.name for code in errors.IssueCode}


@pytest.mark.parametrize("table", [V1_TABLE, UGC_TABLE], ids=["v1", "ugc"])
def test_a_rest_table_has_an_answer_for_every_code(table: Mapping[ErrorCode, tuple[int, str | None]]) -> None:
    assert set(table) == set(ErrorCode)


def test_rest_v1_answers_with_the_statuses_and_codes_of_the_contract() -> None:
    assert V1_TABLE == {
        "NOT_FOUND": (404, "not_found"),
        "ALREADY_PUBLISHED": (409, "post_already_published"),
        "PUBLISHING_IN_PROGRESS": (409, "conflict"),
        "ACCOUNT_ALREADY_PUBLISHED": (409, "conflict"),
        "INVALID_FIELD_NAME": (400, "invalid_field_name"),
        "INVALID_INPUT": (400, "validation_error"),
        "VERSION_CONFLICT": (412, "version_conflict"),
        "MEDIA_IN_USE": (409, "conflict"),
        "IDEMPOTENCY_KEY_REUSED": (422, "idempotency_key_reused"),
        "REQUEST_IN_PROGRESS": (409, "request_in_progress"),
        "UNAUTHENTICATED": (401, "unauthorized"),
        "FORBIDDEN": (403, "forbidden"),
        "RATE_LIMITED": (429, "rate_limited"),
        "UNAVAILABLE": (503, "unavailable"),
        "INTERNAL": (500, "internal_error"),
    }


def test_the_post_routes_answer_with_the_statuses_and_messages_of_the_contract() -> None:
    not_editable = "Cannot update post — only scheduled or failed posts can be updated"
    unreachable = (ErrorCode.VERSION_CONFLICT, ErrorCode.MEDIA_IN_USE)
    promised = {code: answer for code, answer in UGC_TABLE.items() if code not in unreachable}
    assert promised == {
        "NOT_FOUND": (404, "Post not found"),
        "ALREADY_PUBLISHED": (400, not_editable),
        "PUBLISHING_IN_PROGRESS": (400, not_editable),
        "ACCOUNT_ALREADY_PUBLISHED": (400, None),
        "INVALID_FIELD_NAME": (400, None),
        "INVALID_INPUT": (400, None),
        "IDEMPOTENCY_KEY_REUSED": (422, None),
        "REQUEST_IN_PROGRESS": (409, None),
        "UNAUTHENTICATED": (401, None),
        "FORBIDDEN": (403, None),
        "RATE_LIMITED": (429, None),
        "UNAVAILABLE": (503, None),
        "INTERNAL": (500, None),
    }
