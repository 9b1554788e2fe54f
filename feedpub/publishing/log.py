"""``rejects.jsonl`` in the state folder: the rejects with their text, to be repaired and read again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from feedpub.articles.article import Reject
from feedpub.core.errors import PublishError

REJECTS = "rejects.jsonl"


def write_rejects(rejects: Sequence[Reject], state: Path) -> tuple[Reject, ...]:
    """Write each reject as one JSON object, with its raw text; return those that the last build did not have.

    A reject is recognised by its file, reason and text, because its line changes if text is added above it. Nothing
    published depends on the file, so it is written without the care for published files.
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
        before = file.read_bytes() if file.exists() else b""
        if data != before:
            fresh = state / f"{REJECTS}.new"
            fresh.write_bytes(data)
            fresh.replace(file)
    except OSError as error:
        raise PublishError(
            f"{file} cannot be written: {error.strerror}; feedpub build --dry-run lists what is rejected"
        ) from error
    known = Counter(_known(before))
    news = []
    for reject in rejects:
        key = (reject.origin.file, reject.reason, reject.text)
        if known[key]:
            known[key] -= 1
        else:
            news.append(reject)
    return tuple(news)


def _known(data: bytes) -> Iterator[tuple[str, str, str]]:
    for line in data.splitlines():
        try:
            reject = json.loads(line)
            yield reject["file"], reject["reason"], reject["text"]
        except (ValueError, KeyError, TypeError):
            # Somebody has edited the file: unknown rejects are reported once more.
            continue
