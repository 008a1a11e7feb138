"""Validation that ends: comparing fields with each other takes long, and introspection goes in circles."""

from __future__ import annotations

from graphql import parse, specified_rules, validate

from resolvers.limits import RULES, TOO_LARGE, said_once
from tests.limits.asking import schema


def test_every_rule_of_the_specification_is_among_them() -> None:
    assert all(any(issubclass(rule, of) for rule in RULES) for of in specified_rules)
    assert len(RULES) == len(specified_rules) + 1


def test_refuses_fields_that_take_too_long_to_compare() -> None:
    document = parse("{ post(id: 1) { " + "media { url width height } " * 200 + "} }")

    [error] = validate(schema(), document, RULES)

    assert error.message == "Comparing fields takes 50,001 steps; 50,000 are allowed."
    assert error.extensions == {"code": TOO_LARGE, "limit": 50_000, "actual": 50_001}
    assert validate(schema(), parse("{ post(id: 1) { " + "media { url width height } " * 60 + "} }"), RULES) == []


def test_fields_that_cannot_be_merged_are_still_found() -> None:
    [error] = validate(schema(), parse("{ post(id: 1) { a: id a: title } }"), RULES)

    assert error.message.startswith("Fields 'a' conflict because 'id' and 'title' are different fields.")


def test_too_many_errors_end_validation_as_before() -> None:
    conflicts = " ".join(f"a{n}: id a{n}: title" for n in range(30))

    errors = validate(schema(), parse("{ post(id: 1) { " + conflicts + " } }"), RULES, max_errors=19)

    assert len(errors) == 20
    assert errors[-1].message == "Too many validation errors, error limit reached. Validation aborted."


def test_refuses_introspection_that_goes_in_circles() -> None:
    text = "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"

    assert {error.message for error in validate(schema(), parse(text), RULES)} == {
        "Maximum introspection depth exceeded"
    }


def test_says_each_thing_once_with_all_its_places() -> None:
    text = "{ __typename @aa @aa @bb @aa }"

    errors = said_once(validate(schema(), parse(text), RULES))

    assert [(error.message, [place.column for place in error.locations or ()]) for error in errors] == [
        ("Unknown directive '@aa'.", [14, 18, 26]),
        ("Unknown directive '@bb'.", [22]),
    ]
