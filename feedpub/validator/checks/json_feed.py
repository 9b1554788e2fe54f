"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/): its keys as tables, and what the tables do not say.

No JSON Schema: a schema's errors name paths into the schema, not lines of the feed, and it cannot say that ids differ
or that dates exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feedpub.validator.check_kinds import Context, Problem, json_check, quoted
from feedpub.validator.finding import Level
from feedpub.validator.grammar import dates, iris, tokens
from feedpub.validator.json_document import Json, Member
from feedpub.validator.vocabulary.json_feed import SPEC, TABLES, VERSIONS

_ANCHORS: Final = {
    "top-level": "#top-level",
    "items": "#items",
    "attachments": "#attachments",
    "hubs": "#subscribing-to-real-time-notifications",
}
_KINDS: Final = {
    "boolean": {"boolean"},
    "number": {"integer", "number"},
    "id": {"string", "integer", "number"},
}


def _spec(table: str) -> str:
    return SPEC + _ANCHORS.get(table, "#top-level")


def _objects(root: Json) -> Iterator[tuple[str, Json]]:
    """Yield every object that a table describes, with the table's name, in the order of the feed."""
    stack = [("top-level", root)]
    while stack:
        table, found = stack.pop()
        yield table, found
        below: list[tuple[str, Json]] = []
        for member in found.members():
            key = TABLES[table].get(member.key)
            if key is not None and key.type in TABLES:
                values = member.value.items() if key.many else iter((member.value,))
                below += [(key.type, value) for value in values if value.is_object]
        stack.extend(reversed(below))


def _values(root: Json, *types: str) -> Iterator[tuple[str, Member, Json]]:
    """Yield table, member and value of every text of the types asked for; other types are reported elsewhere."""
    for table, found in _objects(root):
        for member in found.members():
            key = TABLES[table].get(member.key)
            if key is not None and key.type in types:
                yield from (
                    (table, member, value) for value in (member.value.items() if key.many else [member.value])
                )


def _at(place: Json | Member, message: str, table: str = "top-level") -> Problem:
    return Problem(message, place.line, place.column, _spec(table))


@json_check(
    "json-not-a-feed",
    Level.ERROR,
    spec=SPEC,
    remedy='begin with {"version": "https://jsonfeed.org/version/1.1"',
)
def not_a_feed(about: Context) -> Iterator[Problem]:
    """The document is JSON and not a JSON Feed: no object, or its version is none of JSON Feed's.

    Wrong:

        {"version": "2.0", "title": "News", "items": []}

    Right:

        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": []}
    """
    root = about.feed
    version = root.get("version")
    if not root.is_object:
        yield _at(root, f"the document is of type {root.kind}, a feed is an object")
    elif version is not None and version.value not in VERSIONS:
        yield _at(version, f"version: {quoted(str(version.value))} is no version of JSON Feed")


@json_check("json-missing-key", Level.ERROR, spec=SPEC, remedy="add the key")
def missing_key(about: Context) -> Iterator[Problem]:
    """A key that JSON Feed requires is not there.

    Wrong:

        {"version": "https://jsonfeed.org/version/1.1", "items": []}

    Right:

        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": []}
    """
    root = about.feed
    for table, found in _objects(root) if root.is_object else ():
        there = {member.key for member in found.members()}
        for name, key in TABLES[table].items():
            if key.required and name not in there:
                yield _at(found, f"the key {name!r} is missing", table)


@json_check("json-wrong-type", Level.ERROR, spec=SPEC, remedy="write a value of that type")
def wrong_type(about: Context) -> Iterator[Problem]:
    """A value is not of the type that JSON Feed gives its key.

    Wrong:

        "tags": "town, council"

    Right:

        "tags": ["town", "council"]
    """
    for table, found in _objects(about.feed):
        for member in found.members():
            key = TABLES[table].get(member.key)
            if key is None:
                continue
            if key.many and member.value.kind != "array":
                yield _at(member, f"{member.key} is of type {member.value.kind}, not array", table)
                continue
            wanted = {"object"} if key.type in TABLES else _KINDS.get(key.type, {"string"})
            for value in member.value.items() if key.many else [member.value]:
                if value.kind not in wanted:
                    yield _at(value, f"{member.key} is of type {value.kind}, not {min(wanted)}", table)


@json_check(
    "json-duplicate-key",
    Level.ERROR,
    spec="https://www.rfc-editor.org/rfc/rfc8259.html#section-4",
    remedy="keep one",
)
def duplicate_key(about: Context) -> Iterator[Problem]:
    """A key stands twice in an object: parsers take the first, the last, or fail.

    Wrong:

        {"id": "1", "title": "One", "title": "Two"}

    Right:

        {"id": "1", "title": "One"}
    """
    for _, found in _objects(about.feed):
        seen: set[str] = set()
        for member in found.members():
            if member.key in seen:
                yield Problem(f"the key {member.key!r} stands twice", member.line, member.column)
            seen.add(member.key)


@json_check(
    "json-unknown-key",
    Level.HINT,
    spec=f"{SPEC}#extensions",
    remedy="check the spelling; keys of your own begin with _",
)
def unknown_key(about: Context) -> Iterator[Problem]:
    """A key is not of JSON Feed, and not an extension, whose keys begin with an underscore.

    Wrong:

        "published": "2024-05-31T08:00:00Z"

    Right:

        "date_published": "2024-05-31T08:00:00Z"
    """
    for table, found in _objects(about.feed):
        for member in found.members():
            if member.key not in TABLES[table] and not member.key.startswith("_"):
                yield Problem(f"the key {member.key!r} is not defined here", member.line, member.column)


@json_check("json-invalid-url", Level.ERROR, spec=SPEC, remedy="write the whole address")
def invalid_url(about: Context) -> Iterator[Problem]:
    """An address is relative, or holds a character that no address may hold.

    Wrong:

        "url": "/news/1"

    Right:

        "url": "https://example.org/news/1"
    """
    for table, member, value in _values(about.feed, "url"):
        if isinstance(value.value, str) and (
            iris.wrong_character(value.value) or not iris.is_absolute(value.value)
        ):
            yield _at(value, f"{member.key}: {quoted(value.value)} is not a whole address", table)


@json_check("json-invalid-date", Level.ERROR, spec=SPEC, remedy="write it like 2024-05-31T08:00:00Z")
def invalid_date(about: Context) -> Iterator[Problem]:
    """A date is not an RFC 3339 date and time, or names a day that does not exist.

    Wrong:

        "date_published": "31 May 2024"

    Right:

        "date_published": "2024-05-31T08:00:00Z"
    """
    for table, member, value in _values(about.feed, "date"):
        if isinstance(value.value, str) and not dates.rfc3339(value.value):
            yield _at(value, f"{member.key}: {quoted(value.value)} is not an RFC 3339 date and time", table)


@json_check("json-invalid-tag", Level.ERROR, spec=SPEC, remedy="write en or en-GB; audio/mpeg")
def invalid_tag(about: Context) -> Iterator[Problem]:
    """A language is not a tag of RFC 5646, or a media type is none.

    Wrong:

        "language": "english"

    Right:

        "language": "en"
    """
    for kind, test in (("language", tokens.is_language), ("media-type", tokens.split_media_type)):
        for table, member, value in _values(about.feed, kind):
            if isinstance(value.value, str) and not test(value.value):
                yield _at(value, f"{member.key}: {quoted(value.value)} is no {kind.replace('-', ' ')}", table)


@json_check(
    "json-item-without-content", Level.ERROR, spec=f"{SPEC}#items", remedy="add content_html or content_text"
)
def item_without_content(about: Context) -> Iterator[Problem]:
    """An item has neither ``content_html`` nor ``content_text``.

    Wrong:

        {"id": "1", "title": "One"}

    Right:

        {"id": "1", "title": "One", "content_text": "The first"}
    """
    for table, found in _objects(about.feed):
        if table == "items" and not found.get("content_html") and not found.get("content_text"):
            yield _at(found, "the item has neither content_html nor content_text", table)


@json_check("json-duplicate-id", Level.ERROR, spec=f"{SPEC}#items", remedy="give every item an id of its own")
def duplicate_id(about: Context) -> Iterator[Problem]:
    """Two items have the same id: readers show one of them only.

    Wrong:

        "items": [{"id": "1", "content_text": "One"}, {"id": "1", "content_text": "Two"}]

    Right:

        "items": [{"id": "1", "content_text": "One"}, {"id": "2", "content_text": "Two"}]
    """
    lines: dict[str, int] = {}
    for table, found in _objects(about.feed):
        identifier = found.get("id") if table == "items" else None
        if identifier is not None:
            text = str(identifier.value)
            if text in lines:
                yield _at(
                    identifier,
                    f"id: {quoted(text)} is already the id of the item at line {lines[text]}",
                    "items",
                )
            lines.setdefault(text, found.line)


@json_check("json-id-not-text", Level.WARNING, spec=f"{SPEC}#items", remedy="write the id as a string")
def id_not_text(about: Context) -> Iterator[Problem]:
    """An id is a number. Readers turn it into a string, each in its own way.

    Wrong:

        {"id": 17, "content_text": "One"}

    Right:

        {"id": "17", "content_text": "One"}
    """
    for _, member, value in _values(about.feed, "id"):
        if value.kind in {"integer", "number"}:
            yield _at(value, f"{member.key} is a number", "items")


@json_check("json-author-of-version-1", Level.HINT, spec=f"{SPEC}#top-level", remedy="use authors, an array")
def author_of_version_1(about: Context) -> Iterator[Problem]:
    """A feed of version 1.1 has the key ``author``, which 1.1 replaced by ``authors``.

    Wrong:

        "author": {"name": "Ada"}

    Right:

        "authors": [{"name": "Ada"}]
    """
    root = about.feed
    if root.text("version").endswith("/1.1"):
        for _, found in _objects(root):
            for member in found.members():
                if member.key == "author" and not found.get("authors"):
                    yield _at(member, "author was replaced by authors")


@json_check(
    "json-feed-url",
    Level.WARNING,
    spec=f"{SPEC}#top-level",
    remedy="make feed_url the address that the feed is fetched from",
)
def feed_url(about: Context) -> Iterator[Problem]:
    """The feed does not say where it is fetched from, or names another address than the one it is served from.

    Wrong:

        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": []}

    Right:

        {"version": "https://jsonfeed.org/version/1.1", "title": "News",
         "feed_url": "https://example.org/feed.json", "items": []}
    """
    root = about.feed
    location = about.location
    own = root.get("feed_url")
    if root.is_object and own is None:
        yield _at(root, "the feed has no feed_url")
    elif own is not None and location is not None and own.value != location:
        yield _at(own, f"feed_url: {quoted(str(own.value), 200)} is not {quoted(location, 200)}")


@json_check(
    "json-items-not-newest-first", Level.HINT, spec=f"{SPEC}#items", remedy="sort the items, newest first"
)
def items_not_newest_first(about: Context) -> Iterator[Problem]:
    """An item was published later than the one before it: readers that show the first few miss it.

    Wrong:

        {"id": "1", "date_published": "2024-05-27T08:00:00Z", …},
        {"id": "2", "date_published": "2024-05-31T08:00:00Z", …}

    Right:

        {"id": "2", "date_published": "2024-05-31T08:00:00Z", …},
        {"id": "1", "date_published": "2024-05-27T08:00:00Z", …}
    """
    last = None
    for table, found in _objects(about.feed):
        published = dates.rfc3339(found.text("date_published")) if table == "items" else None
        if published is not None:
            if last is not None and published > last:
                yield _at(found, "the item is newer than the one before it", "items")
                return
            last = published


@json_check(
    "json-not-well-formed",
    Level.ERROR,
    spec="https://www.rfc-editor.org/rfc/rfc8259.html",
    remedy="correct the JSON at that place",
)
def not_well_formed(_about: Context) -> Iterator[Problem]:
    """The document begins like JSON and is none: a quote or a bracket is missing, a comma too many, the bytes no UTF-8.

    Wrong:

        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [],}

    Right:

        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": []}
    """
    # The reader finds it, and then there is no value to look at.
    yield from ()
