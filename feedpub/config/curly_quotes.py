"""Values that a person has put into curly quotes, which are no quotes for YAML, so that they would be published."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedpub.core.yaml_node import Node

# A pair around the whole value, as several languages set them; ’ is also an apostrophe.
_QUOTED = re.compile("[“”„‟][^“”„‟]*[“”„‟]|[‘‚‛][^‘‚‛]*[’‘‛]")


def curly_quotes(root: Node) -> Iterator[str]:
    """Yield a warning for each such value, in the order of the lines; values in straight quotes mean what they say."""
    for node in root.walk():
        text = node.value
        if node.plain and isinstance(text, str) and _QUOTED.fullmatch(text):
            straight = text[1:-1].replace("\\", "\\\\").replace('"', '\\"')
            yield f'{node.where}: the value has curly quotes, which YAML keeps; write "{straight}"'
