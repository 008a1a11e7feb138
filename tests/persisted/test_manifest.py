"""The file of trusted documents: what build tools write is understood, and what is wrong with it is named."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from resolvers.persisted.manifest import LARGEST_FILE, UnusableManifest, read_manifest
from tests.persisted.asking import PLATFORMS, POSTS, sha256

MD5_OF_POSTS = hashlib.md5(POSTS.encode(), usedforsecurity=False).hexdigest()


def apollo(*operations: Any, **changed: Any) -> dict[str, Any]:
    """A manifest as Apollo's tools write it."""
    return {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": list(operations),
        **changed,
    }


def operation(text: str, **changed: Any) -> dict[str, Any]:
    return {"id": sha256(text), "name": text.split()[1], "type": "query", "body": text, **changed}


def problems_of(path: Path, content: Any) -> list[str]:
    """What is said of a file with this content, less the file's name."""
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(UnusableManifest) as unusable:
        read_manifest(path)
    assert all(problem.startswith(str(path)) for problem in unusable.value.problems)
    return [problem.removeprefix(str(path)) for problem in unusable.value.problems]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "documents.json"


def test_reads_what_apollos_tools_write(path: Path) -> None:
    content = apollo(operation(POSTS, clientName="web"), operation(PLATFORMS, id="platforms-2"), later="added")
    path.write_text(json.dumps(content))

    manifest = read_manifest(path)

    assert manifest.texts == {
        sha256(POSTS): POSTS,
        "platforms-2": PLATFORMS,
        sha256(PLATFORMS): PLATFORMS,
    }
    assert [(entry.id, entry.text) for entry in manifest.entries] == [
        (sha256(POSTS), POSTS),
        ("platforms-2", PLATFORMS),
    ]


def test_reads_what_code_generators_and_relays_compiler_write(path: Path) -> None:
    path.write_text(json.dumps({MD5_OF_POSTS: POSTS, f"sha256:{sha256(PLATFORMS)}": PLATFORMS}))

    assert read_manifest(path).texts == {
        MD5_OF_POSTS: POSTS,
        sha256(POSTS): POSTS,
        sha256(PLATFORMS): PLATFORMS,
    }


def test_the_order_of_names_and_a_byte_order_mark_say_nothing(path: Path) -> None:
    content = json.dumps(dict(reversed(apollo(operation(POSTS)).items())))
    path.write_bytes(b"\xef\xbb\xbf" + content.encode())

    assert read_manifest(path).texts == {sha256(POSTS): POSTS}


def test_an_operation_needs_no_name_and_no_type(path: Path) -> None:
    path.write_text(json.dumps(apollo({"id": "a", "body": POSTS}, {"id": "b", "name": None, "body": PLATFORMS})))

    assert [entry.called for entry in read_manifest(path).entries] == ["operation 1 (a)", "operation 2 (b)"]


def test_the_same_document_twice_is_one_document(path: Path) -> None:
    path.write_text(json.dumps(apollo(operation(POSTS), operation(POSTS), operation(POSTS, id="posts"))))

    assert read_manifest(path).texts == {sha256(POSTS): POSTS, "posts": POSTS}


def test_refuses_an_id_of_two_documents(path: Path) -> None:
    said = "its id is that of another document too."

    of_operations = apollo(operation(POSTS, id="a"), operation(PLATFORMS, id="a"))
    assert problems_of(path, of_operations) == [f": operation 2 (Platforms, a): {said}"]
    of_a_map = json.dumps({"a": POSTS})[:-1] + ", " + json.dumps({"a": PLATFORMS})[1:]
    assert problems_of(path, of_a_map.encode()) == [f": document a: {said}"]


@pytest.mark.parametrize("prefix", ["", "sha256:"])
def test_refuses_a_hash_that_is_not_that_of_its_document(path: Path, prefix: str) -> None:
    said = "its id is a SHA-256, and not that of its document."
    name = prefix + sha256(POSTS)

    assert problems_of(path, {name: PLATFORMS, "posts": POSTS}) == [f": document {name}: {said}"]
    assert problems_of(path, apollo(operation(f"{POSTS}\n", id=name))) == [f": operation 1 (Posts, {name}): {said}"]


def test_refuses_the_prefix_of_a_hash_before_anything_else(path: Path) -> None:
    said = "its id is a SHA-256, and not that of its document."

    assert problems_of(path, {"sha256:posts": POSTS}) == [f": document sha256:posts: {said}"]
    assert problems_of(path, {"sha256:": POSTS}) == [": document sha256:: its id must be text."]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe{}", b"[" * 100_000, b'{"a": NaN,}'])
def test_refuses_what_is_not_json_in_utf_8(path: Path, content: bytes) -> None:
    assert problems_of(path, content) == [" is not valid JSON in UTF-8."]


@pytest.mark.parametrize("content", [None, 5, "text", [POSTS], [[POSTS]]])
def test_refuses_what_is_not_an_object(path: Path, content: Any) -> None:
    assert problems_of(path, content) == [" must be a JSON object."]


@pytest.mark.parametrize(
    "changed", [{"format": "another"}, {"version": 2}, {"version": "1"}, {"version": True}, {"version": None}]
)
def test_refuses_another_format_and_another_version(path: Path, changed: dict[str, Any]) -> None:
    said = ' must have "format": "apollo-persisted-query-manifest" and "version": 1.'

    assert problems_of(path, apollo(operation(POSTS), **changed)) == [said]
    assert problems_of(path, {"operations": {"a": POSTS}}) == [said]


@pytest.mark.parametrize("operations", [None, {"a": POSTS}, POSTS])
def test_refuses_operations_that_are_no_list(path: Path, operations: Any) -> None:
    assert problems_of(path, apollo(operations=operations)) == [" must have a list of operations."]


@pytest.mark.parametrize("content", [{}, apollo()])
def test_refuses_a_list_of_nothing(path: Path, content: Any) -> None:
    """Nothing would be answered any more: nobody wants that."""
    assert problems_of(path, content) == [" lists no documents."]


def test_names_every_entry_that_is_wrong(path: Path) -> None:
    content = apollo(
        operation(POSTS),
        {"id": "a"},
        {"id": "b", "body": 5, "name": "B"},
        {"body": POSTS},
        {"id": 5, "body": POSTS, "name": "NoId"},
        {"id": "", "body": POSTS},
        {"id": "c", "body": ""},
        {"id": "d", "body": "{ a }\ud83d"},
    )

    assert problems_of(path, content) == [
        ": operation 2 (a): its document must be text.",
        ": operation 3 (B, b): its document must be text.",
        ": operation 4: its id must be text.",
        ": operation 5 (NoId): its id must be text.",
        ": operation 6: its id must be text.",
        ": operation 7 (c): its document must be text.",
        ": operation 8 (d): its document holds half of a surrogate pair.",
    ]
    assert problems_of(path, {"a": None, "": POSTS}) == [
        ": document a: its document must be text.",
        ": document : its id must be text.",
    ]


def test_refuses_an_operation_that_is_no_object(path: Path) -> None:
    assert problems_of(path, apollo(operation(POSTS), POSTS)) == [" operation 2 must be an object."]


def test_a_problem_is_one_line_whatever_the_file_holds(path: Path) -> None:
    assert problems_of(path, {"a\nb": None, "x" * 500: None}) == [
        ": document 'a\\nb': its document must be text.",
        f": document {'x' * 80}…: its document must be text.",
    ]


def test_a_file_may_be_so_large_and_no_larger(path: Path) -> None:
    content = json.dumps({"posts": POSTS})
    path.write_text(content.ljust(LARGEST_FILE))
    assert read_manifest(path).texts["posts"] == POSTS

    assert problems_of(path, content.ljust(LARGEST_FILE + 1).encode()) == [" is larger than 4194304 bytes."]


def test_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnusableManifest) as missing:
        read_manifest(tmp_path / "missing.json")
    with pytest.raises(UnusableManifest) as folder:
        read_manifest(tmp_path)

    assert str(missing.value) == f"{tmp_path}/missing.json cannot be read: No such file or directory."
    assert str(folder.value) == f"{tmp_path} cannot be read: Is a directory."


def test_of_many_problems_the_first_ten_are_said_at_once(path: Path) -> None:
    path.write_text(json.dumps({str(number): None for number in range(12)}))

    with pytest.raises(UnusableManifest) as unusable:
        read_manifest(path)

    assert len(unusable.value.problems) == 12
    assert str(unusable.value).splitlines() == [
        *(f"{path}: document {number}: its document must be text." for number in range(10)),
        "… and 2 more: `redraft documents FILE` lists them all.",
    ]
