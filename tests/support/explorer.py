"""What the explorer of the GraphQL edge sends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]


def documents_of_the_explorer() -> list[str]:
    """The operations of its tabs, with what they are pieced together from in their places."""
    source = (_ROOT / "resolvers" / "graphiql" / "src" / "tabs.js").read_text()
    pieces = dict(re.findall(r"const (\w+) = `(.*?)`;", source, re.DOTALL))
    written = re.findall(r"query: `(.*?)`", source, re.DOTALL)
    [made] = re.findall(r"const query = `(.*?)`;", source, re.DOTALL)
    refusals = re.findall(r'refusal: "(.*?)"', source)
    made = made.replace("${name}", "Made").replace('${says.map((line) => `# ${line}`).join("\\n")}', "# says")
    parts = [pieces["SUCCESS"], "... on MutationError { code message }", pieces["ISSUES"]]
    parts += [refusal.replace("\\n", " ") for refusal in refusals]
    return [
        re.sub(r"\$\{(\w+)\}", lambda found: pieces[found[1]], text)
        for text in (*written, re.sub(r"\$\{parts.*?\)\}", " ".join(parts), made))
    ]
