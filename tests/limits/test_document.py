"""A document is measured before it is validated, so it may be anything that can be parsed."""

from __future__ import annotations

import pytest
from graphql import parse, validate

from resolvers.limits import RULES, Limits, check_document
from tests.limits.asking import refusal_of_document, schema


def aliases(count: int, prefix: str = "a") -> str:
    return " ".join(f"{prefix}{number}: __typename" for number in range(count))


def nested(depth: int) -> str:
    """A field that has this many levels of fields, of which nothing exists."""
    return "a " + "{ a " * (depth - 1) + "}" * (depth - 1)


def checked(text: str, limits: Limits | None = None) -> None:
    check_document(parse(text), limits or Limits())


@pytest.mark.parametrize(
    "text",
    [
        "{ " + aliases(30) + " }",
        "{ ...A ...A } fragment A on Query { " + aliases(15) + " }",
        "{ ... { " + aliases(15) + " } a { ... on X { " + aliases(15) + " } } }",
        "query A { " + aliases(30) + " } query B { " + aliases(30) + " }",
        "{ a } fragment Unused on Query { " + aliases(31) + " }",
        "{ " + "a " * 50 + "}",
        "{ ...A ...A } fragment A on Query { " + "a " * 25 + "}",
        "{ a { " + "a " * 200 + "} }",
        "{ " + nested(12) + " }",
        "{ ... { ...A } } fragment A on X { " + nested(12) + " }",
        "{ a { ...A } } fragment A on X { " + nested(11) + " }",
        "{ a " + "@d " * 10 + " b " + "@d " * 10 + "}",
        "{ a { " + "a " * 2999 + "} }",
        "{ a } " + "query A { a } " * 99,
        "{ a(b: {" + "c: 1 " * 500 + "} d: {" + "c: 1 " * 500 + "} e: [" + "{c: 1} " * 500 + "]) }",
    ],
    ids=[
        "30 aliases",
        "30 in fragments",
        "30 in inline fragments",
        "30 in each operation",
        "31 in no operation",
        "50 root fields",
        "50 in fragments",
        "200 elsewhere",
        "12 deep",
        "12 deep in fragments",
        "12 deep with a fragment",
        "10 directives",
        "3,000 fields",
        "100 operations",
        "500 values",
    ],
)
def test_lets_in_what_is_just_as_large_as_may_be(text: str) -> None:
    checked(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{ " + aliases(31) + " }", "The operation has 31 aliases; 30 are allowed."),
        (
            "{ ...A ...A a: a } fragment A on Query { " + aliases(15) + " }",
            "The operation has 31 aliases; 30 are allowed.",
        ),
        ("{ ... { b: a } a { ... on X { " + aliases(30) + " } } }", "The operation has 31 aliases; 30 are allowed."),
        ("query A { a } mutation B { " + aliases(31) + " }", "The operation has 31 aliases; 30 are allowed."),
        ("{ __schema { " + aliases(31) + " } }", "The operation has 31 aliases; 30 are allowed."),
        ("{ " + "a " * 51 + "}", "The operation has 51 root fields; 50 are allowed."),
        (
            "{ ...A ... { ...A } } fragment A on Query { " + "a " * 26 + "}",
            "The operation has 52 root fields; 50 are allowed.",
        ),
        ("query A { a } query B { " + "a " * 51 + "}", "The operation has 51 root fields; 50 are allowed."),
        ("{ " + nested(13) + " }", "The operation has 13 fields within each other; 12 are allowed."),
        (
            "{ ... on X { ... { ...A } } } fragment A on X { " + nested(13) + " }",
            "The operation has 13 fields within each other; 12 are allowed.",
        ),
        (
            "{ a { ...A } } fragment A on X { a { ...B } } fragment B on X { " + nested(11) + " }",
            "The operation has 13 fields within each other; 12 are allowed.",
        ),
        (
            "query A { a } query B { " + nested(13) + " }",
            "The operation has 13 fields within each other; 12 are allowed.",
        ),
        ("{ a " + "@d " * 11 + "}", "A location has 11 directives; 10 are allowed."),
        ("query " + "@d " * 11 + "{ a }", "A location has 11 directives; 10 are allowed."),
        ("query ($v: X " + "@d " * 11 + ") { a }", "A location has 11 directives; 10 are allowed."),
        ("{ ... " + "@d " * 11 + "{ a } }", "A location has 11 directives; 10 are allowed."),
        ("{ ...A " + "@d " * 11 + "}", "A location has 11 directives; 10 are allowed."),
        ("{ a } fragment A on X " + "@d " * 11 + "{ a }", "A location has 11 directives; 10 are allowed."),
        ("{ a { " + "a " * 3000 + "} }", "The document has 3,001 fields and spreads; 3,000 are allowed."),
        ("{ a } " + "query A { a } " * 100, "The document has 101 operations and fragments; 100 are allowed."),
        ("{ a(b: [[{" + "c: 1 " * 501 + "}]]) }", "An object has 501 values; 500 are allowed."),
        ("{ a(b: {c: [" + "{d: 1} " * 250 + "]}) }", "An object has 501 values; 500 are allowed."),
        ("{ a @d(b: {" + "c: 1 " * 501 + "}) }", "An object has 501 values; 500 are allowed."),
        ("query ($v: X = {" + "c: 1 " * 501 + "}) { a }", "An object has 501 values; 500 are allowed."),
    ],
)
def test_refuses_what_is_one_too_large(text: str, message: str) -> None:
    assert refusal_of_document(text) == message


def test_every_limit_is_the_one_that_was_set() -> None:
    for limits, text, message in (
        (Limits(aliases=1), "{ a: a b: a }", "The operation has 2 aliases; 1 is allowed."),
        (Limits(root_fields=1), "{ a b }", "The operation has 2 root fields; 1 is allowed."),
        (Limits(depth=1), "{ a { b } }", "The operation has 2 fields within each other; 1 is allowed."),
        (Limits(directives=0), "{ a @d }", "A location has 1 directives; 0 are allowed."),
        (Limits(selections=1), "{ a b }", "The document has 2 fields and spreads; 1 is allowed."),
        (
            Limits(definitions=1),
            "query A { a } query B { a }",
            "The document has 2 operations and fragments; 1 is allowed.",
        ),
        (Limits(values=1), "{ a(b: {c: 1 d: 2}) }", "An object has 2 values; 1 is allowed."),
    ):
        assert refusal_of_document(text, limits) == message


def test_the_schemas_description_of_itself_is_not_deep() -> None:
    checked("{ __schema { " + nested(20) + " } __type { ...A } } fragment A on __Type { " + nested(20) + " }")

    assert refusal_of_document("{ __typename { " + nested(12) + " } }") == (
        "The operation has 13 fields within each other; 12 are allowed."
    )


def chain(length: int, inside: str = "") -> str:
    """An operation whose fragments hold each other, this many selections within each other."""
    fragments = "".join(f" fragment f{n} on Query {{ {inside} ...f{n + 1} }}" for n in range(length - 2))
    return "{ ...f0 }" + fragments + f" fragment f{length - 2} on Query {{ a }}"


def test_refuses_fragments_that_lead_too_deep() -> None:
    checked(chain(50))

    assert refusal_of_document(chain(51)) == "The operation has 51 selections within each other; 50 are allowed."
    assert refusal_of_document("{ a }" + chain(60).removeprefix("{ ...f0 }")) == (
        "A fragment has 51 selections within each other; 50 are allowed."
    )


def test_refuses_fragments_that_double_and_double() -> None:
    doubling = "".join(f" fragment f{n} on X {{ ...f{n + 1} ...f{n + 1} }}" for n in range(40))

    assert refusal_of_document("{ a { ...f0 } }" + doubling + " fragment f40 on X { b: a }") == (
        "The operation has more than 1,000,000,000 aliases; 30 are allowed."
    )


@pytest.mark.parametrize(
    "text",
    [
        "{ ...A } fragment A on Query { ...B } fragment B on Query { a ...A }",
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { a { ...A } ...B ...B } fragment B on X { ...C } fragment C on X { ...A ...B }",
        "{ ...Missing ...A } fragment A on Query { ...Missing }",
        "{ ...A } fragment A on Query { a } fragment A on Query { b }",
        "type T { a: Int } extend type T { b: Int }",
        "{ }",
    ],
    ids=["a circle", "itself", "circles in circles", "missing", "two of a name", "no operation", "nothing"],
)
def test_leaves_it_to_the_rules_to_say_what_is_not_valid(text: str) -> None:
    document = parse(text)

    check_document(document, Limits())

    assert text == "{ }" or validate(schema(), document, RULES) != []


def test_counts_what_a_circle_holds_once() -> None:
    text = "{ ...A } fragment A on Query { a: a ...B } fragment B on Query { b: a ...A }"

    assert refusal_of_document(text, Limits(aliases=1)) == "The operation has 2 aliases; 1 is allowed."
