"""The page of what went out to the sandbox, as HTML without any script."""

from __future__ import annotations

import base64
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.domain.media import MediaType, is_media_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.networks.sandbox import SandboxMedia, SandboxPost

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --faint: #777; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: 0; }
.about, header, footer { color: var(--faint); font-size: .875rem; }
article { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.25rem; margin: 1.25rem 0; }
article:target { outline: 2px solid #2a7ae2; }
header { display: flex; gap: .5rem; align-items: baseline; }
header b { color: CanvasText; font-size: 1rem; }
header time { margin-left: auto; }
.platform { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .5rem; }
h2 { font-size: 1.05rem; margin: .5rem 0 0; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
ul { list-style: none; padding: 0; overflow-wrap: anywhere; }
img { max-width: 100%; border-radius: .5rem; display: block; }
"""

_STYLE_HASH: Final = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()

HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Posts are anybody's text: nothing that one holds is run, and nothing is fetched from anywhere else."""


def sandbox_page(posts: Sequence[SandboxPost], *, origin: str) -> str:
    """posts: in the order to show them. origin: the server's own, as https://HOST; its pictures are shown."""
    shown = "".join(_post(post, origin) for post in posts) or "<p>Nothing has gone out yet.</p>"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Redraft sandbox</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>Sandbox</h1>\n"
        '<p class="about">What has gone out to accounts of the sandbox, the newest first. Nobody else sees it.</p>\n'
        f"<main>\n{shown}</main>\n</body>\n</html>\n"
    )


def _post(post: SandboxPost, origin: str) -> str:
    title = "" if post.title is None else f"<h2>{escape(post.title)}</h2>\n"
    items = "".join(f"<li>{_media(item, origin)}</li>\n" for item in post.media)
    media = f"<ul>\n{items}</ul>\n" if items else ""
    return (
        f'<article id="{escape(post.key)}">\n<header><b>{escape(post.account_name)}</b> '
        f'<span class="platform">{escape(post.platform)}</span> '
        f'<time datetime="{escape(post.published_at)}">{escape(post.published_at)}</time></header>\n'
        f'{title}<p class="text">{escape(post.text)}</p>\n{media}</article>\n'
    )


def _media(media: SandboxMedia, origin: str) -> str:
    url, said = escape(media.url), escape(media.alt_text or media.url)
    if not is_media_url(media.url):
        return said
    parts = urlsplit(media.url)
    if media.type == MediaType.IMAGE and f"{parts.scheme}://{parts.netloc}" == origin:
        return f'<a href="{url}"><img src="{url}" alt="{said}"></a>'
    return f'<a href="{url}">{said}</a>'
