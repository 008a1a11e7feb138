"""What in a text becomes a link, a hashtag or a mention on Bluesky, and which bytes of it."""

from __future__ import annotations

import pytest

from app.networks.bluesky_facets import facets, handles

ALICE = "did:plc:alice"
DIDS = {"alice.test": ALICE}


def marked(text: str) -> list[tuple[str, str]]:
    """The bytes of each facet as text, and what it stands for."""
    found = []
    for facet in facets(text, DIDS):
        index, features = facet["index"], facet["features"]
        assert isinstance(index, dict)
        assert isinstance(features, list)
        ((_, value),) = ((name, value) for name, value in features[0].items() if name != "$type")
        found.append((text.encode()[index["byteStart"] : index["byteEnd"]].decode(), value))
    return found


def test_offsets_count_bytes_of_utf8() -> None:
    assert facets("👩‍👩‍👧 é #tag", {}) == [
        {
            "$type": "app.bsky.richtext.facet",
            "index": {"byteStart": 22, "byteEnd": 26},
            "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "tag"}],
        }
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://example.com", [("https://example.com", "https://example.com")]),
        ("HTTP://Example.com/A?b=c#d", [("HTTP://Example.com/A?b=c#d", "HTTP://Example.com/A?b=c#d")]),
        ("See http://example.com/a, then go.", [("http://example.com/a", "http://example.com/a")]),
        ("(https://example.com/a)", [("https://example.com/a", "https://example.com/a")]),
        ("(see https://example.com/a_(b)).", [("https://example.com/a_(b)", "https://example.com/a_(b)")]),
        ("https://example.com/é/日本", [("https://example.com/é/日本", "https://example.com/é/日本")]),
        ("https://localhost:8000/a", [("https://localhost:8000/a", "https://localhost:8000/a")]),
        ("example.com", [("example.com", "https://example.com")]),
        ("my-site.example.co.uk/a?b=1!", [("my-site.example.co.uk/a?b=1", "https://my-site.example.co.uk/a?b=1")]),
        ("example.com:8080/a", [("example.com:8080/a", "https://example.com:8080/a")]),
        ("Done.Then", []),
        ("version 1.2.3", []),
        ("readme.txt", []),
        ("me@example.com", []),
        ("x-https://example.com", []),
        ("https://", []),
        ("https://.", []),
        ("https:///path", []),
        ("http://[", []),
        ("ftp://example.com/a", []),
        ("-example.com", []),
    ],
)
def test_a_link_is_what_leads_somewhere_without_the_punctuation_around_it(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert marked(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#launch", [("#launch", "launch")]),
        ("＃launch", [("＃launch", "launch")]),
        ("#launch, #really!", [("#launch", "launch"), ("#really", "really")]),
        ("#日本 #it's #a-b #2026a", [("#日本", "日本"), ("#it's", "it's"), ("#a-b", "a-b"), ("#2026a", "2026a")]),
        ("#🎉", [("#🎉", "🎉")]),
        (f"#{'a' * 64}", [(f"#{'a' * 64}", "a" * 64)]),
        (f"#{'a' * 65}", []),
        ("#2026", []),
        ("#", []),
        ("##", []),
        ("#!", []),
        ("#\ufe0f\u20e3 1", []),
        ("a#launch", []),
        ("(#launch)", []),
    ],
)
def test_a_hashtag_says_more_than_a_number(text: str, found: list[tuple[str, str]]) -> None:
    assert marked(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@alice.test", [("@alice.test", ALICE)]),
        ("Thanks, @Alice.Test!", [("@Alice.Test", ALICE)]),
        ("(@alice.test)", [("@alice.test", ALICE)]),
        ("@alice.test.", [("@alice.test", ALICE)]),
        ("@alice.test's", [("@alice.test", ALICE)]),
        ("@bob.test", []),
        ("@alice", []),
        ("a@alice.test", []),
        ("@@alice.test", []),
    ],
)
def test_a_mention_is_a_handle_with_a_known_identity(text: str, found: list[tuple[str, str]]) -> None:
    assert marked(text) == found


def test_everything_in_one_text_stands_in_its_order_and_nothing_overlaps() -> None:
    text = "#a @alice.test example.com (https://b.com/(@alice.test) @bob.test #c"

    assert marked(text) == [
        ("#a", "a"),
        ("@alice.test", ALICE),
        ("example.com", "https://example.com"),
        ("https://b.com/(@alice.test)", "https://b.com/(@alice.test)"),
        ("#c", "c"),
    ]
    assert handles(text) == {"alice.test", "bob.test"}


@pytest.mark.parametrize("piece", ["a.", "a-", "@a.", "#a!", "https://a", "((((", "a.b/", "https://a.b/)"])
def test_a_long_text_of_anything_is_looked_through(piece: str) -> None:
    """It takes no longer than the text is long, or the test's time limit ends it."""
    text = piece * 20_000

    assert len(facets(text, DIDS)) <= 1
