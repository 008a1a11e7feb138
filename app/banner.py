"""What the server prints when it is ready: where everything is, and one command for each edge."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Final

from app.commands.fill_demo import SCHEDULED, VIDEO

if TYPE_CHECKING:
    from app.settings import Settings

_EVERY_ADDRESS: Final = ("0.0.0.0", "::")  # noqa: S104 - recognised here, never bound
_NO_PUBLIC_URL: Final = (
    "REDRAFT_PUBLIC_URL is not set: media get the address that their upload came to, which networks may not reach."
)
_MUTATION: Final = (
    'mutation { updatePost(id: \\"%s\\", input: {content: \\"Hello from GraphQL\\"}) '
    "{ __typename ... on UpdatePostSuccess { changedFields post { content version } } "
    "... on MutationError { code message } } }"
)


def banner(settings: Settings, *, port: int, demo: bool, explorer_is_local: bool) -> str:
    """port: the one the server got, which is not the one in the settings where that is 0.

    explorer_is_local: whether the explorer's page was built here, and needs no internet.
    """
    host = "127.0.0.1" if settings.host in _EVERY_ADDRESS else settings.host
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    lines = [
        "",
        f"Redraft is ready at {address}",
        f"  GraphiQL   {address}/graphql",
        f"  REST docs  {address}/docs",
    ]
    if demo and settings.is_local_only:
        lines.append(f"  Sandbox    {address}/sandbox (what has gone out)")
    if not explorer_is_local:
        lines.append(
            "  GraphiQL was not built here (npm is missing): its page loads from a CDN and needs the internet."
        )
    if not settings.is_local_only and settings.public_url is None:
        lines.append(f"  {_NO_PUBLIC_URL}")
    if demo and settings.is_embedded and settings.demo_key_file.is_file():
        lines += _commands(address, str(settings.demo_key_file.resolve()))
    else:
        lines.append("  An API key is needed: redraft keys create NAME")
    return "\n".join([*lines, ""])


def _commands(address: str, key_file: str) -> list[str]:
    call = f'curl -s -H "Authorization: Bearer $(cat {quote(key_file)})" -H "Content-Type: application/json"'
    return [
        f"  Demo key   {key_file}",
        "",
        "Change a post on each edge:",
        f'  {call} {address}/graphql -d \'{{"query": "{_MUTATION % SCHEDULED}"}}\'',
        f'  {call} -X PATCH {address}/v1/posts/{SCHEDULED} -d \'{{"content": "Hello from REST"}}\'',
        f'  {call} {address}/post/update -d \'{{"postId": "post_{VIDEO.hex}", "caption": "Hello from /post"}}\'',
    ]
