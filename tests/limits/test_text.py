"""A text is measured before it is parsed, and as the parser would measure it."""

from __future__ import annotations

import pytest
from graphql import GraphQLSyntaxError, Lexer, Source, TokenKind, get_introspection_query
from hypothesis import given
from hypothesis import strategies as st

from resolvers.limits import Limits, check_text
from tests.limits.asking import refusal_of_text


def lexed(text: str) -> int:
    """How many tokens graphql-core finds, comments included. Raises GraphQLSyntaxError."""
    lexer = Lexer(Source(text))
    while lexer.token.kind is not TokenKind.EOF:
        lexer.advance()
    count, token = 0, lexer.token.prev
    while token is not None and token.kind is not TokenKind.SOF:
        count, token = count + 1, token.prev
    return count


def assert_has_tokens(text: str, count: int) -> None:
    check_text(text, Limits(tokens=count))
    if count:
        are = "is" if count == 2 else "are"
        expected = f"The document has {count:,} tokens; {count - 1:,} {are} allowed."
        assert refusal_of_text(text, Limits(tokens=count - 1)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{ posts(first: 10) { nodes { id } } }",
        "\ufeff{a,b,\tc\r\nd}",
        'query Q($a: [Int!]! = [1, -2 3.5e-7], $b: S = "x") @d(a: $a) { ...F ... on T @skip(if: true) { a: b } }',
        '{ a(s: "") b(s: "\\"") c(s: "\\\\") d(s: "\\u0041\\u{1F600}\\n") e(s: "# no comment { ") }',
        '{ a(s: """""") b(s: """a "quoted" ""text""") c(s: """\n\\""" { # \n""") }',
        '{ a # a comment "with" {brackets\n b #\r\n # and another, the last: é 漢',
        '{ a(e: "é 漢字 😀 \u2028 \u0000") }',
        "[1-2-3]1.5.5"[:7],
        "fragment F on T { _ __a a1 _1 } # and so on",
        'type T implements A & B { "described" f(a: I = 1 @d): [T!] } union U = | A | B extend schema @x { query: Q }',
        get_introspection_query(),
    ],
)
def test_counts_the_tokens_that_the_parser_would_read(text: str) -> None:
    assert_has_tokens(text, lexed(text))


PIECES = st.sampled_from(
    [
        *'{}()[]!$&:=@|"#\\.-+eE019a_é \t\n\r,\ufeff😀',
        '"""',
        '""',
        "...",
        '\\"""',
        '\\"',
        "\\u0041",
        "1.5e3",
        "name",
        "\r\n",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_agrees_with_the_parser_on_whatever_it_can_read(text: str) -> None:
    try:
        count = lexed(text)
    except GraphQLSyntaxError:
        check_text(text, Limits())
    else:
        assert_has_tokens(text, count)


def test_lets_in_what_is_just_as_large_as_may_be() -> None:
    check_text("{" + "a " * 4998 + "}", Limits())
    check_text("{" + "a" * 200 + "}", Limits())
    check_text("{a(b:" + "9" * 4000 + ")}", Limits())
    check_text("{a(b:-" + "9" * 4000 + ")}", Limits())
    check_text("{" + " " * 249_997 + "a}", Limits())
    check_text("{" + "\n" * 4999 + "\r\n" * 2500 + "\r" * 2500 + "a}", Limits())
    check_text("{a" * 50 + "}" * 50, Limits())
    check_text("{a(b:" + "[" * 48 + "]" * 48 + ")}", Limits())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{" + "a " * 4999 + "}", "The document has 5,001 tokens; 5,000 are allowed."),
        ("{" + "#\n" * 4999 + "}", "The document has 5,001 tokens; 5,000 are allowed."),
        ('{a(b:["' + '","' * 5000 + '"])}', "The document has 5,010 tokens; 5,000 are allowed."),
        ("{" + "a" * 201 + "}", "A name has 201 characters; 200 are allowed."),
        ("{_" + "a" * 200 + "}", "A name has 201 characters; 200 are allowed."),
        ("{a(b:" + "9" * 4001 + ")}", "A number has 4,001 digits; 4,000 are allowed."),
        ("{a(b:-1." + "9" * 4000 + ")}", "A number has 4,001 digits; 4,000 are allowed."),
        ("{a(b:1e" + "9" * 4000 + ")}", "A number has 4,001 digits; 4,000 are allowed."),
        ("{" + " " * 249_998 + "a}", "The document has 250,001 characters; 250,000 are allowed."),
        ("{" + "\n" * 5000 + "\r\n" * 2500 + "\r" * 2500 + "a}", "The document has 10,001 lines; 10,000 are allowed."),
        ("{a" * 51 + "}" * 51, "The document has 51 brackets within each other; 50 are allowed."),
        ("{a(b:" + "[" * 49 + "]" * 49 + ")}", "The document has 51 brackets within each other; 50 are allowed."),
        ("{a(b:" + "{c:" * 1500, "The document has 1,502 brackets within each other; 50 are allowed."),
    ],
    ids=lambda value: value if value.endswith("allowed.") else "",
)
def test_refuses_what_is_one_too_large(text: str, message: str) -> None:
    assert refusal_of_text(text) == message


def test_text_in_quotes_and_comments_is_no_name_no_number_and_no_bracket() -> None:
    for inside in ("a" * 5000, "9" * 5000, "{" * 5000):
        check_text(f'{{a(b:"{inside}")}}', Limits())
        check_text(f'{{a(b:"""{inside}""")}}', Limits())
        check_text(f"{{a#{inside}\n}}", Limits())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{" + "".join(f"a{n}: __typename " for n in range(10_000)) + "}", "The document has 30,002 tokens; 5,000"),
        ("{ __typename " + "@aa" * 5000 + "}", "The document has 10,003 tokens; 5,000"),
        ("{" + "a" * 3_000_000 + "}", "The document has 3,000,002 characters; 250,000"),
        ("{" * 100_000, "The document has 100,000 tokens; 5,000"),
        ("{" * 2_500, "The document has 2,500 brackets within each other; 50"),
    ],
    ids=["10,000 aliases", "5,000 directives", "a name of 3 MB", "100,000 brackets", "2,500 brackets"],
)
def test_refuses_what_the_parser_would_read_for_long(text: str, message: str) -> None:
    assert refusal_of_text(text) == f"{message} are allowed."


@pytest.mark.parametrize(
    "text", ['"""' + '\\"""' * 50_000, '"\\' * 100_000, '"""\\' * 50_000, "-" * 200_000, '"x"' + '"""' + " " * 1000]
)
def test_leaves_it_to_the_parser_to_say_what_is_no_token(text: str) -> None:
    check_text(text, Limits(tokens=250_000))

    with pytest.raises(GraphQLSyntaxError):
        lexed(text)
