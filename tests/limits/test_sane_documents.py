"""What people ask for is let in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from graphql import get_introspection_query

from app.domain.text import LIMITS as LONGEST
from tests.limits.asking import let_in
from tests.support.edges import POST_FIELDS, REFUSAL_FIELDS, UPDATE_POST
from tests.support.explorer import documents_of_the_explorer

ROOT = Path(__file__).parents[2]
REVISIONS = "revisions { totalCount nodes { version changedAt changedBy changes { field before after } } }"


def test_introspection_is_let_in() -> None:
    assert let_in(get_introspection_query()) == 8500
    let_in(
        get_introspection_query(
            descriptions=True,
            specified_by_url=True,
            directive_is_repeatable=True,
            schema_description=True,
            input_value_deprecation=True,
        )
    )


def test_a_page_of_whole_posts_is_let_in() -> None:
    page = f"edges {{ cursor node {{ {POST_FIELDS} }} }} pageInfo {{ hasNextPage endCursor }} totalCount"

    assert let_in(f"{{ posts(first: 100) {{ {page} }} }}") == 1 + 100 * (1 + 1 + 1 + 113) + 3 + 1
    assert let_in(f"query ($n: Int!) {{ posts(first: $n) {{ {page} }} }}", n=100) == 11_605


@pytest.mark.parametrize("post", ["...P", POST_FIELDS], ids=["in a fragment", "written out"])
def test_thirty_updates_that_answer_with_the_whole_post_are_let_in(post: str) -> None:
    answer = f"... on UpdatePostSuccess {{ changedFields post {{ {post} }} }} {REFUSAL_FIELDS}"
    updates = [f'a{n}: updatePost(id: "x", input: {{content: "a"}}) {{ __typename {answer} }}' for n in range(30)]
    fragment = f"fragment P on Post {{ {POST_FIELDS} }}" if post == "...P" else ""

    assert let_in(f"mutation {{ {' '.join(updates)} }} {fragment}") == 30 * (10 + 1 + 114)


def test_thirty_updates_that_answer_with_the_whole_history_too_are_let_in() -> None:
    answer = f"... on UpdatePostSuccess {{ post {{ {POST_FIELDS} {REVISIONS} }} }}"
    updates = [f'a{n}: updatePost(id: "x", input: {{}}) {{ ...A }}' for n in range(30)]

    assert let_in(f"mutation {{ {' '.join(updates)} }} fragment A on UpdatePostResult {{ {answer} }}") <= 25_000


def test_fifty_changes_at_once_are_let_in() -> None:
    answer = f"... on UpdatePostSuccess {{ post {{ {POST_FIELDS} }} }} {REFUSAL_FIELDS}"
    text = f"mutation ($changes: [PostChange!]!) {{ updatePosts(changes: $changes) {{ {answer} }} }}"

    assert let_in(text, changes=[{}] * 50) == 50 * (10 + 114)


def test_the_longest_content_that_can_be_stored_is_let_in_as_it_is_written() -> None:
    for character in ("a", "\n", '"', "漢", "😀"):
        content = json.dumps(character * LONGEST["content"], ensure_ascii=False)
        let_in(f'mutation {{ updatePost(id: "x", input: {{content: {content}}}) {{ __typename }} }}')


def test_one_update_of_the_tests_is_let_in() -> None:
    let_in(UPDATE_POST)


def test_every_tab_of_the_explorer_is_let_in() -> None:
    documents = documents_of_the_explorer()

    assert len(documents) >= 7
    for text in documents:
        let_in(text)


def test_every_operation_of_the_readme_is_let_in() -> None:
    documents = re.findall(r'"query": "(.*?)",?$', (ROOT / "README.md").read_text(), re.MULTILINE)

    assert documents
    for text in documents:
        let_in(json.loads(f'"{text}"'))
