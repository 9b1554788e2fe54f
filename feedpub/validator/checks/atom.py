"""Atom 1.0: the rules that its tables cannot express."""

from __future__ import annotations

from collections.abc import Iterator

from feedpub.validator.check_kinds import (
    Context,
    Problem,
    element_check,
    here,
    named,
    quoted,
    relation,
    shown,
)
from feedpub.validator.document import Node
from feedpub.validator.finding import Level
from feedpub.validator.grammar import dates
from feedpub.validator.vocabulary.element import Kind

_RFC4287 = "https://www.rfc-editor.org/rfc/rfc4287.html#section-"


@element_check(
    "missing-author",
    Level.ERROR,
    named("atom:feed", "atom:entry"),
    spec=f"{_RFC4287}4.1.1",
    remedy="add an author to the feed, or to every entry",
)
def missing_author(about: Context) -> Iterator[Problem]:
    """An entry has no author, and neither does its source or the feed.

    Atom requires one, because readers show who wrote an entry.

    Wrong:

        <feed …><entry><title>One</title> … </entry></feed>

    Right:

        <feed …><author><name>Ada</name></author><entry><title>One</title> … </entry></feed>
    """
    node = about.node
    if node.tag == "atom:entry":
        entries = [node] if not node.within else []
    else:
        entries = [] if node.first("atom:author") else node.all("atom:entry")
    for entry in entries:
        source = entry.first("atom:source")
        if not entry.first("atom:author") and not (source and source.first("atom:author")):
            yield here(entry, f"{shown(entry)} has no <author>, and neither has the feed")


@element_check(
    "missing-content-or-alternate",
    Level.ERROR,
    named("atom:entry"),
    spec=f"{_RFC4287}4.1.2",
    remedy="add the content, or a link to it",
)
def missing_content_or_alternate(about: Context) -> Iterator[Problem]:
    """An entry has neither content nor an ``alternate`` link. Readers have nothing to open.

    Wrong:

        <entry><title>One</title><summary>First</summary> … </entry>

    Right:

        <entry><title>One</title><summary>First</summary><link href="https://example.org/1"/> … </entry>
    """
    node = about.node
    for child in node.children:
        if child.tag == "atom:content" or (child.tag == "atom:link" and relation(child) == "alternate"):
            return
    yield here(node, f"{shown(node)} has neither <content> nor a link with rel='alternate'")


@element_check(
    "duplicate-alternate-link",
    Level.ERROR,
    named("atom:feed", "atom:entry", "atom:source"),
    spec=f"{_RFC4287}4.1.1",
    remedy="keep one, or give them different types or languages",
)
def duplicate_alternate_link(about: Context) -> Iterator[Problem]:
    """Two ``alternate`` links have the same type and the same language.

    Readers cannot tell which of the two to open.

    Wrong:

        <link href="https://example.org/1"/><link href="https://example.org/2"/>

    Right:

        <link href="https://example.org/1"/><link rel="related" href="https://example.org/2"/>
    """
    seen: set[tuple[str, str]] = set()
    for link in about.node.children:
        if link.tag == "atom:link" and relation(link) == "alternate":
            key = (
                link.attributes.get("type", "").strip().lower(),
                link.attributes.get("hreflang", "").strip().lower(),
            )
            if key in seen:
                yield here(link, f"{shown(link)} is a second alternate link of the same type and language")
            seen.add(key)


@element_check(
    "all-ids-equal",
    Level.ERROR,
    named("atom:feed"),
    spec=f"{_RFC4287}4.2.6",
    remedy="give every entry its own id",
)
def all_ids_equal(about: Context) -> Iterator[Problem]:
    """All entries have the same id, and there are at least three. Readers show only one of them.

    The id was probably never set.

    Wrong:

        <entry><id>https://example.org/</id> … </entry> (ten times)

    Right:

        <entry><id>https://example.org/1</id> … </entry> <entry><id>https://example.org/2</id> … </entry> …
    """
    ids = [identifier for entry in about.node.all("atom:entry") if (identifier := entry.first("atom:id"))]
    if len(ids) > 2 and len({identifier.text.strip() for identifier in ids}) == 1:
        yield here(ids[1], f"all {len(ids)} entries have the id {quoted(ids[0].text.strip())}")


@element_check(
    "duplicate-id",
    Level.WARNING,
    named("atom:feed"),
    spec=f"{_RFC4287}4.1.1",
    remedy="give every entry its own id, or give the newer version a later <updated>",
)
def duplicate_id(about: Context) -> Iterator[Problem]:
    """Two entries have the same id and the same ``updated``. Readers show only one of them.

    Wrong:

        <entry><id>tag:example.org,2024:1</id><updated>2024-05-31T08:00:00Z</updated> … </entry>
        <entry><id>tag:example.org,2024:1</id><updated>2024-05-31T08:00:00Z</updated> … </entry>

    Right:

        <entry><id>tag:example.org,2024:1</id><updated>2024-05-31T08:00:00Z</updated> … </entry>
        <entry><id>tag:example.org,2024:2</id><updated>2024-05-31T08:00:00Z</updated> … </entry>
    """
    first: dict[tuple[str, object], Node] = {}
    for entry in about.node.children:
        identifier = entry.first("atom:id") if entry.tag == "atom:entry" else None
        text = identifier.text.strip() if identifier else ""
        if identifier and text:
            updated = entry.first("atom:updated")
            written = updated.text.strip() if updated else ""
            key = (text, dates.rfc3339(written) or written)
            if key in first:
                yield here(
                    identifier,
                    f"{shown(identifier)}: {quoted(text)} is already the id of the entry at line {first[key].line}",
                )
            first.setdefault(key, identifier)


@element_check(
    "surrounding-space",
    Level.ERROR,
    lambda _within, tag, element: (
        tag.startswith("atom:")
        and element is not None
        and element.text is not None
        and element.text.kind in {Kind.RFC3339, Kind.IRI, Kind.IRI_REFERENCE}
    ),
    spec=f"{_RFC4287}2",
    remedy="remove the space, including line breaks",
)
def surrounding_space(about: Context) -> Iterator[Problem]:
    """A date or address has space around it. In Atom the space is part of the value, which makes it invalid.

    Wrong:

        <id> tag:example.org,2024:1 </id>

    Right:

        <id>tag:example.org,2024:1</id>
    """
    node = about.node
    if node.text != node.text.strip() and node.text.strip():
        yield here(node, f"{shown(node)} has space around it: {quoted(node.text)}")


@element_check(
    "missing-source-element",
    Level.WARNING,
    named("atom:source"),
    needs="shape",
    spec=f"{_RFC4287}4.2.11",
    remedy="copy id, title and updated from the source feed",
)
def missing_source_element(about: Context) -> Iterator[Problem]:
    """The ``source`` of a copied entry does not have the id, title and ``updated`` of the original feed.

    Readers cannot tell where the entry comes from.

    Wrong:

        <source><title>Other news</title></source>

    Right:

        <source><id>tag:example.org,2024:other</id><title>Other news</title>
        <updated>2024-05-31T08:00:00Z</updated></source>
    """
    node = about.node
    for tag in ("id", "title", "updated"):
        if not node.first(f"atom:{tag}"):
            yield here(node, f"{shown(node)} has no <{tag}>")


@element_check(
    "nothing-to-read",
    Level.WARNING,
    named("atom:entry"),
    needs="shape",
    spec=f"{_RFC4287}4.1.1.1",
    remedy="add a summary",
)
def nothing_to_read(about: Context) -> Iterator[Problem]:
    """An entry has neither content nor a summary, so readers show only its title.

    Wrong:

        <entry><title>One</title><link href="https://example.org/1"/> … </entry>

    Right:

        <entry><title>One</title><link href="https://example.org/1"/><summary>The first</summary> … </entry>
    """
    node = about.node
    if not any(child.tag in {"atom:content", "atom:summary"} for child in node.children):
        yield here(node, f"{shown(node)} has neither content nor a summary")
