"""The sections ``output:``, ``guards:``, ``build:`` and ``dedup:`` of a config: what all feeds share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from feedpub.articles.duplicates import Exact
from feedpub.config.scalars import FOLDER, SHARE, SPAN, proper_share, size
from feedpub.config.settings import Archive, Guards, Layout, Limits, Media, Output, Pages, WithdrawnPage
from feedpub.core.declaration import FLAG, TEXT, Check, Key, Kind, Section, Value, integer, list_of, one_of
from feedpub.core.yaml_node import Node
from feedpub.documents.channel import Carried
from feedpub.documents.formats import OUTPUT_FORMATS, OutputFormat

_MOST_ITEMS = 10_000

MAX_ITEMS = integer(1, _MOST_ITEMS)
MAX_BYTES = size(4 << 10)


def _archive(node: Node) -> int | Literal["off", "monthly"]:
    if node.value == "off":
        return "off"
    if node.value == "monthly":
        return "monthly"
    if isinstance(node.value, str) and node.value.isdecimal():
        return MAX_ITEMS.read(node)
    raise node.error(
        f"{node.value!r} is not a way to archive"
        if isinstance(node.value, str)
        else f"expected text, found {node.kind}",
        "write off, monthly or a number of entries for each document",
    )


CONTENT: Kind[Carried] = one_of("full", "summary", "title")

ARCHIVE: Kind[int | Literal["off", "monthly"]] = Value(
    _archive, {"anyOf": [{"enum": ["off", "monthly"]}, MAX_ITEMS.schema]}
)


def archive_of(said: int | Literal["off", "monthly"]) -> Archive:
    """Return how older entries are archived, from what the config says."""
    return None if said == "off" else said


def _formats(node: Node) -> tuple[OutputFormat, ...]:
    chosen = list_of(one_of(*OUTPUT_FORMATS), single=True).read(node)
    if not chosen:
        raise node.error("no format is left", f"choose from {', '.join(OUTPUT_FORMATS)}")
    return tuple(known for known in OUTPUT_FORMATS.values() if known.name in chosen)


def _apart(node: Node, folder: str, state: str) -> None:
    base = Path(node.where.file).parent
    if (base / state).resolve().is_relative_to((base / folder).resolve()):
        said = node.mapping()
        raise (said.get("state") or said.get("dir") or node).error(
            "the state folder is inside the output folder, which is served", "put them side by side"
        )


def _there(node: Node, templates: str | None) -> None:
    if templates is not None and not (Path(node.where.file).parent / templates).is_dir():
        raise node.mapping()["templates"].error(
            f"there is no folder {templates}", "run feedpub templates to make one"
        )


def _output(
    dir: str,  # noqa: A002 - it is the name of the key
    state: str,
    formats: tuple[OutputFormat, ...],
    layout: Layout,
    gzip: bool,
    max_items: int,
    max_bytes: int,
    archive: int | Literal["off", "monthly"],
    content: Carried,
    pages: Pages,
    media: Media,
    withdrawn: WithdrawnPage,
    templates: str | None,
    on_publish: tuple[str, ...],
) -> Output:
    return Output(
        dir=Path(dir),
        state=Path(state),
        formats=formats,
        layout=layout,
        gzip=gzip,
        limits=Limits(max_items, max_bytes, archive_of(archive), content),
        pages=pages,
        media=media,
        withdrawn=withdrawn,
        templates=Path(templates) if templates else None,
        on_publish=on_publish,
    )


MEDIA = Section(
    keys=(
        Key("max_file", size(1 << 10), "the largest file to publish", default="50 MB"),
        Key(
            "keep",
            SPAN,
            "how long a file stays after nothing names it any more; files of an article that is taken back go at once",
            default="365d",
        ),
    ),
    make=Media,
)

_LAYOUT: Kind[Layout] = one_of("files", "releases")
_PAGES: Kind[Pages] = one_of("auto", "all", "off")
_WITHDRAWN: Kind[WithdrawnPage] = one_of("note", "remove")

OUTPUT = Section(
    keys=(
        Key("dir", FOLDER, "the folder that is served", default="feeds"),
        Key(
            "state",
            FOLDER,
            "the folder for the ledger and the lock; it must not be served",
            default=".feedpub",
        ),
        Key(
            "formats",
            Value(_formats, list_of(one_of(*OUTPUT_FORMATS), single=True, least=1).schema),
            f"any of {', '.join(f'`{name}`' for name in OUTPUT_FORMATS)}",
            default=f"[{', '.join(known.name for known in OUTPUT_FORMATS.values() if known.default)}]",
        ),
        Key(
            "layout",
            _LAYOUT,
            "`files` replaces each file in place, `releases` the folder as a whole; see [publishing](publishing.md)",
            default="files",
        ),
        Key("gzip", FLAG, "writes a compressed copy beside each document", default="false"),
        Key(
            "max_items",
            MAX_ITEMS,
            f"how many entries a feed contains, up to {_MOST_ITEMS:,}",
            default="50",
        ),
        Key(
            "max_bytes",
            MAX_BYTES,
            "how large a document of a feed may be, at least `4 KB`: `512 KB`, `2 MB` or a number of bytes",
            default="512 KB",
        ),
        Key(
            "archive",
            ARCHIVE,
            "where older entries go. `off`: nowhere; `monthly`: one document per month; a number: that many per"
            " document",
            default="off",
        ),
        Key(
            "content",
            CONTENT,
            "how much of each text the documents contain: `full`, a `summary`, or only the `title`; see"
            " [below](#less-than-the-text)",
            default="full",
        ),
        Key(
            "pages",
            _PAGES,
            "pages for people, see [publishing](publishing.md#pages-for-people). `auto`: with one for each article"
            " that has no address of its own; `all`: with one for each article; `off`: none",
            default="auto",
        ),
        Key(
            "media",
            MEDIA,
            "how files beside articles are published, see [Files beside articles](sources.md#files-beside-articles)",
            default="{}",
            without="up to 50 MB each",
        ),
        Key(
            "withdrawn",
            _WITHDRAWN,
            "what happens to the page of an article that is [taken back](publishing.md#what-is-taken-back). `note`: it"
            " says so, without title and text; `remove`: it is removed",
            default="note",
        ),
        Key(
            "templates",
            FOLDER,
            "a folder with page templates that replace feedpub's, see"
            " [publishing](publishing.md#a-look-of-your-own)",
            without="feedpub's",
        ),
        Key(
            "on_publish",
            list_of(TEXT),
            "a command, with its arguments, that is run when documents have changed, see [hooks](hooks.md)",
            default="[]",
        ),
    ),
    make=_output,
    checks=(Check(("dir", "state"), _apart), Check(("templates",), _there)),
)

_FUTURE: Kind[Literal["hold", "publish"]] = one_of("hold", "publish")

GUARDS = Section(
    keys=(
        Key(
            "max_rejects",
            SHARE,
            "how many records, or which share of them, may be rejected",
            without="any number",
        ),
        Key(
            "max_vanished",
            proper_share(example="50%"),
            "the largest share of a feed's published ids that may vanish at once, and of articles whose date may"
            " change",
            default="50%",
        ),
        Key(
            "future",
            _FUTURE,
            "articles dated in the future: `hold` until they are due, or `publish`; published articles are never held"
            " again. An embargo always holds, see [Sources](sources.md#what-is-left-out)",
            default="hold",
        ),
    ),
    make=Guards,
)

_MOST_JOBS = 1_000


def parse_jobs(text: str) -> int | None:
    """Return how many processes to read with, ``None`` for as many as there are processors.

    ``ValueError`` says what would be right.
    """
    if text == "auto":
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= _MOST_JOBS):
        raise ValueError(f"{text!r} is not a number of processes; write auto or 1 to {_MOST_JOBS}")
    return int(text)


def _jobs(node: Node) -> int | None:
    try:
        return parse_jobs(node.text())
    except ValueError as error:
        problem, _, remedy = str(error).partition("; ")
        raise node.error(problem, remedy) from None


BUILD = Section(
    keys=(
        Key(
            "jobs",
            Value(
                _jobs,
                {
                    "anyOf": [
                        {"const": "auto"},
                        {"type": "integer", "minimum": 1, "maximum": _MOST_JOBS},
                        {"type": "string", "pattern": "^[0-9]+$"},
                    ]
                },
            ),
            "how many processes read sources if there is much to read; `auto`: as many as it may use processors,"
            " see [scale](scale.md)",
            default="auto",
        ),
    ),
    make=lambda jobs: jobs,
)
"""How a build works; this does not change what it publishes."""

_EXACT: Kind[Exact] = one_of("across", "all", "none")


DEDUP = Section(
    keys=(
        Key(
            "exact",
            _EXACT,
            "which records with the same title and text are one article: `across`, those from different sources;"
            " `all` of them; `none`",
            default="across",
        ),
    ),
    make=lambda exact: exact,
)


_PASSWORD = re.compile(r"//[^/@]*:[^/@]*@")


def parse_target(text: str) -> str:
    """Return the address of a folder that files can be copied to; ``ValueError`` says what would be right."""
    if "://" not in text:
        raise ValueError(
            f"{text!r} is not an address; write one such as s3://bucket/feeds or sftp://host/path"
        )
    if _PASSWORD.search(text):
        # It would end up in messages, logs and version control.
        raise ValueError(
            "an address may not contain a password; use a key, or the driver's own files and variables"
        )
    return text


def _target(node: Node) -> str:
    try:
        return parse_target(node.text())
    except ValueError as error:
        problem, _, remedy = str(error).partition("; ")
        raise node.error(problem, remedy) from None


TARGET: Section[str] = Section(
    keys=(
        Key(
            "to",
            Value(_target, {"type": "string", "pattern": "://", "examples": ["s3://bucket/feeds"]}),
            "the address of a folder, in any store for which fsspec has a driver",
            required=True,
        ),
    ),
    make=lambda to: to,
)
"""Where to copy the published set."""
