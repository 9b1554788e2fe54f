"""Publish one set of documents in a process that starts quickly: ``driver.py JOB``, with the job as JSON.

Prints an error message on one line; the exit status is 1 for an error, 75 if another process has the lock, 0 otherwise.
"""

import json
import sys
import types
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The ``__init__`` of the package loads the validator, which takes longer than all of the publishing.
package = types.ModuleType("feedpub")
package.__path__ = [str(ROOT / "feedpub")]
sys.modules["feedpub"] = package

from feedpub.core.errors import Locked, PublishError  # noqa: E402 - after the package is set up
from feedpub.publishing.local.changes import Wanted  # noqa: E402
from feedpub.publishing.local.dirfd import exclusive  # noqa: E402
from feedpub.publishing.local.folder import publish  # noqa: E402


@dataclass(frozen=True)
class Doc:
    path: str
    data: bytes
    feed: str = "news"
    media_type: str = "application/rss+xml"
    yields: bool = False
    made_of: str = ""
    settled: bool = False


def main(job):
    documents = [Doc(name, text.encode()) for name, text in job["documents"].items()]
    state = Path(job["state"])
    try:
        with exclusive(state):
            wanted = Wanted(documents=documents, keep=job["keep"], gzip=job["gzip"])
            publish(wanted, Path(job["folder"]), state, layout=job["layout"])
    except Locked:
        return 75
    except PublishError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
