"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/): the rules that its tables cannot express.

The tables say what each value is, so that texts, addresses and dates are checked as in the other formats.

There is no JSON Schema: its errors name paths, not lines of the feed, and it cannot require that ids differ or that
dates exist.
"""

from __future__ import annotations

from collections.abc import Iterator

from feedpub.validator.check_kinds import Context, Problem, json_check, quoted
from feedpub.validator.finding import Level
from feedpub.validator.grammar.iris import same as same_address
from feedpub.validator.json_document import Json, Member
from feedpub.validator.vocabulary.json_feed import SPEC, TABLES, TYPES, VERSIONS


def _items(feed: Json) -> Iterator[Json]:
    """Yield the items of a feed that are objects."""
    found = feed.get("items")
    yield from (item for item in (found.items() if found is not None else ()) if item.is_object)


def _at(place: Json | Member, message: str) -> Problem:
    return Problem(message, place.line, place.column)


@json_check(
    "json-not-a-feed",
    Level.ERROR,
    "top-level",
    remedy='begin with {"version": "https://jsonfeed.org/version/1.1"',
)
def not_a_feed(about: Context) -> Iterator[Problem]:
    """The document is JSON but not a JSON Feed: it is not an object, or its version is unknown.

    Readers cannot subscribe to it.

    Wrong:

        {"version": "2.0", "title": "News", "items": []}

    Right:

        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": []}
    """
    version = about.object.get("version")
    if not about.object.is_object:
        yield _at(about.object, f"the document is of type {about.object.kind}, but a feed is an object")
    elif version is not None and version.value not in VERSIONS:
        yield _at(version, f"version: {quoted(str(version.value))} is not a version of JSON Feed")


@json_check("json-missing-key", Level.ERROR, needs="shape", remedy="add the key with a value")
def missing_key(about: Context) -> Iterator[Problem]:
    """A required key is missing, or the id of an item is blank. Readers discard such a feed or item.

    Wrong:

        {"version": "https://jsonfeed.org/version/1.1", "items": []}

    Right:

        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": []}
    """
    found = about.object
    there = {member.key for member in found.members()}
    for name, key in TABLES[about.table].items() if found.is_object else ():
        if key.required and name not in there:
            yield _at(found, f"the key {name!r} is missing")
    identifier = found.get("id") if about.table == "items" else None
    if identifier is not None and isinstance(identifier.value, str) and not identifier.value.strip():
        yield _at(identifier, "the id is blank")


@json_check("json-wrong-type", Level.ERROR, needs="shape", remedy="write a value of the required type")
def wrong_type(about: Context) -> Iterator[Problem]:
    """A value does not have the type that JSON Feed requires for its key.

    Readers ignore the value, or reject the feed.

    Wrong:

        "tags": "town, council"

    Right:

        "tags": ["town", "council"]
    """
    for member in about.object.members():
        key = TABLES[about.table].get(member.key)
        if key is None:
            continue
        if key.many and member.value.kind != "array":
            yield _at(member, f"{member.key} is of type {member.value.kind}, not array")
            continue
        for value in member.value.items() if key.many else [member.value]:
            if value.kind not in TYPES[key.type]:
                wanted = "string" if key.type == "id" else key.type
                yield _at(value, f"{member.key} is of type {value.kind}, not {wanted}")


@json_check(
    "json-duplicate-key",
    Level.ERROR,
    spec="https://www.rfc-editor.org/rfc/rfc8259.html#section-4",
    needs="shape",
    remedy="keep only one of them",
)
def duplicate_key(about: Context) -> Iterator[Problem]:
    """A key appears twice in an object. Parsers use the first, use the last, or fail.

    Wrong:

        {"id": "1", "title": "One", "title": "Two"}

    Right:

        {"id": "1", "title": "One"}
    """
    seen: set[str] = set()
    for member in about.object.members():
        if member.key in seen:
            yield _at(member, f"the key {member.key!r} appears twice")
        seen.add(member.key)


@json_check(
    "json-unknown-key",
    Level.HINT,
    spec=f"{SPEC}#extensions",
    needs="shape",
    remedy="check the spelling; begin your own keys with _",
)
def unknown_key(about: Context) -> Iterator[Problem]:
    """JSON Feed does not define this key, so readers ignore it. Extension keys begin with an underscore.

    Wrong:

        "published": "2024-05-31T08:00:00Z"

    Right:

        "date_published": "2024-05-31T08:00:00Z"
    """
    for member in about.object.members():
        if member.key not in TABLES[about.table] and not member.key.startswith("_"):
            yield _at(member, f"JSON Feed does not define the key {member.key!r} here")


@json_check(
    "json-item-without-content",
    Level.ERROR,
    "items",
    needs="shape",
    remedy="add content_html or content_text",
)
def item_without_content(about: Context) -> Iterator[Problem]:
    """An item has neither ``content_html`` nor ``content_text``, so readers have nothing to show.

    Wrong:

        {"id": "1", "title": "One"}

    Right:

        {"id": "1", "title": "One", "content_text": "The first"}
    """
    if not about.object.get("content_html") and not about.object.get("content_text"):
        yield _at(about.object, "the item has neither content_html nor content_text")


@json_check(
    "json-empty-author",
    Level.ERROR,
    "authors",
    needs="shape",
    remedy="give the author a name, a url or an avatar",
)
def empty_author(about: Context) -> Iterator[Problem]:
    """An author has no ``name``, ``url`` or ``avatar``, so readers have nothing to show.

    Wrong:

        "authors": [{}]

    Right:

        "authors": [{"name": "Ada"}]
    """
    if not any(member.key in TABLES["authors"] for member in about.object.members()):
        yield _at(about.object, "the author has no name, url or avatar")


@json_check(
    "json-next-page-is-itself", Level.ERROR, "top-level", remedy="leave next_url out of the last page"
)
def next_page_is_itself(about: Context) -> Iterator[Problem]:
    """``next_url`` is the address of the page itself. Readers that follow it never reach the end.

    Wrong:

        "feed_url": "https://example.org/feed.json", "next_url": "https://example.org/feed.json"

    Right:

        "feed_url": "https://example.org/feed.json", "next_url": "https://example.org/feed-2.json"
    """
    following = about.object.get("next_url")
    own = {same_address(about.object.text("feed_url")), same_address(about.location or "")} - {""}
    if following is not None and same_address(about.object.text("next_url")) in own:
        yield _at(following, f"next_url: {quoted(str(following.value), 200)} is the address of this page")


@json_check(
    "json-duplicate-id",
    Level.ERROR,
    "top-level",
    spec=f"{SPEC}#items",
    remedy="give every item its own id",
)
def duplicate_id(about: Context) -> Iterator[Problem]:
    """Two items have the same id. Readers show only one of them.

    Wrong:

        "items": [{"id": "1", "content_text": "One"}, {"id": "1", "content_text": "Two"}]

    Right:

        "items": [{"id": "1", "content_text": "One"}, {"id": "2", "content_text": "Two"}]
    """
    first: dict[str, Json] = {}
    for item in _items(about.object):
        identifier = item.get("id")
        text = str(identifier.value) if identifier is not None else ""
        if identifier is not None and text.strip():
            if text in first:
                message = f"id: {quoted(text)} is already the id of the item at line {first[text].line}"
                yield _at(identifier, message)
            first.setdefault(text, item)


@json_check("json-id-not-text", Level.WARNING, "items", needs="shape", remedy="write the id as a string")
def id_not_text(about: Context) -> Iterator[Problem]:
    """An id is a number. Readers convert it to text, each in its own way.

    Wrong:

        {"id": 17, "content_text": "One"}

    Right:

        {"id": "17", "content_text": "One"}
    """
    identifier = about.object.get("id")
    if identifier is not None and identifier.kind in TYPES["number"]:
        yield _at(identifier, "id is a number")


@json_check(
    "json-author-of-version-1",
    Level.HINT,
    "top-level",
    "items",
    spec=f"{SPEC}#top-level",
    needs="shape",
    remedy="use authors, which is an array",
)
def author_of_version_1(about: Context) -> Iterator[Problem]:
    """A feed of version 1.1 uses ``author``, which 1.1 replaced with ``authors``.

    Some readers only look for the new key.

    Wrong:

        "author": {"name": "Ada"}

    Right:

        "authors": [{"name": "Ada"}]
    """
    if about.feed.text("version").endswith("/1.1"):
        for member in about.object.members():
            if member.key == "author" and not about.object.get("authors"):
                yield _at(member, "version 1.1 replaced author with authors")


@json_check(
    "json-not-well-formed",
    Level.ERROR,
    spec="https://www.rfc-editor.org/rfc/rfc8259.html",
    remedy="correct the JSON at that place",
)
def not_well_formed(_about: Context) -> Iterator[Problem]:
    """The document starts like JSON but is not: for example, a quote is missing, or a comma is left over.

    Parsers reject the whole document, so readers show nothing.

    Wrong:

        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [],}

    Right:

        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": []}
    """
    # json_document.read reports it; there is no object to check then.
    yield from ()
