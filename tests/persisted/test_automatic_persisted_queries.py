"""Any document: a text is remembered once its hash has been seen to be its own."""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.persisted.documents import ALL_TEXTS, LONGEST_TEXT, AnyDocuments
from resolvers.persisted.refusals import DocumentRefused
from tests.persisted.asking import PLATFORMS, POSTS, asking, by_hash, refused, sha256

NOT_FOUND = (400, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
MISMATCH = (400, "PERSISTED_QUERY_MISMATCH", "The query is not the document that it is said to be.")
NOTHING = (400, "BAD_REQUEST", "No GraphQL query found in the request")


def test_a_text_without_a_name_is_executed_and_not_remembered() -> None:
    documents = AnyDocuments()

    assert documents.text_of(asking(query=POSTS)) == POSTS

    assert refused(documents, by_hash(sha256(POSTS))) == NOT_FOUND


def test_a_hash_is_missed_then_registered_with_its_text_then_known() -> None:
    documents = AnyDocuments()

    assert refused(documents, by_hash(sha256(POSTS))) == NOT_FOUND
    assert documents.text_of(by_hash(sha256(POSTS), POSTS)) == POSTS
    assert documents.text_of(by_hash(sha256(POSTS))) == POSTS

    assert refused(documents, by_hash(sha256(PLATFORMS))) == NOT_FOUND


def test_a_miss_is_said_so_that_every_client_reads_it_and_no_cache_keeps_it() -> None:
    with pytest.raises(DocumentRefused) as refusal:
        AnyDocuments().text_of(by_hash(sha256(POSTS)))

    assert refusal.value.json_status == 200
    assert refusal.value.headers == {"Cache-Control": "no-store"}


def test_a_mistake_has_the_same_status_in_every_media_type() -> None:
    with pytest.raises(DocumentRefused) as refusal:
        AnyDocuments().text_of(by_hash(sha256(PLATFORMS), POSTS))

    assert (refusal.value.status, refusal.value.json_status) == (400, 400)


def test_refuses_a_text_with_the_hash_of_another_and_remembers_neither() -> None:
    documents = AnyDocuments()

    assert refused(documents, by_hash(sha256(PLATFORMS), POSTS)) == MISMATCH

    assert refused(documents, by_hash(sha256(PLATFORMS))) == NOT_FOUND
    assert refused(documents, by_hash(sha256(POSTS))) == NOT_FOUND


def test_a_text_once_known_is_not_replaced_under_its_hash() -> None:
    documents = AnyDocuments()
    documents.text_of(by_hash(sha256(POSTS), POSTS))

    assert refused(documents, by_hash(sha256(POSTS), PLATFORMS)) == MISMATCH

    assert documents.text_of(by_hash(sha256(POSTS))) == POSTS


def test_the_hash_is_that_of_the_text_in_utf_8() -> None:
    text = '{ posts(search: "naïve 🎉") { totalCount } }'
    documents = AnyDocuments()
    name = "9913919764428fe6ae2b09177b03049c39bc27d9ed12cfbe5970594d9ce22464"

    assert documents.text_of(by_hash(name, text)) == text


def test_what_clients_add_to_the_extension_says_nothing() -> None:
    documents = AnyDocuments()

    assert documents.text_of(by_hash(sha256(POSTS), POSTS, miss=True)) == POSTS
    assert documents.text_of(by_hash(sha256(POSTS), miss=False)) == POSTS


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_text_is_none(empty: str | None) -> None:
    documents = AnyDocuments()

    assert refused(documents, by_hash(sha256(POSTS), empty)) == NOT_FOUND
    assert refused(documents, by_hash(sha256(""), empty)) == NOT_FOUND
    assert refused(documents, asking(query=empty)) == NOTHING


@pytest.mark.parametrize("extensions", [None, {}, {"persistedQuery": None}, {"other": {"version": 2}}])
def test_other_extensions_and_none_name_nothing(extensions: dict[str, Any] | None) -> None:
    documents = AnyDocuments()

    assert documents.text_of(asking(query=POSTS, extensions=extensions)) == POSTS
    assert refused(documents, asking(extensions=extensions)) == NOTHING


@pytest.mark.parametrize(
    ("extension", "message"),
    [
        (True, "extensions.persistedQuery must be an object, or left out."),
        ([], "extensions.persistedQuery must be an object, or left out."),
        ({}, "extensions.persistedQuery.version must be 1."),
        ({"version": 2, "sha256Hash": sha256(POSTS)}, "extensions.persistedQuery.version must be 1."),
        ({"version": "1", "sha256Hash": sha256(POSTS)}, "extensions.persistedQuery.version must be 1."),
        ({"version": True, "sha256Hash": sha256(POSTS)}, "extensions.persistedQuery.version must be 1."),
        ({"version": [], "sha256Hash": sha256(POSTS)}, "extensions.persistedQuery.version must be 1."),
        ({"version": 1}, "extensions.persistedQuery.sha256Hash must be text."),
        ({"version": 1, "sha256Hash": None}, "extensions.persistedQuery.sha256Hash must be text."),
        ({"version": 1, "sha256Hash": 5}, "extensions.persistedQuery.sha256Hash must be text."),
        ({"version": 1, "sha256Hash": ["a"]}, "extensions.persistedQuery.sha256Hash must be text."),
        ({"version": 1, "sha256Hash": ""}, "extensions.persistedQuery.sha256Hash must be text."),
    ],
)
@pytest.mark.parametrize("text", [POSTS, None])
def test_refuses_an_extension_that_it_does_not_understand(extension: Any, message: str, text: str | None) -> None:
    asked = asking(query=text, extensions={"persistedQuery": extension})

    assert refused(AnyDocuments(), asked) == (400, "BAD_REQUEST", message)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(sha256(POSTS).upper(), id="capitals"),
        pytest.param(sha256(POSTS)[1:], id="63 digits"),
        pytest.param(sha256(POSTS) + "\n", id="a line break after it"),
        pytest.param("٣" * 64, id="digits of another script"),
        pytest.param("ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38"[:32], id="MD5"),
    ],
)
@pytest.mark.parametrize("text", [POSTS, None])
def test_refuses_a_hash_that_is_none(name: str, text: str | None) -> None:
    message = "extensions.persistedQuery.sha256Hash must have 64 lower-case hexadecimal digits."

    assert refused(AnyDocuments(), by_hash(name, text)) == (400, "BAD_REQUEST", message)


def test_a_document_id_that_is_a_hash_is_the_same_name() -> None:
    documents = AnyDocuments()
    document_id = f"sha256:{sha256(POSTS)}"

    assert refused(documents, asking(documentId=document_id)) == NOT_FOUND
    assert refused(documents, asking(documentId=document_id, query=PLATFORMS)) == MISMATCH
    assert documents.text_of(asking(documentId=document_id, query=POSTS)) == POSTS
    assert documents.text_of(asking(documentId=document_id)) == POSTS
    assert documents.text_of(by_hash(sha256(POSTS))) == POSTS


def test_another_document_id_names_nothing_here_and_does_not_matter_beside_a_text() -> None:
    documents = AnyDocuments()

    assert documents.text_of(asking(documentId="x-app:posts", query=POSTS)) == POSTS
    assert refused(documents, asking(documentId="x-app:posts")) == NOT_FOUND
    assert refused(documents, asking(documentId="")) == NOTHING


def test_refuses_two_names_that_differ() -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(POSTS)}}
    message = "documentId and extensions.persistedQuery.sha256Hash name different documents."
    documents = AnyDocuments()

    asked = asking(documentId=f"sha256:{sha256(PLATFORMS)}", extensions=extensions, query=POSTS)
    assert refused(documents, asked) == (400, "BAD_REQUEST", message)

    asked = asking(documentId=f"sha256:{sha256(POSTS)}", extensions=extensions, query=POSTS)
    assert documents.text_of(asked) == POSTS


def test_a_longer_text_than_is_kept_is_executed_every_time_it_is_sent() -> None:
    documents = AnyDocuments()
    longest = POSTS + "#" * (LONGEST_TEXT - len(POSTS))
    too_long = longest + "#"

    assert documents.text_of(by_hash(sha256(longest), longest)) == longest
    assert documents.text_of(by_hash(sha256(too_long), too_long)) == too_long

    assert documents.text_of(by_hash(sha256(longest))) == longest
    assert refused(documents, by_hash(sha256(too_long))) == NOT_FOUND


def test_forgets_the_texts_that_were_asked_for_longest_ago() -> None:
    documents = AnyDocuments()
    texts = [f"# {number} ".ljust(LONGEST_TEXT, "#") for number in range(ALL_TEXTS // LONGEST_TEXT)]
    first, second, *others, last = texts
    for text in (first, second, *others):
        documents.text_of(by_hash(sha256(text), text))

    documents.text_of(by_hash(sha256(first)))
    documents.text_of(by_hash(sha256(last), last))

    assert refused(documents, by_hash(sha256(second))) == NOT_FOUND
    for text in (first, *others, last):
        assert documents.text_of(by_hash(sha256(text))) == text


def test_keeps_no_more_than_4_096_texts_however_short_they_are() -> None:
    documents = AnyDocuments()
    texts = [f"{{a{number}}}" for number in range(5000)]
    for text in texts:
        documents.text_of(by_hash(sha256(text), text))

    known = 0
    for text in texts:
        try:
            documents.text_of(by_hash(sha256(text)))
        except DocumentRefused:
            continue
        known += 1

    assert known == ALL_TEXTS // (128 + len("{a4999}"))
