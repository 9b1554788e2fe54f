"""What ``--format json`` prints, declared once. The JSON Schemas and ``docs/json.md`` are generated from it.

``python -m feedpub.cli.shapes`` prints the page, ``python -m feedpub.cli.shapes schema`` the schemas.

A shape is one of these:

- a text ``type: meaning``, with types such as ``integer or null``;
- a dict of shapes: an object with exactly these keys; a key that ends with ``?`` may be missing;
- a list with one shape: an array of it;
- an :class:`OrNull`: a shape that may also be ``null``;
- a :class:`Map`: an object whose keys depend on the data.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class OrNull(NamedTuple):
    """A shape, or ``null``."""

    shape: Any


class Map(NamedTuple):
    """An object with any keys, whose values have one shape; ``keys`` says what the keys are."""

    keys: str
    shape: Any


_PLACE = {"file": "string: the file", "line": "integer: its line, from 1"}
_ENTRIES = [{"id": "string: its id", "title": "string: its title"}]
_DOCUMENTS = [
    {
        "path": "string: its name in the output folder",
        "written": "boolean: whether its bytes changed",
        "invalid?": "string: why it is not published",
    }
]
_HITS = [
    {
        "term": "string: the term",
        "field": "string: the field that has it: `title`, `body` …",
        "start": "integer: where it begins, in characters",
        "end": "integer: where it ends",
        "text": "string: the text that was found",
    }
]
_SCORE = {
    "precision": "number: the share of articles taken by the rule that belong",
    "recall": "number: the share of articles that belong which the rule takes",
    "f1": "number: the harmonic mean of both",
}
_TERM = "string or object: the term, as in a config"
_ORIGIN = "string: file and line"

SHAPES: Mapping[str, Any] = {
    "fetch": {
        "fetched": [
            {
                "url": "string: the address",
                "outcome": "string: `new`, `unchanged`, `not due`, `failed` or `gone`",
                "detail": "string: the reason, as a sentence; may be empty",
                "moved_to": "string or null: the target of a permanent redirect",
            }
        ]
    },
    "check": {
        "failing_examples": ["string: an example that fails, with its place"],
        "warnings": ["string: a probable mistake"],
        "files": [
            {
                "file": "string: a file that was read",
                "format": "string: its format",
                "articles": "integer: its articles",
                "rejects": "integer: its rejects",
                "reasons": ["array: a reason for rejects, the first place, the number"],
                "left_out": ["array: a reason for leaving records out, the first place, the number"],
                "doubts": ["array: a doubt, and its place"],
                "shared": ["array: an id or link of several articles, the first place, the number"],
                "kinds": ["array: a kind of article, and the number"],
                "boilerplate_lines": "integer: lines that belong to no article",
                "linked": "integer: articles that have a link",
                "relative": "integer: articles with a relative link",
                "unfit": "integer: articles whose link is not a web address",
                "tagged": "integer: articles whose bodies look like HTML",
                "garbled": "integer: articles that seem to be decoded with the wrong encoding",
                "by_hand": "integer: articles that name feeds themselves",
                "applied": ["integer: the number of a cleaning rule that matched"],
                "beside": "integer: files that articles name",
                "absent": ["array: why such a file cannot be published, the first place, the number"],
            }
        ],
        "more_files": "integer: the number of files that were not read",
        "catalog": OrNull(
            {
                "files": "integer: files in the catalog",
                "unknown": "integer: files that the next build reads",
                "differences": ["string: how a file differs from the catalog"],
            }
        ),
        "adopted": [
            {
                "source": "string: the source that adopts ids",
                "old_feeds": ["string: a feed of another program"],
                "entries": "integer: its entries",
                "matched": "integer: entries for which there is an article",
                "kept": "integer: articles of these that were already published under another id",
                "others": [
                    {
                        "id": "string: the id of an entry without an article",
                        "title": "string: its title",
                        "link": "string or null: its link",
                        "origin": _ORIGIN,
                    }
                ],
                "seconds": [
                    {
                        "id": "string: the id of an entry whose article has adopted another id",
                        "title": "string: its title",
                        "origin": _ORIGIN,
                    }
                ],
                "rejects": [{"origin": _ORIGIN, "reason": "string: why the entry cannot be read"}],
            }
        ],
    },
    "build": {
        "articles": "integer: articles of all sources",
        "duplicates": "integer: records that are duplicates of other articles",
        "edited": "integer: articles that changed since they were published",
        "held": "integer: articles that are not due yet",
        "left_out": "integer: records that their owners keep back",
        "withdrawn": "integer: records of these that withdraw an article or are withdrawn",
        "taken_back": "integer: articles that this build took offline for that",
        "boilerplate_lines": "integer: lines that belong to no article",
        "files_read": "integer: files of the sources that were read",
        "files_reused": "integer: files that were known from earlier builds, and not read",
        "articles_matched": "integer: articles that were matched against the rules",
        "notices": Map("kind of notice", "integer: the number of notices"),
        "rejects": [_PLACE | {"column": "integer or null: its column", "reason": "string: why"}],
        "feeds": [
            {
                "slug": "string: the feed",
                "entries": "integer: entries of its subscription document",
                "new": "integer: entries that are new to subscribers",
                "archived": "integer: entries of archive documents that are not closed",
                "limit": "string or null: `max_items` or `max_bytes`, if it keeps older entries out",
                "near": [_PLACE | {"reason": "string: the earlier entry that is nearly the same"}],
                "documents": _DOCUMENTS,
            }
        ],
        "listings": _DOCUMENTS,
        "pages": _DOCUMENTS,
        "media": _DOCUMENTS,
        "removed": ["string: a file that was removed"],
        "altered": ["string: a closed document that somebody else changed or removed"],
        "warnings": ["string: a problem of a source, or a probable mistake"],
        "foreign": ["string: a file of yours that has the name of a page"],
        "next_change": "string or null: when time alone changes something (RFC 3339)",
        "events": "integer: events that were passed to the command `on_publish`",
        "hook": "string or null: why that command failed",
    },
    "deploy": {
        "deployed": [
            {
                "to": "string: the target",
                "uploaded?": ["string: a file that was copied"],
                "removed?": ["string: a file that was removed there"],
                "error?": "string: why copying failed",
            }
        ]
    },
    "ping": {
        "told": [
            {
                "topic": "string: the address of a document that changed",
                "error": "string or null: why the hub could not be told",
            }
        ]
    },
    "suggest": {
        "belong": "integer: articles it learned from that belong",
        "others": "integer: articles it learned from that do not belong",
        "held_out": _SCORE,
        "present_rule": _SCORE,
        "rule": "object: the rule, as in a config",
        "terms": [
            {
                "term": _TERM,
                "right": "integer: articles it finds correctly",
                "wrong": "integer: articles it finds wrongly",
                "alone": "integer: articles that no other term finds",
            }
        ],
        "also_possible": [
            {
                "term": _TERM,
                "right": "integer: articles it would find correctly",
                "wrong": "integer: articles it would find wrongly",
            }
        ],
    },
    "explain": {
        "article": {"id": "string: its id; may be empty", "title": "string: its title"},
        "feeds": [
            {
                "slug": "string: the feed",
                "in": "boolean: whether the feed takes the article",
                "why": "string or null: what decided; `null` if nothing wants the article",
                "hits": _HITS,
                "vetoed_by": _HITS,
                "near_misses": [
                    {
                        "term": "string: a term that nearly matches",
                        "reason": "string: why it does not",
                    }
                ],
                "included_by": ["string: a feed in `include` that takes it"],
                "excluded_by": ["string: a feed in `exclude` that takes it"],
                "hand": OrNull({"does": "string: `added` or `dropped` by hand"} | _PLACE),
                "placement": OrNull(
                    {
                        "where": "string: `subscription document`, `archive document`, `no room` …",
                        "documents": ["string: a document that contains it"],
                        "reason": "string: why; may be empty",
                    }
                ),
            }
        ],
        "fate": OrNull(
            {
                "is": "string: `article`, `duplicate`, `held`, `left out`, `withdrawn` or `rejected`",
                "reason": "string: why; may be empty",
            }
            | _PLACE
        ),
        "left_out": ["string: why all feeds or one leave it out"],
        "duplicate_of": OrNull({"id": "string or null: the article that stays"} | _PLACE),
        "cleaned": OrNull(
            {
                "rules": ["string: a cleaning rule that changed it"],
                "title": "string: its title before",
                "body": "string: its body before",
            }
        ),
    },
    "diff": {
        "refused": "string or null: why a build would refuse",
        "changed": "boolean: whether anything changes",
        "feeds": [
            {
                "slug": "string: the feed",
                "status": "string: `same`, `changed`, `new`, `retired` or `gone`",
                "moved_to": "string or null: where a retired feed has moved",
                "enter": _ENTRIES,
                "leave": _ENTRIES,
            }
        ],
    },
    "report": {
        "articles": "integer: articles of all sources",
        "unrouted": "integer: articles in no feed that has a rule",
        "unrouted_articles": [{"title": "string: its title"} | _PLACE],
        "feeds": [
            {
                "slug": "string: the feed",
                "articles": "integer: its articles",
                "added_by_hand": "integer: articles that were added by hand",
                "dropped_by_hand": "integer: articles that were dropped by hand",
                "never_found": "integer or null: terms that find nothing; `null` if there are too few articles to say",
                "per_week": "number or null: articles a week",
                "oldest": "string or null: when its oldest article was published",
                "newest": "string or null: when its newest article was published",
                "weeks": Map("first day of a week", "integer: articles of the week"),
                "terms": [
                    {
                        "term": "string: the term",
                        "where": "string: its place in the config",
                        "seen": "integer: articles in which it was looked for",
                        "hits": "integer: articles that it finds",
                        "alone": "integer: articles that no other term finds",
                    }
                ],
            }
        ],
        "overlaps": [{"feeds": ["string: one of two feeds"], "articles": "integer: articles in both"}],
    },
    "status": {
        "last_build": "string or null: when the last build began",
        "last_good_build": "string or null: when the last build with exit status 0 began",
        "next_change": "string or null: when time alone changes something",
        "feeds": [
            {
                "slug": "string: the feed",
                "entries": "integer: entries of its subscription document",
                "newest": "string or null: when the newest entry was published",
            }
        ],
        "targets": [
            {
                "to": "string: a target of `deploy`",
                "at": "string or null: when the last deploy ended",
                "waits": "boolean: whether there is something to copy",
                "error": "string or null: why it failed",
            }
        ],
        "fetched": [
            {
                "url": "string: an address that `fetch` fetches",
                "failure": "string or null: why the last fetch failed",
                "failed_at": "string or null: when",
                "gone": "boolean: whether the server says that it is gone for good",
                "moved_to": "string or null: the target of a permanent redirect",
            }
        ],
        "pings_waiting": "integer: changed documents that the hub has not been told about",
        "builds": ["object: a build, with `at`, `status`, `times` and its counts; the newest is last"],
    },
    "validate": {
        "file": "string: the file or address",
        "format": "string: `rss`, `atom`, `json` or `unknown`",
        "valid": "boolean or null: `null` if it was not checked",
        "findings": [
            {
                "code": "string: the [check](checks.md)",
                "level": "string: `error`, `warning` or `hint`",
                "message": "string: what is wrong",
                "line": "integer or null: its line",
                "column": "integer or null: its column",
                "spec": "string or null: the paragraph of the specification",
                "remedy": "string or null: what would be right",
            }
        ],
    },
}
"""By command, the object that ``--format json`` prints if the command succeeds."""

ERROR = {
    "error": {"status": "integer: the exit status", "message": "string: what standard error says"},
    "config_errors?": [
        {
            "file": "string: the file",
            "line": "integer: its line, from 1",
            "column": "integer: its column, from 1",
            "key": "string: the path of keys to the place",
            "problem": "string: what is wrong",
            "remedy": "string: what would be right; may be empty",
        }
    ],
}
"""What any command prints if it fails, instead of its own object or with it."""

_HEAD = """\
# Output as JSON

`python3 run.py golden` generates this page from declarations in the code; tests check that the commands print these
objects.

With `--format json`, a command writes one JSON object to standard output, in UTF-8 and on one line, **whatever its exit
status**. Error messages for people still go to standard error. Only `validate` writes one object per feed, because you
can give it thousands.

- If the object has no `error`, the command succeeded. The exit status may still be 1, and the object says why: an
  invalid document, a failing source, a difference (`diff --exit-code`).
- If the object has `error`, the command stopped for that reason. The other keys are missing then, except with
  `status --max-age`.
- Any version may add keys. Within a major version, no key is removed or changes its meaning
  ([compatibility](compatibility.md)).

[`output.schema.json`](output.schema.json) is the same as JSON Schema, with one definition for each command.

## Errors

```json
{"error": {"status": 2, "message": "config.yaml:4:3: site.titel: unknown key 'titel'; did you mean 'title'?"},
 "config_errors": [{"file": "config.yaml", "line": 4, "column": 3, "key": "site.titel",
                    "problem": "unknown key 'titel'", "remedy": "did you mean 'title'?"}]}
```
"""


def schema() -> dict[str, Any]:
    """Return the JSON Schema: a definition for each command, and ``error``."""
    error = _schema_of(ERROR)
    made: dict[str, Any] = {"error": error}
    for name, shape in SHAPES.items():
        done = _schema_of(shape)
        # With an error, the other keys may be missing; without, all are required.
        made[name] = {
            "type": "object",
            "properties": done["properties"] | error["properties"],
            "anyOf": [{"required": done["required"]}, {"required": error["required"]}],
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What feedpub prints with --format json",
        "$defs": made,
    }


def _schema_of(shape: Any) -> dict[str, Any]:
    if isinstance(shape, OrNull):
        return {"anyOf": [_schema_of(shape.shape), {"type": "null"}]}
    if isinstance(shape, Map):
        return {"type": "object", "additionalProperties": _schema_of(shape.shape)}
    if isinstance(shape, list):
        return {"type": "array", "items": _schema_of(shape[0])}
    if isinstance(shape, dict):
        return {
            "type": "object",
            "properties": {key.rstrip("?"): _schema_of(below) for key, below in shape.items()},
            "required": [key for key in shape if not key.endswith("?")],
        }
    types, meaning = shape.split(": ", 1)
    named = types.split(" or ")
    return {"type": named if len(named) > 1 else named[0], "description": meaning}


def page() -> str:
    """Return ``docs/json.md``."""
    parts = [_HEAD, *_table(ERROR)]
    for name, shape in SHAPES.items():
        parts += [f"\n## {name}\n", *_table(shape)]
    return "\n".join(parts) + "\n"


def _table(shape: Mapping[str, Any]) -> Iterator[str]:
    yield "| key | type | meaning |"
    yield "|---|---|---|"
    for key, below in shape.items():
        yield from _rows(key.rstrip("?"), below, missing=key.endswith("?"))


def _rows(path: str, shape: Any, *, missing: bool = False, null: bool = False) -> Iterator[str]:
    if isinstance(shape, OrNull):
        yield from _rows(path, shape.shape, missing=missing, null=True)
    elif isinstance(shape, Map):
        yield from _rows(f"{path}.{shape.keys.upper()}", shape.shape)
    elif isinstance(shape, list):
        yield from _rows(f"{path}[]", shape[0], missing=missing)
    elif isinstance(shape, dict):
        if null or missing:
            kind = f"object{' or null' if null else ''}{', may be missing' if missing else ''}"
            yield f"| `{path}` | {kind} | |"
        for key, below in shape.items():
            yield from _rows(f"{path}.{key.rstrip('?')}", below, missing=key.endswith("?"))
    else:
        types, meaning = shape.split(": ", 1)
        yield f"| `{path}` | {types}{', may be missing' if missing else ''} | {meaning} |"


if __name__ == "__main__":
    made = json.dumps(schema(), indent=1, ensure_ascii=False) + "\n" if sys.argv[1:] == ["schema"] else page()
    print(made, end="")  # noqa: T201 - to be redirected into the page
