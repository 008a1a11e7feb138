"""Calls to the outside: where they may go, and what it comes to when they fail."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from app.domain.publishing import LONGEST_PAUSE, Refused, TryLater, Unanswered
from app.networks.addresses import is_public
from app.networks.failures import CallFailed, Failure
from app.networks.http import ANSWER_LIMIT, Http, open_http
from tests.networks.peer import (
    Fault,
    Peer,
    a_peer,
    accepts_and_answers_endlessly,
    accepts_and_hangs_up,
    accepts_and_hangs_up_within_the_answer,
    accepts_and_never_answers,
    answers,
)
from tests.networks.tls import a_server_context

SECRET = "s3cr3t-of-the-address"


async def say_hello(request: web.Request) -> web.StreamResponse:
    return web.json_response({"hello": "world"}, headers={"Set-Cookie": "a=b"})


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with a_peer(say_hello) as peer:
        yield peer


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """As on a server that may call loopback."""
    async with open_http(allow_private=True, timeout=5) as http:
        yield http


@pytest.fixture
async def guarded() -> AsyncIterator[Http]:
    async with open_http(allow_private=False, timeout=5) as http:
        yield http


async def failure_of(http: Http, url: str, **how: Any) -> Failure:
    with pytest.raises(CallFailed) as failed:
        await http.call("POST", url, data=b"a post", **how)
    return failed.value.outcome


def host_of(peer: Peer) -> str:
    return peer.url.removeprefix("http://")


# Where to


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.9.1",
        "localhost",
        "LOCALHOST",
        "0.0.0.0",  # noqa: S104 - it is called, not listened on
        "0x7f000001",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "[fd00::1]",
        "[fe80::1]",
        "[ff02::1]",
    ],
)
async def test_an_address_that_is_not_public_is_refused_and_never_connected_to(
    guarded: Http, peer: Peer, host: str
) -> None:
    port = peer.url.rpartition(":")[2]

    refused = await failure_of(guarded, f"http://{host}:{port}/{SECRET}")

    assert isinstance(refused, Refused)
    assert refused.reason.endswith(" is not on the public internet, and this server calls no other addresses.")
    assert SECRET not in refused.reason
    assert peer.received == []


@pytest.mark.parametrize("host", ["2130706433", "017700000001", "127.1", "0", "127.0.0.01", "a..b", "256.1.1.1"])
async def test_an_odd_spelling_of_an_address_is_none_that_can_be_called(guarded: Http, peer: Peer, host: str) -> None:
    port = peer.url.rpartition(":")[2]

    assert await failure_of(guarded, f"http://{host}:{port}/{SECRET}") == Refused(
        reason=f"{host}:{port} is not an address that can be called."
    )
    assert peer.received == []


@pytest.mark.parametrize("private", ["10.0.0.7", "127.0.0.1", "::1", "fd00::7"])
async def test_a_public_name_of_a_private_address_is_refused(
    guarded: Http, monkeypatch: pytest.MonkeyPatch, private: str
) -> None:
    family = socket.AF_INET6 if ":" in private else socket.AF_INET

    def resolve(host: str, port: int, *more: object, **others: object) -> list[tuple[object, ...]]:
        return [(family, socket.SOCK_STREAM, 6, "", (private, port, 0, 0)[: 4 if ":" in private else 2])]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    assert await failure_of(guarded, f"https://hooks.example.com/{SECRET}") == Refused(
        reason="hooks.example.com is not on the public internet, and this server calls no other addresses."
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("2002:808:808::1", True),
        ("255.255.255.255", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("239.1.1.1", False),
        ("fec0::1", False),
        ("fe80::1%eth0", False),
        ("2001:db8::1", False),
        ("2001::1", False),
        ("64:ff9b:1::808:808", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("::808:808", False),
        ("100::1", False),
    ],
)
def test_public_is_what_the_internet_routes_to_one_machine(address: str, expected: bool) -> None:
    assert is_public(address) is expected


async def test_private_addresses_are_called_where_that_is_allowed(http: Http, peer: Peer) -> None:
    answer = await http.call("POST", f"{peer.url}/in?a=1", query={"b": "2"}, json={"text": "ö"}, headers={"X-A": "b"})

    assert (answer.status, answer.object(), answer.is_success) == (200, {"hello": "world"}, True)
    [received] = peer.received
    assert (received.method, received.path, received.body) == ("POST", "/in?a=1&b=2", '{"text":"ö"}'.encode())
    assert (received.headers["Content-Type"], received.headers["X-A"]) == ("application/json", "b")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://user@{}/", "The address holds a user name or a password, and none is sent that way."),
        ("http://:pass@{}/", "The address holds a user name or a password, and none is sent that way."),
        ("ftp://{}/", "The address is not one that can be called."),
        ("http:///{}", "The address is not one that can be called."),
        ("http://{}0000/", "The address is not one that can be called."),
    ],
)
async def test_an_address_is_plain(http: Http, peer: Peer, url: str, reason: str) -> None:
    assert await failure_of(http, url.format(host_of(peer))) == Refused(reason=reason)
    assert peer.received == []


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\0", "ä", "a\x7f"])
async def test_a_header_that_cannot_be_sent_is_refused(http: Http, peer: Peer, value: str) -> None:
    assert await failure_of(http, peer.url, headers={"Authorization": value}) == Refused(
        reason="The account's credentials hold characters that cannot be sent."
    )
    assert peer.received == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(http: Http, peer: Peer, status: int) -> None:
    peer.faults.append(answers(status, headers={"Location": f"{peer.url}/{SECRET}"}))

    answer = await http.call("POST", peer.url)

    refused = answer.failure().outcome
    assert isinstance(refused, Refused)
    assert refused.reason.endswith(": redirects are not followed.")
    assert SECRET not in refused.reason
    assert len(peer.received) == 1


async def test_the_environments_proxy_is_not_used(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_peer(say_hello) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        async with open_http(allow_private=True, timeout=5) as http:
            await http.call("GET", peer.url)

        assert (len(peer.received), proxy.received) == (1, [])


async def test_every_call_has_a_connection_of_its_own_and_brings_no_cookies(http: Http, peer: Peer) -> None:
    for _ in range(3):
        await http.call("POST", peer.url)

    assert [received.headers["Connection"] for received in peer.received] == ["close"] * 3
    assert not any("Cookie" in received.headers for received in peer.received)


# What failing comes to


async def test_a_port_where_nobody_listens_may_be_tried_later(http: Http) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"

        assert await failure_of(http, f"http://{host}/{SECRET}") == TryLater(
            reason=f"{host} could not be reached: it refuses connections."
        )


async def test_a_name_without_an_address_may_be_tried_later(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*anything: object, **more: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    assert await failure_of(http, f"https://hooks.example.com/{SECRET}") == TryLater(
        reason="hooks.example.com could not be reached: its name has no address."
    )


async def test_a_server_that_does_not_speak_tls_may_be_tried_later(http: Http, peer: Peer) -> None:
    assert await failure_of(http, f"https://{host_of(peer)}/{SECRET}") == TryLater(
        reason=f"{host_of(peer)} could not be reached: no secure connection came about."
    )
    assert peer.received == []


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(http: Http) -> None:
    async with _tls_listener() as (host, heard):
        assert await failure_of(http, f"https://{host}/{SECRET}") == TryLater(
            reason=f"{host} could not be reached: its certificate is not valid."
        )
        assert heard == []


async def test_a_connection_that_never_comes_about_may_be_tried_later() -> None:
    # A queue of one, taken: Linux answers nobody else who knocks.
    with socket.socket() as busy, socket.socket() as first, socket.socket() as second:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        for knocking in (first, second):
            knocking.setblocking(False)
            assert knocking.connect_ex(busy.getsockname()) in (0, errno.EINPROGRESS)
        host = f"127.0.0.1:{busy.getsockname()[1]}"
        async with open_http(allow_private=True, timeout=0.3) as http:
            assert await failure_of(http, f"http://{host}/{SECRET}") == TryLater(
                reason=f"{host} took no connection within 0.3 seconds."
            )


async def test_nobody_knows_what_came_of_a_call_without_an_answer_in_time(peer: Peer) -> None:
    peer.faults.append(accepts_and_never_answers)
    async with open_http(allow_private=True, timeout=0.3) as http:
        assert await failure_of(http, f"{peer.url}/{SECRET}") == Unanswered(
            reason=f"{host_of(peer)} took the call, and gave no answer within 0.3 seconds."
        )
    assert len(peer.received) == 1


async def test_nobody_knows_what_came_of_a_call_that_was_cut_off(http: Http, peer: Peer) -> None:
    peer.faults.append(accepts_and_hangs_up)

    assert await failure_of(http, f"{peer.url}/{SECRET}") == Unanswered(
        reason=f"{host_of(peer)} took the call, and the connection broke before it answered."
    )
    assert len(peer.received) == 1


@pytest.mark.parametrize("noise", [b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" * 9000])
async def test_nobody_knows_what_came_of_a_call_that_is_answered_in_another_language(http: Http, noise: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(noise)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert await failure_of(http, f"http://{host}/{SECRET}") == Unanswered(
            reason=f"{host} took the call, and the connection broke before it answered."
        )


async def test_a_harmless_call_leaves_nothing_unknown(http: Http, peer: Peer) -> None:
    peer.faults += [accepts_and_hangs_up, answers(500)]

    assert await failure_of(http, peer.url, harmless=True) == TryLater(
        reason=f"{host_of(peer)} took the call, and the connection broke before it answered."
    )
    answer = await http.call("POST", peer.url, harmless=True)
    assert answer.failure().outcome == TryLater(reason=f"{host_of(peer)} answered 500 Internal Server Error.")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, Refused) for status in (304, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 451, 499, 501, 505)),
        *((status, TryLater) for status in (408, 425, 429, 503, 521, 523, 525, 526, 530)),
        *((status, Unanswered) for status in (500, 502, 504, 507, 508, 520, 522, 524, 599)),
    ],
)
async def test_what_a_status_comes_to(http: Http, peer: Peer, status: int, kind: type[Failure]) -> None:
    peer.faults.append(answers(status))

    outcome = (await http.call("POST", peer.url)).failure("No such luck.").outcome

    assert type(outcome) is kind
    assert outcome.reason.startswith(f"{host_of(peer)} answered {status}")
    assert status == 304 or outcome.reason.endswith(": No such luck.")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "30"}, timedelta(seconds=30)),
        ({"Retry-After": "0"}, timedelta(0)),
        ({"Retry-After": "9" * 400}, LONGEST_PAUSE),
        (
            {"Retry-After": "Sun, 22 Nov 2026 09:00:40 GMT", "Date": "Sun, 22 Nov 2026 09:00:00 GMT"},
            timedelta(seconds=40),
        ),
        ({"Retry-After": "Sun, 22 Nov 1998 09:00:40 GMT"}, timedelta(0)),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "٣"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_the_wait_that_is_asked_for(
    http: Http, peer: Peer, status: int, headers: dict[str, str], wait: timedelta | None
) -> None:
    peer.faults.append(answers(status, headers=headers))

    outcome = (await http.call("POST", peer.url)).failure().outcome

    assert isinstance(outcome, TryLater)
    assert outcome.wait == wait


# Answers


@pytest.mark.parametrize("fault", [accepts_and_answers_endlessly, accepts_and_hangs_up_within_the_answer])
async def test_an_answer_that_cannot_be_read_to_its_end_still_has_a_status(
    http: Http, peer: Peer, fault: Fault
) -> None:
    peer.faults.append(fault)

    answer = await http.call("POST", peer.url)

    assert (answer.status, answer.body, answer.object()) == (200, None, None)
    assert answer.unreadable().outcome == Unanswered(
        reason=f"{host_of(peer)} answered 200, and nothing that can be read."
    )


async def test_an_answer_of_the_longest_length_is_read(http: Http, peer: Peer) -> None:
    peer.faults += [answers(200, body=b"x" * ANSWER_LIMIT), answers(200, body=b"x" * (ANSWER_LIMIT + 1))]

    assert (await http.call("POST", peer.url)).body == b"x" * ANSWER_LIMIT
    assert (await http.call("POST", peer.url)).body is None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"null", b"\xff", b'"a"', b"[" * 100_000])
async def test_what_is_no_json_object_is_none(http: Http, peer: Peer, body: bytes) -> None:
    peer.faults.append(answers(200, body=body))

    assert (await http.call("POST", peer.url)).object() is None


async def test_nothing_is_asked_for_compressed_or_unpacked(http: Http, peer: Peer) -> None:
    peer.faults.append(answers(200, body=b"\x1f\x8b\x08", headers={"Content-Encoding": "gzip"}))

    answer = await http.call("POST", peer.url)

    assert peer.received[0].headers["Accept-Encoding"] == "identity"
    assert answer.body == b"\x1f\x8b\x08"


async def test_a_long_body_is_sent_whole(http: Http, peer: Peer) -> None:
    body = bytes(range(256)) * 12_000

    await http.call("POST", peer.url, data=body, headers={"Content-Type": "image/png"})

    [received] = peer.received
    assert received.body == body
    assert (received.headers["Content-Length"], received.headers["Content-Type"]) == (str(len(body)), "image/png")


# Files


async def test_a_file_is_downloaded_whole(http: Http, peer: Peer) -> None:
    peer.faults.append(answers(200, body=b"x" * 200_000))

    assert await http.download(f"{peer.url}/a.png", limit=200_000) == b"x" * 200_000


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (answers(200, body=b"x" * 101), Refused(reason="{} sent a file of more than 100 bytes.")),
        (accepts_and_answers_endlessly, Refused(reason="{} sent a file of more than 100 bytes.")),
        (accepts_and_hangs_up_within_the_answer, TryLater(reason="{} broke off in the middle of a file.")),
        (answers(404), Refused(reason="{} answered 404 Not Found.")),
        (answers(500), TryLater(reason="{} answered 500 Internal Server Error.")),
    ],
)
async def test_a_file_that_cannot_be_had(http: Http, peer: Peer, fault: Fault, expected: Failure) -> None:
    peer.faults.append(fault)

    with pytest.raises(CallFailed) as failed:
        await http.download(f"{peer.url}/{SECRET}", limit=100)

    assert type(failed.value.outcome) is type(expected)
    assert failed.value.outcome.reason == expected.reason.format(host_of(peer))


async def test_an_error_says_nothing_of_the_address_but_its_host(http: Http, peer: Peer) -> None:
    peer.faults.append(accepts_and_hangs_up)

    with pytest.raises(CallFailed) as failed:
        await http.call("POST", f"{peer.url}/{SECRET}?token={SECRET}")

    assert SECRET not in str(failed.value)
    assert (failed.value.__cause__, failed.value.__suppress_context__) == (None, True)


@asynccontextmanager
async def _tls_listener() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server with a certificate that it made itself, and what it was sent under it."""
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=a_server_context())
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", heard
