"""``feedpub schema``: print what an editor needs to check a config and to complete its keys."""

from __future__ import annotations

import json

from feedpub.cli.console import print_text
from feedpub.config.schema import json_schema


def schema() -> None:
    """Print the JSON Schema of the config file, for editors.

    Example: feedpub schema > feedpub.schema.json
    """
    print_text(json.dumps(json_schema(), ensure_ascii=False, indent=2))
