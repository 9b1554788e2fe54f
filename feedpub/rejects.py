"""``rejects.jsonl`` in the state folder: what could not become an article, to be repaired and fed back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from feedpub.article import Reject
from feedpub.errors import PublishError

REJECTS = "rejects.jsonl"


def write_rejects(rejects: Iterable[Reject], state: Path) -> bool:
    """Write one JSON object a reject, with its raw text; say whether they are others than at the last build.

    Nothing depends on the file, so it is replaced without the care that published files get.
    """
    lines = (
        {
            "file": reject.origin.file,
            "line": reject.origin.line,
            "last": reject.origin.last,
            "column": reject.origin.column,
            "reason": reject.reason,
            "text": reject.text,
        }
        for reject in rejects
    )
    data = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    file = state / REJECTS
    try:
        if data == (file.read_bytes() if file.exists() else b""):
            return False
        fresh = state / f"{REJECTS}.new"
        fresh.write_bytes(data)
        fresh.replace(file)
    except OSError as error:
        raise PublishError(
            f"the feeds are published, but {file} cannot be written: {error.strerror}"
        ) from error
    return True
