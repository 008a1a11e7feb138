"""What an operation costs."""

from __future__ import annotations

import pytest
from graphql import GraphQLError

from resolvers.limits import Limits, check_cost
from tests.limits.asking import cost, described

ID = "f47ac10b-58cc-4372-a567-0e02b2c3d479"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ __typename }", 0),
        ("{ post(id: 1) { id } }", 2),
        ("{ post(id: 1) { id id accountIds __typename } }", 4),
        ("{ post(id: 1) { media { url } destinations { status error } } }", 1 + 5 * 2 + 5 * 3),
        ("{ accounts { accountId } }", 20 * 2),
        ("{ accounts { rules { maxImages } } }", 20 * 3),
        ("{ posts { totalCount } }", 2),
        ("{ posts { nodes { id } } }", 1 + 20 * 2),
        ("{ posts(first: 10) { nodes { id } totalCount } }", 22),
        ("{ posts(first: 3) { edges { cursor node { id } } pageInfo { endCursor } } }", 1 + 3 * (1 + 1 + 2) + 2),
        ("{ posts(first: 0) { nodes { id } } }", 1),
        ("{ posts(first: null) { nodes { id } } }", 1 + 20 * 2),
        ("{ posts(first: 1000) { nodes { id } } }", 1 + 100 * 2),
        ("{ posts(first: -1) { nodes { id } } }", 1),
        (
            "{ posts(first: 2) { nodes { revisions(first: 3) { nodes { changes { field } } } } } }",
            1 + 2 * (2 + 3 * (1 + 10)),
        ),
        ("{ posts(first: 2) { ...C ... { nodes { id } } } } fragment C on PostConnection { nodes { id } }", 1 + 4 + 4),
        ("{ webhooks { deliveries(first: 7) { id } } }", 20 * (1 + 7 * 2)),
        (f'mutation {{ deletePost(id: "{ID}") {{ __typename }} }}', 10),
        ("mutation { a: retryPost(id: 1) { __typename } b: retryPost(id: 1) { __typename } }", 20),
        ("mutation { updatePosts(changes: []) { __typename } }", 0),
        (
            "mutation { updatePosts(changes: [{id: 1, input: {}}, {id: 2, input: {}}]) { ... on NotFound { id } } }",
            2 * 11,
        ),
        ("mutation { updatePosts(changes: {id: 1, input: {}}) { ... on NotFound { id } } }", 11),
        ("subscription { postChanged { cursor post { id } } }", 4),
    ],
)
def test_costs_what_the_answer_may_hold(text: str, expected: int) -> None:
    assert cost(text) == expected


def test_a_fragment_costs_what_it_does_where_it_is_spread() -> None:
    pages = "{ a: posts(first: 2) { ...C } b: posts(first: 50) { ...C } } fragment C on PostConnection { nodes { id } }"

    assert cost(pages) == 1 + 2 * 2 + 1 + 50 * 2


def test_of_the_members_of_a_union_the_costliest_counts() -> None:
    post = "post { id content media { url } }"
    success = f"... on UpdatePostSuccess {{ {post} }}"
    conflict = f"... on VersionConflict {{ currentVersion {post} }}"
    told = "... on MutationError { code message }"
    update = 'mutation { updatePost(id: "x", input: {}) { __typename %s } }'

    assert cost(update % told) == 10 + 2
    assert cost(update % success) == 10 + 13
    assert cost(update % f"{told} {success}") == 10 + 13
    assert cost(update % f"{told} {success} {conflict}") == 10 + 2 + 1 + 13


def test_a_variable_says_how_many() -> None:
    text = "query ($n: Int) { posts(first: $n) { nodes { id } totalCount } }"

    assert {n: cost(text, n=n) for n in (0, 1, 50, 100, 101, 10**9, -1, None)} == {
        0: 2,
        1: 4,
        50: 102,
        100: 202,
        101: 202,
        10**9: 202,
        -1: 2,
        None: 42,
    }
    assert cost(text) == 42


def test_a_variable_that_is_not_sent_is_what_it_is_by_default() -> None:
    text = "query ($n: Int = 5) { posts(first: $n) { nodes { id } } }"

    assert (cost(text), cost(text, n=1), cost(text, n=None)) == (11, 3, 41)
    assert cost("query ($n: Int = null) { posts(first: $n) { nodes { id } } }") == 41


def test_counts_within_counts_are_multiplied() -> None:
    text = """
      query ($posts: Int!, $revisions: Int!) {
        posts(first: $posts) { nodes { ...P ...P media { url } } }
      }
      fragment P on Post { revisions(first: $revisions) { nodes { version } } }
    """

    assert cost(text, posts=3, revisions=4) == 1 + 3 * (1 + 10 + 2 * (1 + 4 * 2))
    assert cost(text, posts=0, revisions=100) == 1
    assert cost(
        "query ($n: Int!) { posts(first: $n) { nodes { revisions(first: $n) { nodes { version } } } } }", n=5
    ) == (1 + 5 * (1 + 1 + 5 * 2))


@pytest.mark.parametrize("value", ["many", True, 1.5, float("nan"), float("inf"), {"a": 1}, [[1]]], ids=repr)
def test_values_that_no_variable_can_have_cost_something(value: object) -> None:
    assert 1 <= cost("query ($n: Int) { posts(first: $n) { nodes { id } } }", n=value) <= 201


def test_a_list_of_changes_says_how_many() -> None:
    text = "mutation ($changes: [PostChange!]!) { updatePosts(changes: $changes) { ... on NotFound { id } } }"

    assert [cost(text, changes=[{}] * count) for count in (0, 1, 50)] == [0, 11, 550]
    assert cost(text, changes={"id": ID}) == 11


def test_each_operation_of_a_document_has_its_own_cost() -> None:
    text = "query A { post(id: 1) { id } } query B { posts(first: 3) { nodes { id } } }"

    assert (cost(text, "A"), cost(text, "B")) == (2, 7)


def test_fields_that_may_be_left_out_cost_as_much() -> None:
    assert cost("query ($no: Boolean!) { post(id: 1) { id @skip(if: $no) title @include(if: false) } }", no=True) == 3


def test_fragments_that_double_and_double_are_worked_out_once() -> None:
    doubling = "".join(f" fragment f{n} on Post {{ ...f{n + 1} ...f{n + 1} }}" for n in range(40))
    text = "query ($n: Int) { post(id: 1) { ...f0 } }" + doubling + " fragment f40 on Post { %s }"

    assert cost(text.replace("($n: Int) ", "") % "id") == 10**9
    assert cost(text % "revisions(first: $n) { nodes { version } }", n=1) == 10**9


def test_refuses_what_costs_too_much_with_both_numbers() -> None:
    check_cost(25_000, Limits())

    with pytest.raises(GraphQLError) as refused:
        check_cost(25_001, Limits())
    assert described(refused.value) == "The operation costs 25,001; 25,000 are allowed."
