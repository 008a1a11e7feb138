"""Trusted documents: those of a manifest, by each of their names or word for word, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resolvers.persisted.documents import TrustedDocuments
from resolvers.persisted.manifest import read_manifest
from resolvers.persisted.refusals import DocumentRefused
from tests.persisted.asking import PLATFORMS, POSTS, asking, by_hash, refused, sha256

OTHER = "{ webhooks { id } }"

UNKNOWN = (400, "PERSISTED_QUERY_NOT_IN_LIST", "The document is not among those that this server answers.")
UNTRUSTED = (403, "QUERY_NOT_IN_SAFELIST", "The query is none of the documents that this server answers.")
MISMATCH = (400, "PERSISTED_QUERY_MISMATCH", "The query is not the document that it is said to be.")
WITHOUT = (
    400,
    "PERSISTED_QUERY_ID_REQUIRED",
    "Name the document with documentId: this server answers only those that it was given.",
)


@pytest.fixture
def documents(tmp_path: Path) -> TrustedDocuments:
    """One with an id of its own, one whose id is its hash."""
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({"posts-3": POSTS, sha256(PLATFORMS): PLATFORMS}))
    return TrustedDocuments(read_manifest(path))


def test_a_document_is_found_by_its_id_and_by_its_hash_however_a_client_gives_them(documents: TrustedDocuments) -> None:
    for name in ("posts-3", sha256(POSTS), f"sha256:{sha256(POSTS)}"):
        assert documents.text_of(asking(documentId=name)) == POSTS
        assert documents.text_of(by_hash(name)) == POSTS
    for name in (sha256(PLATFORMS), f"sha256:{sha256(PLATFORMS)}"):
        assert documents.text_of(asking(documentId=name)) == PLATFORMS
        assert documents.text_of(by_hash(name)) == PLATFORMS


def test_a_text_that_is_word_for_word_in_the_manifest_is_executed(documents: TrustedDocuments) -> None:
    assert documents.text_of(asking(query=POSTS)) == POSTS
    assert documents.text_of(asking(query=POSTS, documentId="posts-3")) == POSTS
    assert documents.text_of(by_hash(sha256(POSTS), POSTS)) == POSTS


@pytest.mark.parametrize(
    "text", [OTHER, f"{POSTS}\n", f" {POSTS}", POSTS.replace("first: 1", "first: 2"), POSTS.lower(), "{"]
)
def test_refuses_every_other_text(documents: TrustedDocuments, text: str) -> None:
    assert refused(documents, asking(query=text)) == UNTRUSTED


def test_refuses_an_unknown_name_without_asking_for_the_text(documents: TrustedDocuments) -> None:
    for asked in (asking(documentId="posts-4"), asking(documentId=f"sha256:{sha256(OTHER)}"), by_hash(sha256(OTHER))):
        assert refused(documents, asked) == UNKNOWN


def test_registers_nothing(documents: TrustedDocuments) -> None:
    assert refused(documents, by_hash(sha256(OTHER), OTHER)) == UNKNOWN

    assert refused(documents, by_hash(sha256(OTHER))) == UNKNOWN
    assert refused(documents, asking(query=OTHER)) == UNTRUSTED


def test_refuses_a_text_beside_the_name_of_another(documents: TrustedDocuments) -> None:
    for text in (PLATFORMS, OTHER):
        assert refused(documents, asking(query=text, documentId="posts-3")) == MISMATCH
        assert refused(documents, by_hash(sha256(POSTS), text)) == MISMATCH


def test_refuses_a_request_that_names_nothing(documents: TrustedDocuments) -> None:
    for asked in (asking(), asking(query="", documentId=""), asking(extensions={})):
        assert refused(documents, asked) == WITHOUT


def test_refuses_an_extension_of_another_version_even_with_a_known_name(documents: TrustedDocuments) -> None:
    message = "extensions.persistedQuery.version must be 1."

    assert refused(documents, by_hash(sha256(POSTS), version=2)) == (400, "BAD_REQUEST", message)


def test_the_prefix_of_a_hash_is_no_name(documents: TrustedDocuments) -> None:
    assert refused(documents, asking(documentId="sha256:")) == UNKNOWN
    assert refused(documents, asking(documentId=f"md5:{sha256(POSTS)}")) == UNKNOWN


def test_a_refusal_has_its_status_in_every_media_type(documents: TrustedDocuments) -> None:
    for asked, status in ((asking(query=OTHER), 403), (asking(documentId="posts-4"), 400), (asking(), 400)):
        with pytest.raises(DocumentRefused) as refusal:
            documents.text_of(asked)

        assert (refusal.value.status, refusal.value.json_status) == (status, status)
