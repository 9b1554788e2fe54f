"""What ``--format json`` prints, declared once: the JSON Schemas and ``docs/json.md`` are made of it.

``python -m feedpub.cli.shapes`` prints the page, ``python -m feedpub.cli.shapes schema`` the schemas.

A shape is one of these: a text ``type: meaning``, where the type may be such as ``integer or null``; a dict of shapes,
which is an object that has these keys and no others; a list of one shape, which is an array of it; an :class:`OrNull`,
which may be ``null`` as well; a :class:`Map`, which is an object whose keys the data gives. A key that ends with ``?``
may be missing.
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
    """An object of any keys whose values have one shape; ``keys`` says what its keys are."""

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
        "field": "string: where it is: `title`, `body` …",
        "start": "integer: where it begins, in characters",
        "end": "integer: where it ends",
        "text": "string: the text around it",
    }
]
_SCORE = {
    "precision": "number: of what the rule takes, the share that belongs",
    "recall": "number: of what belongs, the share that the rule takes",
    "f1": "number: their harmonic mean",
}
_TERM = "string or object: the term, as a config has it"
_ORIGIN = "string: file and line"

SHAPES: Mapping[str, Any] = {
    "fetch": {
        "fetched": [
            {
                "url": "string: the address",
                "outcome": "string: `new`, `unchanged`, `not due`, `failed` or `gone`",
                "detail": "string: why, as a sentence; may be empty",
                "moved_to": "string or null: where a permanent redirect leads",
            }
        ]
    },
    "check": {
        "failing_examples": ["string: an example that does not hold, with its place"],
        "warnings": ["string: what is probably not meant"],
        "files": [
            {
                "file": "string: a file that was looked into",
                "format": "string: how it is read",
                "articles": "integer: its articles",
                "rejects": "integer: its rejects",
                "reasons": ["array: a reason for rejects, the first place, how many"],
                "left_out": ["array: a reason for leaving out, the first place, how many"],
                "doubts": ["array: a doubt, and its place"],
                "shared": ["array: an id or link of several articles, the first place, how many"],
                "kinds": ["array: a kind of article, and how many"],
                "boilerplate_lines": "integer: lines that belong to no article",
                "linked": "integer: articles that have a link",
                "relative": "integer: articles whose link lacks its site",
                "unfit": "integer: articles whose link is not a web address",
                "tagged": "integer: articles whose bodies look like HTML",
                "garbled": "integer: articles that seem to be decoded wrongly",
                "by_hand": "integer: articles that name feeds themselves",
                "applied": ["integer: a rule for cleaning that fitted, by its number"],
                "beside": "integer: files beside articles that are named",
                "absent": ["array: why such a file cannot be published, the first place, how many"],
            }
        ],
        "more_files": "integer: how many files were not looked into",
        "catalog": OrNull(
            {
                "files": "integer: files that it knows",
                "unknown": "integer: files that the next build reads",
                "differences": ["string: where a file is another than it says"],
            }
        ),
        "adopted": [
            {
                "source": "string: the source that adopts",
                "old_feeds": ["string: a feed of another program"],
                "entries": "integer: its entries",
                "matched": "integer: entries that are articles",
                "kept": "integer: of these, articles that had been published under another id",
                "others": [
                    {
                        "id": "string: an entry that is not an article",
                        "title": "string: its title",
                        "link": "string or null: its link",
                        "origin": _ORIGIN,
                    }
                ],
                "seconds": [
                    {
                        "id": "string: an entry whose article goes on under another id",
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
        "duplicates": "integer: records that are other articles' duplicates",
        "edited": "integer: articles that changed since they were published",
        "held": "integer: articles that are not due yet",
        "left_out": "integer: records whose owners keep them back",
        "withdrawn": "integer: of these, those that take an article back or are taken back",
        "taken_back": "integer: articles that were online until now",
        "boilerplate_lines": "integer: lines that belong to no article",
        "files_read": "integer: files of the sources that were read",
        "files_reused": "integer: files that were known from earlier builds, and not read",
        "articles_matched": "integer: articles of which the rules were asked",
        "notices": Map("kind of notice", "integer: how often it was given"),
        "rejects": [_PLACE | {"column": "integer or null: its column", "reason": "string: why"}],
        "feeds": [
            {
                "slug": "string: the feed",
                "entries": "integer: entries of its subscription document",
                "new": "integer: entries that are new to subscribers",
                "archived": "integer: entries of archive documents that are still written to",
                "limit": "string or null: `max_items` or `max_bytes`, where that keeps older entries out",
                "near": [_PLACE | {"reason": "string: which earlier entry it is nearly the same as"}],
                "documents": _DOCUMENTS,
            }
        ],
        "listings": _DOCUMENTS,
        "pages": _DOCUMENTS,
        "media": _DOCUMENTS,
        "removed": ["string: a file that was removed"],
        "altered": ["string: a finished document that somebody else changed or removed"],
        "warnings": ["string: what sources do not give, and what else may not be meant"],
        "foreign": ["string: a file that is not feedpub's, in the place of a page"],
        "next_change": "string or null: when the clock alone changes something (RFC 3339)",
        "events": "integer: events that the command `on_publish` was given",
        "hook": "string or null: why that command failed",
    },
    "deploy": {
        "deployed": [
            {
                "to": "string: the target",
                "uploaded?": ["string: a file that was copied"],
                "removed?": ["string: a file that was removed there"],
                "error?": "string: why the target does not have what is published",
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
        "belong": "integer: articles that belong, of those learned from",
        "others": "integer: articles that do not belong",
        "held_out": _SCORE,
        "present_rule": _SCORE,
        "rule": "object: the rule, as a config has it",
        "terms": [
            {
                "term": _TERM,
                "right": "integer: articles it finds rightly",
                "wrong": "integer: articles it finds wrongly",
                "alone": "integer: articles that no other term finds",
            }
        ],
        "also_possible": [
            {
                "term": _TERM,
                "right": "integer: articles it would find rightly",
                "wrong": "integer: articles it would find wrongly",
            }
        ],
    },
    "explain": {
        "article": {"id": "string: its id; may be empty", "title": "string: its title"},
        "feeds": [
            {
                "slug": "string: the feed",
                "in": "boolean: whether its rule takes the article",
                "why": "string or null: what decided; `null` where nothing asked for the article",
                "hits": _HITS,
                "vetoed_by": _HITS,
                "near_misses": [
                    {
                        "term": "string: a term that nearly fits",
                        "reason": "string: why it does not",
                    }
                ],
                "included_by": ["string: a feed of `include` that takes it"],
                "excluded_by": ["string: a feed of `exclude` that takes it"],
                "hand": OrNull({"does": "string: `added` or `dropped` by hand"} | _PLACE),
                "placement": OrNull(
                    {
                        "where": "string: `subscription document`, `archive document`, `no room` …",
                        "documents": ["string: a document that has it"],
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
        "left_out": ["string: why it is left out, of all feeds or of one"],
        "duplicate_of": OrNull({"id": "string or null: the article that stays"} | _PLACE),
        "cleaned": OrNull(
            {
                "rules": ["string: a rule that changed it"],
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
                "moved_to": "string or null: where a retired feed leads",
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
                "added_by_hand": "integer: articles that are in it by hand",
                "dropped_by_hand": "integer: articles that are kept out by hand",
                "never_found": "integer or null: terms that find nothing; `null` if articles are too few to say",
                "per_week": "number or null: articles a week",
                "oldest": "string or null: when its oldest article was published",
                "newest": "string or null: when its newest article was published",
                "weeks": Map("first day of a week", "integer: articles of the week"),
                "terms": [
                    {
                        "term": "string: the term",
                        "where": "string: its place in the config",
                        "seen": "integer: articles that were asked for it",
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
        "last_good_build": "string or null: when the last one began that ended with 0",
        "next_change": "string or null: when the clock alone changes something",
        "feeds": [
            {
                "slug": "string: the feed",
                "entries": "integer: entries of its subscription document",
                "newest": "string or null: when the newest was published",
            }
        ],
        "targets": [
            {
                "to": "string: a target of `deploy`",
                "at": "string or null: when it was last tried",
                "waits": "boolean: whether there is something to copy",
                "error": "string or null: why it failed",
            }
        ],
        "fetched": [
            {
                "url": "string: an address that `fetch` asks",
                "failure": "string or null: why the last try failed",
                "failed_at": "string or null: when",
                "gone": "boolean: whether the server says it is gone for good",
                "moved_to": "string or null: where a permanent redirect leads",
            }
        ],
        "pings_waiting": "integer: documents that the hub is to be told of",
        "builds": ["object: a build, with `at`, `status`, `times` and what it counted; the last one last"],
    },
    "validate": {
        "file": "string: the file or address",
        "format": "string: `rss`, `atom`, `json` or `unknown`",
        "valid": "boolean or null: `null` where it was not checked",
        "findings": [
            {
                "code": "string: the [check](checks.md)",
                "level": "string: `error`, `warning` or `hint`",
                "message": "string: what is wrong",
                "line": "integer or null: where",
                "column": "integer or null: where in its line",
                "spec": "string or null: the paragraph of the specification",
                "remedy": "string or null: what would be right",
            }
        ],
    },
}
"""Of each command that takes ``--format json``, the object it prints when it could do what it was asked for."""

ERROR = {
    "error": {"status": "integer: the exit status", "message": "string: what standard error says"},
    "config_errors?": [
        {
            "file": "string: the file",
            "line": "integer: its line, from 1",
            "column": "integer: its column, from 1",
            "key": "string: the path of keys that leads there",
            "problem": "string: what is wrong",
            "remedy": "string: what would be right; may be empty",
        }
    ],
}
"""What any command prints instead, or with it."""

_HEAD = """\
# Output as JSON

Made by `python3 run.py golden` from the declarations in the code; a test fails when it is stale, and others check that
commands print this.

With `--format json`, a command writes one JSON object on standard output, in UTF-8 and on one line, **whatever its exit
status**. People still find the same on standard error. `validate` alone writes an object for each feed, as it may be
given thousands.

- If the object has no `error`, the command did what it was asked for. The exit status may be 1 all the same, where the
  object has what was found: an invalid document, a failing source, a difference (`diff --exit-code`).
- If it has `error`, that says why the command stopped. The rest is missing then, except with `status --max-age`, which
  says all that it knows.
- New keys may come with any version; none goes, and none changes its meaning, within a major version
  ([compatibility](compatibility.md)).

[`output.schema.json`](output.schema.json) has the same as JSON Schema, one definition for each command.

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
        # With an error, what was found may be there or not; without, all of it.
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
    print(made, end="")  # noqa: T201 - that is what it is for
