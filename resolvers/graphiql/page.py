"""The HTML of the explorer page.

Only the frame lives here; what the page does is in ``src/``. The bundle is not kept in
the repository, so a checkout may lack it. Such a checkout still gets an explorer, the
one that Strawberry ships, which loads its scripts from a CDN.
"""

import json
from html import escape
from pathlib import Path
from typing import Final

from strawberry.http.ides import get_graphql_ide_html

ASSETS: Final = Path(__file__).parent / "dist"
"""Folder with the built bundle, to be served under ``<endpoint>/assets``."""

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        # Monaco writes style elements and style attributes while it runs.
        "style-src 'self' 'unsafe-inline'",
        # The fonts and the icons are inlined in the style sheet.
        "font-src 'self' data:",
        "img-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""For the locally built page only: it would keep Strawberry's CDN page from loading."""

_PAGE: Final = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>Redraft GraphQL</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="{assets}/main.css">
    <script type="application/json" id="redraft-config">{config}</script>
    <script type="module" src="{assets}/main.js"></script>
  </head>
  <body>
    <div id="graphiql"></div>
    <noscript>The explorer needs JavaScript. The endpoint itself does not.</noscript>
  </body>
</html>
"""


def is_built() -> bool:
    """Say whether the bundle is there.

    One file is enough of a sign, because the build writes it last.
    """
    return (ASSETS / "main.js").is_file()


def _json_in_script(value: object) -> str:
    """Serialise for the inside of a script element.

    HTML reads that content before JSON does, so ``</script>`` or ``<!--`` in a string
    would end or swallow the element. As an escape it means the same to a JSON reader.
    """
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def render_page(*, endpoint: str, demo_key: str | None) -> str:
    """Render the explorer for ``endpoint``, a path without a trailing slash.

    A demo key is written into the page, readable by whoever can load it, so that the
    prepared tabs run at once. Without one they ask for the visitor's own key.
    """
    if not is_built():
        return get_graphql_ide_html("graphiql")
    return _PAGE.format(
        assets=escape(f"{endpoint}/assets"),
        config=_json_in_script({"endpoint": endpoint, "demoKey": demo_key}),
    )
