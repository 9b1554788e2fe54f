"""Other people's feeds: RSS, Atom and RDF, through feedparser. Entries keep id, link, dates and source.

feedparser tolerates XML that is not well-formed; a feed that it cannot read at all is a reject. It sanitises HTML,
and publishing sanitises it again. Each entry extends from its start tag to the line before the next one.
"""

from __future__ import annotations

import io
import re
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from html.entities import html5
from itertools import chain, pairwise
from typing import Any

from lxml import etree

from feedpub.articles.article import (
    Article,
    Author,
    Boilerplate,
    Enclosure,
    Episode,
    FeedSource,
    Notice,
    Origin,
    Picture,
    Reject,
    Transcript,
)
from feedpub.articles.entry import UNSPECIFIED
from feedpub.core.errors import PublishError, SourceError
from feedpub.sources.decoding import unified
from feedpub.sources.feed_encoding import UNREADABLE, Encoding, FeedText, read_feed_text
from feedpub.sources.field_mapping import authors_of, duration_of, enclosure, picture
from feedpub.sources.normalisation import build
from feedpub.sources.readers._feed_parts import MAX_ENTRY, Parts, Place, split
from feedpub.sources.readers._wordpress import Post, attachments, posts
from feedpub.sources.records import ByteStream, Item, Record, RecordError, reject
from feedpub.sources.spec import ParseContext
from feedpub.sources.withheld import FREE, Hold, hold_of
from feedpub.text.dates import DatePolicy
from feedpub.text.safe_html import plain_text, shows_something

_START = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(?:item|entry)(?=[\s>/])")
# How exports of blogs, which are feeds of everything in a site, and other vocabularies say whether an entry is
# public: by usual prefix: namespaces, elements as feedparser names them, names in the table.
_STATUS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "wp": (
        ("http://wordpress.org/export/",),
        {"status": "status", "post_type": "post_type", "post_password": "password"},
    ),
    "blogger": (("http://schemas.google.com/blogger/2018",), {"status": "status", "type": "post_type"}),
    "app": (("http://purl.org/atom/app#", "http://www.w3.org/2007/app"), {"draft": "draft"}),
    "prism": (
        ("http://prismstandard.org/namespaces/",),
        {"embargodate": "embargodate", "expirationdate": "expirationdate", "killdate": "killdate"},
    ),
}
_EXPORTS = (*_STATUS["wp"][0], *_STATUS["blogger"][0])
WHOLE = 16 << 20
"""Feeds of up to this many bytes are read at once."""
# In the older export of Blogger it is a category.
_KIND = "http://schemas.google.com/g/2005#kind"
MAX_ATTRIBUTES = 512
MAX_COMMENTS = 100
MAX_PREFIXES = 200
MAX_CATEGORIES = 2_000
# References to surrogates, which lxml reads but cannot write.
_HALVES = re.compile(
    rb"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));"
)
_NOT_UTF8 = "it has bytes that are not UTF-8; if the encoding is another, declare it: encoding: cp1252"
_ENTRIES = ("item", "entry")
_PERSONS = ("author", "creator", "managingeditor")
# As "Ann ann@example.org" or "Ann (ann@example.org)".
_NAME_MAIL = re.compile(r"(?P<name>[^@<>()]*[^@<>()\s])\s+\(?(?P<mail>[^<>\s@()]+@[^<>\s@()]+)\)?\Z")
# The types of an entry's page, the best first; other types come after them.
_PAGES = {"text/html": 0, "application/xhtml+xml": 0, "": 1}
_WEB = ("http:", "https:")
_ENTITY = re.compile(rb"<!ENTITY\s+([\w.:-]+)\s")
# Unclosed parts extend to the end, so that they are only searched once.
_CDATA_OR_COMMENT = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)

# An ampersand outside of these, and the name of its reference, if it has one.
_AMPERSAND = re.compile(
    _CDATA_OR_COMMENT.pattern
    + rb"|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>"
    + rb"|&#(?:[0-9]{1,8}|[xX][0-9a-fA-F]{1,7});|&(?:(?P<name>[A-Za-z][A-Za-z0-9]{0,40})(?=;))?",
    re.DOTALL,
)


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the items of a feed's entries, in the file's order.

    A feed of more than :data:`WHOLE` bytes is read in parts, so memory does not grow with it.
    """
    pieces = unified(stream)
    begun: deque[bytes] = deque()
    size = 0
    for piece in pieces:
        begun.append(piece)
        size += len(piece)
        if size > WHOLE:
            encoding = Encoding(begun[0], reading.charset, reading.spec.encoding, marked=stream.marked)
            # Let go of the data on disk.
            rest = chain((begun.popleft() for _ in range(len(begun))), pieces)
            yield from _in_parts(_put_aside(rest, encoding, reading), reading)
            return
    data = b"".join(begun)
    if not data:
        return
    whole = reading.origin(1, data.count(b"\n") + (not data.endswith(b"\n")))
    if data.isspace():
        yield Boilerplate(whole)
        return
    text = read_feed_text(data, reading.charset, reading.spec.encoding, marked=stream.marked)
    is_damaged = yield from _items(text, whole, partial(_places, whole=whole), reading)
    if is_damaged and is_cut(text.data):
        yield _cut_off(whole)


def _put_aside(pieces: Iterable[bytes], encoding: Encoding, reading: ParseContext) -> Parts:
    try:
        return split(pieces, encoding)
    except PublishError as error:
        raise SourceError(reading.file, str(error)) from error


def _in_parts(feed: Parts, reading: ParseContext) -> Iterator[Item]:
    whole = reading.origin(1, feed.last)
    if feed.problem:
        yield reject(whole, feed.problem, "")
        return
    pictures = _pictures(feed)
    is_damaged = False
    for number, part in enumerate(feed.parts):
        here = reading.origin(part.begins.line if number else 1, part.last)
        if part.entries is None:
            yield reject(here, f"the entry has more than {MAX_ENTRY >> 20} MB", "")
            continue
        entries = part.read()
        own = feed.encoding.text(entries).data
        places = partial(_places_in_part, own, part.begins, here)
        damaged = yield from _items(feed.text(entries), here, places, reading, pictures)
        is_damaged = is_damaged or damaged
    if is_damaged and is_cut(feed.tail):
        yield _cut_off(whole)


def _pictures(feed: Parts) -> dict[str, str]:
    """Return the addresses of the files in an export of WordPress, by their numbers."""
    if not _speaks(feed.head, _STATUS["wp"][0]):
        return {}
    trees = (_tree(feed.text(part.read()).data)[0] for part in feed.parts if part.entries)
    return {number: url for tree in trees if tree is not None for number, url in attachments(tree)}


def _speaks(data: bytes, namespaces: tuple[str, ...]) -> bool:
    return any(name.encode() in data for name in namespaces)


def _cut_off(whole: Origin) -> Reject:
    return reject(Origin(whole.file, whole.last + 1, whole.last + 1), "the feed is cut off here", "")


def _items(
    text: FeedText,
    whole: Origin,
    places: Callable[[bytes, int], list[Origin]],
    reading: ParseContext,
    pictures: Mapping[str, str] | None = None,
) -> Generator[Item, None, bool]:
    """Yield the items of a feed or a part of one, and return whether it is damaged.

    ``whole`` is its place, and ``places`` returns those of its entries. ``pictures`` are those that its posts show, if
    they are not in it.
    """
    if text.problem:
        yield Notice(whole, "bad-bytes", text.problem)
    data, bare = _with_references(text.data)
    tree, problem = _tree(data)
    parsed: Any = None
    if not problem:
        problem, parsed = _parsed(data)
    # The export of a blog also has passwords and addresses, which no reject may repeat.
    has_secrets = _speaks(data, _EXPORTS)
    if problem:
        yield reject(whole, problem, "" if has_secrets else data[:8192].decode(errors="replace"))
        return False
    if not parsed.entries:
        yield Boilerplate(whole)
        return False
    if bare:
        signs = "1 sign & that begins" if bare == 1 else f"{bare:,} signs & that begin"
        yield Notice(
            whole, "bare-ampersand", f"read {signs} no reference as written; XML requires &amp; there"
        )
    reading = reading.of_feed(
        parsed.feed.get("id"),
        _self_link(parsed.feed),
        parsed.feed.get("link"),
        authors=_named(parsed.feed),
        title=_plain(parsed.feed, "title"),
    )
    exported = posts(tree, len(parsed.entries), pictures)
    has_secrets = any(str(name).startswith(_EXPORTS) for name in parsed.namespaces.values())
    records = _records(parsed, tree, text.data if bare else b"", reading)
    found = zip(places(data, len(parsed.entries)), parsed.entries, records, strict=True)
    for number, (origin, entry, record) in enumerate(found):
        raw = partial(_raw, {} if has_secrets else entry)
        if text.unreadable and UNREADABLE in _raw(entry):
            yield reject(origin, _NOT_UTF8, raw().replace(UNREADABLE, "\ufffd"))
            continue
        lost = 0
        if exported:
            record, lost = _of_export(record, exported[number], reading), exported[number].left_out  # noqa: PLW2901
        items = build(reading, origin, record, raw)
        yield from items
        if lost and any(isinstance(item, Article) for item in items):
            told = f"left out shortcodes ({lost:,}), which a theme turns into galleries, films or sounds"
            yield Notice(origin, "shortcode", told)
    return bool(parsed.bozo)


def _records(parsed: Any, tree: Any, damaged: bytes, reading: ParseContext) -> Iterator[Record]:
    """Yield the record of each entry; ``damaged`` is the original feed, if it had to be repaired."""
    via = _source_of(parsed.feed, reading.file if reading.file.startswith(_WEB) else None, reading.spec.name)
    spoken = _spoken(parsed.namespaces)
    base = _base_of(reading.file, parsed.feed)
    elements = _elements(tree, len(parsed.entries))
    people = _people(tree, elements) or [_named(entry) for entry in parsed.entries]
    links = [
        _links(entry, each) for entry, each in zip(parsed.entries, elements or parsed.entries, strict=True)
    ]
    formerly = _formerly(damaged, parsed.entries, links)
    for entry, authors, found, former in zip(parsed.entries, people, links, formerly, strict=True):
        record = _record(entry, parsed.feed, via)
        yield record._replace(
            hold=_hold(entry, spoken, reading.spec.dates),
            authors=authors or reading.credit,
            base=base,
            formerly=former,
            link=found[0] if found else record.link,
        )


def _with_references(data: bytes) -> tuple[bytes, int]:
    """Return a feed in which every ``&`` begins a reference (XML 1.0 §2.4), and how many did not.

    An ``&`` that begins no reference is meant literally; tolerant parsers would change the text.
    """
    declared = frozenset(_ENTITY.findall(data))
    count = 0

    def written(match: re.Match[bytes]) -> bytes:
        nonlocal count
        if match[0] != b"&" or (match["name"] and _is_entity(match["name"], declared)):
            return match[0]
        count += 1
        return b"&amp;"

    return (_AMPERSAND.sub(written, data), count) if b"&" in data else (data, 0)


def _is_entity(name: bytes, declared: frozenset[bytes]) -> bool:
    return name in declared or f"{name.decode()};" in html5


def _formerly(damaged: bytes, entries: list[Any], links: list[list[str]]) -> list[tuple[str, str] | None]:
    """Return id and link of each entry as version 0.1.0 read them, if they differ.

    That version read a ``damaged`` feed as feedparser does, and used the first of several links.
    """
    former = _parsed(damaged)[1] if damaged else None
    before = former.entries if former and len(former.entries) == len(entries) else entries
    found: list[tuple[str, str] | None] = []
    for entry, old, chosen in zip(entries, before, links, strict=True):
        was = str(old.get("id") or ""), _first_link(old)
        now = str(entry.get("id") or ""), chosen[0] if chosen else ""
        is_same = was[0] == now[0] and (bool(now[0]) or was == now)
        found.append(None if is_same else was)
    return found


def _tree(data: bytes) -> tuple[Any, str]:
    """Return the root element of ``data``, even if it is damaged, or ``None``; and which limit it exceeds.

    Its size is bounded, and no entity is expanded, so that the parser's own limits are not needed.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        remove_comments=True,
        huge_tree=True,
    )
    try:
        root = etree.fromstring(_HALVES.sub(b"&#xfffd;", data[max(data.find(b"<"), 0) :]), parser)
    except etree.XMLSyntaxError:
        return None, ""
    wrong = {entry.type_name for entry in parser.error_log if entry.domain_name == "PARSER"}
    # Other damage is read in another way.
    too_much = "the feed is nested too deeply" if wrong == {"ERR_RESOURCE_LIMIT"} else ""
    return root, too_much or ("" if root is None else _excess(root))


def permalinks(data: bytes) -> frozenset[str]:
    """Return the ids of an RSS feed that are addresses: ``isPermaLink`` is true by default."""
    root = _tree(data)[0]
    guids = () if root is None else root.iter("guid")
    return frozenset(
        (guid.text or "").strip()
        for guid in guids
        if guid.get("isPermaLink", "true").strip().lower() == "true"
    )


def _excess(root: Any) -> str:
    """Return which limit a feed exceeds, or an empty text: feedparser takes quadratic time for these."""
    prefixes: set[str] = set()
    categories: Counter[Any] = Counter()
    for element in root.iter(etree.Element):
        prefixes.add(element.prefix or "")
        if len(element.attrib) > MAX_ATTRIBUTES:
            return f"an element has more than {MAX_ATTRIBUTES} attributes"
        text = element.text or ""
        if text.count("<!--", text.rfind("-->") + 1) > MAX_COMMENTS:
            return f"a text has more than {MAX_COMMENTS} comments that are not closed"
        if _local(element) in ("category", "subject"):
            categories[element.getparent()] += 1
    if len(prefixes) > MAX_PREFIXES:
        return f"elements have more than {MAX_PREFIXES} namespace prefixes"
    if max(categories.values(), default=0) > MAX_CATEGORIES:
        return f"an element has more than {MAX_CATEGORIES} categories"
    return ""


def _parsed(data: bytes) -> tuple[str, Any]:
    """Return why ``data`` is not a feed, or an empty text and what feedparser made of it."""
    # The extra's module.
    import feedparser  # noqa: PLC0415

    try:
        parsed = feedparser.parse(io.BytesIO(data))
    # An unintended error of feedparser: an encoding may not exist.
    except (ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError) as error:
        return f"the feed cannot be read: {error}", None
    if parsed.bozo:
        _forget_stack(parsed.bozo_exception)
    if not parsed.version:
        return "this is not a feed in a known format (RSS, Atom or RDF)", None
    if parsed.bozo and not parsed.entries:
        return f"the feed is damaged before its first entry: {parsed.bozo_exception}", None
    return "", parsed


def _forget_stack(error: Any) -> None:
    """Clear the parser's stack, or the whole result would stay in memory until the next garbage collection."""
    for each in (error, error.__context__, getattr(error, "getException", lambda: None)()):
        if each:
            each.__traceback__ = None


def is_cut(data: bytes) -> bool:
    """Say whether a feed ends before its root element does."""
    end = data.rstrip()[-64:].lower()
    return not re.search(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>(?:\s*<!--[^>]*>)?\Z", end)


def _places(data: bytes, count: int, whole: Origin) -> list[Origin]:
    """Return the lines of each entry; if start tags and entries do not agree, those of the whole file."""
    return _places_from(data, Place(), whole, count)


def _places_in_part(own: bytes, begins: Place, here: Origin, _: bytes, count: int) -> list[Origin]:
    """Return the lines of a part's entries (``own``), which begin at ``begins`` and have the lines of ``here``."""
    return _places_from(own, begins, here, count)


def _places_from(data: bytes, place: Place, whole: Origin, count: int) -> list[Origin]:
    blanked = _CDATA_OR_COMMENT.sub(lambda match: re.sub(rb"[^\n]", b" ", match[0]), data)
    starts = [match.start() for match in _START.finditer(blanked)]
    if len(starts) != count:
        return [whole] * count
    found = []
    for before, start in pairwise((0, *starts)):
        place = place.after(data[before:start])
        found.append(place)
    columns = [each.column + 1 if each.shared else 0 for each in found]
    lines = [each.line for each in found]
    ends = [max(here, following - 1) for here, following in pairwise(lines)]
    # The next part may begin on the line of the last entry.
    ends.append(max(lines[-1], whole.last))
    lines[0] = whole.line
    return list(map(partial(Origin, whole.file), lines, ends, columns))


def _source_of(feed: Any, fetched: str | None = None, name: str = "") -> FeedSource | None:
    """Return the feed of an entry; its address is its own, else the one it was ``fetched`` from.

    A list of feeds may give it another ``name`` than its title.
    """
    title = name or _plain(feed, "title").strip()
    page = feed.get("link") or None
    return FeedSource(title, feed.get("id") or None, _self_link(feed) or fetched, page) if title else None


def _self_link(feed: Any) -> str | None:
    links = (link for link in feed.get("links", ()) if link.get("rel") == "self")
    return next((str(link["href"]) for link in links if link.get("href")), None)


def _of_export(record: Record, post: Post, reading: ParseContext) -> Record:
    """Return the record of a post with the data in the export's own vocabulary."""
    return record._replace(
        authors=(post.authors or reading.credit) if post.is_listed else record.authors,
        body=post.body,
        html=True,
        summary=post.summary,
        categories=post.categories,
        published=post.published or record.published,
        updated=post.updated,
        image=post.image or record.image,
        enclosures=record.enclosures or post.enclosures,
    )


def _base_of(file: str, feed: Any) -> str:
    """Return the base for relative addresses in a feed: where it was fetched, else its own, else its page's."""
    candidates = (file, _self_link(feed), feed.get("link"))
    return next((str(url) for url in candidates if str(url).startswith(("http://", "https://"))), "")


def _record(entry: Any, feed: Any, via: FeedSource | None) -> Record:
    contents = [*(entry.get("content") or ()), {}]
    content = max(contents, key=lambda part: len(str(part.get("value") or "")))
    body, summary = str(content.get("value") or ""), str(entry.get("summary") or "")
    if summary and not (_is_text(content) or shows_something(body)):
        # A body without words does not replace the summary.
        body = ""
    is_text = _is_text(content) if body else _is_text(entry.get("summary_detail"))
    # The usual access of feedparser would return the publication if there is no update.
    updated = str(dict.get(entry, "updated") or "")
    return Record(
        title=_plain(entry, "title"),
        body=body or summary,
        published=str(entry.get("published") or entry.get("created") or updated),
        html=not is_text,
        updated=updated,
        id=str(entry.get("id") or ""),
        keep_id=True,
        # Blogger's new export only has the path of a post.
        link=_remote_content(entry) or str(entry.get("blogger_filename") or ""),
        categories=tuple(
            str(tag.get("label") or tag.get("term") or "")
            for tag in entry.get("tags") or ()
            if tag.get("scheme") != _KIND
        ),
        language=str((entry.get("title_detail") or {}).get("language") or feed.get("language") or ""),
        summary=_plain(entry, "summary") if body and summary != body else "",
        image=_image(entry)[0],
        picture=_image(entry)[1],
        enclosures=_enclosures(entry),
        license=_license(entry, feed),
        episode=_episode(entry),
        via=_source_of(entry["source"]) or via if entry.get("source") else via,
    )


def _plain(holder: Any, name: str) -> str:
    text = str(holder.get(name) or "")
    return text if _is_text(holder.get(f"{name}_detail")) else plain_text(text)


def _is_text(detail: Any) -> bool:
    """Say whether a text is plain: in Atom it may be (RFC 4287 §3.1.1.1), in RSS it is HTML."""
    return bool(detail) and detail.get("type") == "text/plain"


def _spoken(namespaces: Mapping[str, str]) -> Mapping[str, str]:
    """Map the names that feedparser makes from a feed's prefixes to those of :data:`_STATUS`."""
    found: dict[str, str] = {}
    for usual, (known, names) in _STATUS.items():
        # A prefix counts even if a damaged feed does not declare it.
        prefixes = [prefix for prefix, address in namespaces.items() if str(address).startswith(known)]
        found |= {
            f"{prefix.lower()}_{element}": names[element]
            for prefix in (usual, *prefixes)
            for element in names
        }
    return found


def _hold(entry: Any, spoken: Mapping[str, str], policy: DatePolicy) -> Hold:
    """Return whether an entry is public; exports define their statuses and kinds."""
    values = {name: entry[key] for key, name in spoken.items() if key in entry}
    for tag in entry.get("tags") or ():
        if tag.get("scheme") == _KIND:
            values["post_type"] = str(tag.get("term")).rpartition("#")[2]
    return hold_of(values, policy, strict=True) if values else FREE


def _elements(root: Any, count: int) -> list[Any]:
    """Return the elements of ``count`` entries; empty if feedparser and lxml disagree."""
    found = [] if root is None else [element for element in root.iter() if _local(element) in _ENTRIES]
    return found if len(found) == count else []


def _links(entry: Any, element: Any) -> list[str]:
    """Return the addresses of an entry's page: HTML first, then those without a type, then others.

    ``element`` is the entry itself, because feedparser calls a link without a type HTML.
    """
    links = [link for link in entry.get("links") or () if link.get("rel", "alternate") == "alternate"]
    kinds = [
        (child.get("type") or "").partition(";")[0].strip().lower()
        for child in (element if element is not entry else ())
        if _local(child) == "link" and child.get("rel", "alternate") == "alternate"
    ]
    if len(kinds) == len(links):
        order = sorted(range(len(links)), key=lambda number: _PAGES.get(kinds[number], len(_PAGES)))
        links = [links[number] for number in order]
    found = [str(link["href"]) for link in links if link.get("href")] or [str(entry.get("link") or "")]
    # Without a link, feedparser returns the id, which may not be an address.
    return [each for each in found if each and (each != entry.get("id") or each.startswith(_WEB))]


def _first_link(entry: Any) -> str:
    return next(iter(_links(entry, entry)), "")


def _people(root: Any, entries: list[Any]) -> list[tuple[Author, ...]]:
    """Return the authors of each of ``entries``, else those of the feed.

    feedparser gives an author without an e-mail address that of the previous one, and cuts long top-level domains.
    """
    if not entries:
        return []
    heads = [root, *(element for element in root if _local(element) == "channel")]
    feed = tuple(author for head in heads for author in _authors(head))
    return [_authors(entry) or feed for entry in entries]


def _authors(holder: Any) -> tuple[Author, ...]:
    persons = (child for child in holder if _local(child) in _PERSONS and "wordpress.org" not in child.tag)
    found = (_author(child) for child in persons)
    return tuple(dict.fromkeys(author for author in found if author))


def _author(element: Any) -> Author | None:
    # Atom has children, RSS a text.
    parts = {
        name: " ".join("".join(child.itertext()).split()) for child in element if (name := _local(child))
    }
    name, mail = parts.get("name", ""), parts.get("email", "")
    uri = parts.get("uri") or parts.get("url") or parts.get("homepage")
    # Blogger gives all authors one address, which belongs to nobody.
    mail = "" if mail.lower() == "noreply@blogger.com" else mail
    if name or mail:
        return Author(name or mail, mail or None, uri)
    text = "" if parts else " ".join((element.text or "").split())
    if match := _NAME_MAIL.match(text):
        return Author(match["name"], match["mail"])
    return next(iter(authors_of(text)), None)


def _local(element: Any) -> str:
    """Return an element's name without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""


def _named(holder: Any) -> tuple[Author, ...]:
    """Return the names of the authors that feedparser found."""
    names = (str(person.get("name") or "") for person in holder.get("authors") or ())
    return tuple(Author(name) for name in names if name and "@" not in name)


def _remote_content(entry: Any) -> str:
    """Return the address of an entry's content outside the feed (RFC 4287 §4.1.3.2), if it is a page."""
    # For an entry without an id, a link would change the id.
    if not entry.get("id"):
        return ""
    found = (
        part
        for part in entry.get("content") or ()
        if part.get("src") and "html" in str(part.get("type") or "html")
    )
    return next((str(part["src"]) for part in found), "")


def _episode(entry: Any) -> Episode | None:
    """Return the podcast tags of an entry, as far as feedparser reads them."""
    told: dict[str, Any] = {}
    with suppress(RecordError):
        told["duration"] = duration_of(entry.get("itunes_duration"))
    for name, key in (("number", "itunes_episode"), ("season", "itunes_season")):
        text = str(entry.get(key) or "").strip()
        told[name] = int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
    transcript, chapters = (entry.get(f"podcast_{name}") or {} for name in ("transcript", "chapters"))
    if isinstance(transcript, Mapping) and transcript.get("url"):
        kind, language = str(transcript.get("type") or ""), transcript.get("language")
        told["transcripts"] = (Transcript(str(transcript["url"]), kind, language),)
    if isinstance(chapters, Mapping) and chapters.get("url"):
        told["chapters"] = str(chapters["url"])
    # feedparser knows "yes" and "clean", but not "true" and "false".
    found = Episode(**told, explicit=entry.get("itunes_explicit"))
    return found if found != Episode() else None


def _license(entry: Any, feed: Any) -> str:
    """Return the licence of an entry, else that of its feed, unless it says that it has none (RFC 4946 §2.1)."""
    found = str(entry.get("license") or feed.get("license") or "")
    return "" if found == UNSPECIFIED else found


def _image(entry: Any) -> tuple[str, Picture | None]:
    """Return the picture of an entry: its thumbnail, else its first one in Media RSS, else that of iTunes or RSS.

    With its data in Media RSS, if any.
    """
    candidates = [
        *(entry.get("media_thumbnail") or ()),
        *(found for found in entry.get("media_content") or () if _kind_of(found) == "image"),
    ]
    image = entry.get("image") or {}
    url = next((str(url) for found in candidates if (url := found.get("url"))), "")
    told = [
        found for found in entry.get("media_content") or () if url and found.get("url") == url
    ] + candidates
    if not url:
        return str(image.get("href") or image.get("url") or ""), None
    about = next(found for found in told if found.get("url") == url)
    found = picture(about.get("type"), about.get("width"), about.get("height"), about.get("filesize"))
    credits_: Any = entry.get("media_credit") or ()
    if len(credits_) == 1 and len(entry.get("media_content") or ()) == 1:
        # If there are several, feedparser does not say which one it belongs to.
        found = replace(found, credit=str(credits_[0].get("content") or ""))
    return url, found if found != Picture() else None


def _kind_of(found: Any) -> str:
    """Return the kind of a file in Media RSS (image, audio or video), by its medium, type or name."""
    kind = str(found.get("medium") or "").lower()
    return (
        kind
        or enclosure(str(found.get("url") or ""), str(found.get("type") or ""), "0").type.partition("/")[0]
    )


def _enclosures(entry: Any) -> tuple[Enclosure, ...]:
    found = [
        enclosure(str(found["href"]), str(found.get("type") or ""), str(found.get("length") or "0"))
        for found in entry.get("enclosures") or ()
        if found.get("href")
    ]
    if not found:
        # Media RSS may have a film or sound in several versions: use the preferred one, else the first.
        played = [each for each in entry.get("media_content") or () if _kind_of(each) in ("audio", "video")]
        played.sort(key=lambda each: str(each.get("isdefault")).lower() != "true")
        found = [
            enclosure(str(each["url"]), str(each.get("type") or ""), str(each.get("filesize") or "0"))
            for each in played[:1]
            if each.get("url")
        ]
    return tuple(found)


def _raw(entry: Any) -> str:
    return "\n".join(f"{name}: {value}" for name, value in entry.items() if isinstance(value, str))
