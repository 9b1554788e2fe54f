"""The last step that all formats share: the raw fields of one record → an article, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import unescape
from typing import cast
from urllib.parse import quote, urljoin

from feedpub.articles.article import (
    Article,
    Author,
    Enclosure,
    Episode,
    FeedSource,
    LeftOut,
    Notice,
    Origin,
    Picture,
    Plain,
    Speaker,
    Transcript,
    Written,
    with_other_scheme,
)
from feedpub.articles.ids import article_id, titled_id
from feedpub.core.errors import DateError
from feedpub.core.feed_values import (
    clean,
    identifier,
    language_tag,
    mail_address,
    media_type,
    one_line,
    web_address,
    without_password,
)
from feedpub.core.media_types import type_by_name
from feedpub.sources.boilerplate import tail_start, without_tail
from feedpub.sources.cleaning import Rule, Selected, replace_all, select
from feedpub.sources.file_names import declared_date, path_of, slug_of_file, slug_of_title, stem_of
from feedpub.sources.media import is_relative, names_files
from feedpub.sources.readers import choose
from feedpub.sources.records import Item, Record, RecordError, reject
from feedpub.sources.spec import PLACEHOLDER, ParseContext, SourceSpec
from feedpub.sources.withheld import FREE
from feedpub.text.dates import ParsedDate, parse_date
from feedpub.text.safe_html import plain_text, relative_addresses

# What IRIs cannot contain (RFC 3987 §2.2): white space, quotes, brackets, controls, surrogates, noncharacters.
_NOT_IRI = r"\s<>\"{}|\\^`\x00-\x20\x7f-\x9f\ud800-\udfff\ufff0-\uffff"
_WEB_ADDRESS = re.compile(rf"https?://[^{_NOT_IRI}/?#][^{_NOT_IRI}]*\Z", re.IGNORECASE)
# What people and programs leave unencoded after a host; browsers repair it.
_MENDABLE = re.compile(
    rf"https?://[^{_NOT_IRI}/?#]+(?:[/?#](?:[^{_NOT_IRI}]|[ \"{{}}|\\^`])*)?\Z", re.IGNORECASE
)
# What version 0.1.0 took for an id that another feed minted.
_IRI = re.compile(rf"[a-z][a-z0-9+.-]*:[^{_NOT_IRI}]+\Z", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# A title of only these characters is invisible.
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060 "

# Kinds of unfinished records, which a preview of drafts shows.
_UNREADY = frozenset({"draft", "embargo"})


@dataclass(slots=True)
class _Notes:
    """Collects the notices of a record while its article is built."""

    origin: Origin
    notices: list[Notice] = field(default_factory=list)

    def add(self, kind: str, message: str) -> None:
        self.notices.append(Notice(self.origin, kind, message))


def build(
    reading: ParseContext, origin: Origin, record: Record, raw: Callable[[], str], *, is_clean: bool = False
) -> list[Item]:
    """Return the article of ``record`` with its notices, or its reject with the text that ``raw`` returns.

    ``is_clean`` says that the fields are plain lines without characters that XML cannot carry.
    """
    is_draft = reading.spec.drafts and record.hold.kind in _UNREADY
    if record.hold.kind and not is_draft:
        return [_left_out(reading, origin, record)]
    notes = _Notes(origin)
    try:
        if not is_clean or reading.spec.repair_mojibake:
            record = _cleaned(reading.spec, record, notes)
        article = _article(reading, origin, record, notes)
        if reading.spec.cleaning:
            article = _tidied(article, record.selected, reading.spec, notes)
        if not _names_files(reading, article.link):
            # Which files it names, and which of them are published, is decided during publication.
            _note_relative(article, notes)
    except DateError as error:
        return [reject(origin, f"the date {error}", raw())]
    except RecordError as error:
        return [reject(origin, str(error), raw())]
    return [replace(article, mark="draft") if is_draft else article, *notes.notices]


def build_story(
    reading: ParseContext, origin: Origin, title: str, body: str, published: str, raw: Callable[[], str]
) -> list[Item]:
    """Return what :func:`build` returns for a clean record with these fields, but faster if nothing has to be done.

    Text files have hundreds of thousands of records, and nearly all need no changes.
    """
    if has_plain_stories(reading.spec) and (story := usual_story(reading, origin, title, body, published)):
        return [story]
    record = Record(title, body, published, reading.spec.html_body)
    return build(reading, origin, record, raw, is_clean=True)


def usual_story(reading: ParseContext, origin: Origin, title: str, body: str, published: str) -> Item | None:
    """Return the article of a clean record with these fields if it needs no changes and no notices, else ``None``.

    Most records of a source that :func:`has_plain_stories` are like this.
    """
    spec = reading.spec
    plain_title, plain_body = title.strip(), body.strip()
    if (
        "\t" in title
        or "&" in title
        or not plain_title.strip(_ZERO_WIDTH)
        or (spec.related_links and tail_start(plain_body, spec.related_links) is not None)
    ):
        return None
    try:
        instant, warnings = parse_date(published, spec.dates)
    except DateError:
        return None
    if warnings:
        return None
    identity = article_id(reading.authority, key=None, published=instant, title=plain_title)
    story = Plain(identity, plain_title, plain_body, instant, origin)
    # A caller that asks for lean articles accepts this.
    return cast("Article", story) if reading.lean else story.article()


def has_plain_stories(spec: SourceSpec) -> bool:
    """Say whether records of a source may need no changes."""
    return not (spec.repair_mojibake or spec.html_body or spec.html_title or spec.link or spec.cleaning)


def _left_out(reading: ParseContext, origin: Origin, record: Record) -> LeftOut:
    kind, reason = record.hold.kind, record.hold.reason
    record = _cleaned(reading.spec, record, _Notes(origin))
    title = record.title.strip()
    published, changed = (_instant(text, reading) for text in (record.published, record.updated))
    identity, key = _identity(reading, record, published or _NO_DAY, title)
    if key is None and title and not published and _is_dated_by_file(reading):
        identity, *beside = _titled(reading, title)
        return LeftOut(
            origin, kind, reason, identity, changed, record.version, reading.feed, frozenset(beside), title
        )
    if key is None and not (published and title):
        return LeftOut(origin, kind, reason, title=title)
    also = _other_ids(reading, record, key, published) - {identity}
    return LeftOut(origin, kind, reason, identity, changed, record.version, reading.feed, also, title)


_NO_DAY = datetime.min.replace(tzinfo=UTC)


def _instant(text: str, reading: ParseContext) -> datetime | None:
    try:
        return parse_date(text, reading.spec.dates).instant
    except DateError:
        return None


def _other_ids(
    reading: ParseContext, record: Record, key: str | None, published: datetime | None
) -> frozenset[str]:
    """Return other ids that a record's article may be published under: by the other scheme, its link, its story."""
    title = record.title.strip()
    link = record.link.strip()
    # A link alone may be that of a section, and shared by several articles.
    keys = {
        key,
        link if _WEB_ADDRESS.match(link) and (key == link or not (title and published)) else None,
    } - {None}
    keys |= {with_other_scheme(each) for each in keys if each}
    day = published or _NO_DAY
    ids = {_made_of(reading, record, each, day, title)[0] for each in keys}
    return frozenset(
        ids | ({_made_of(reading, record, None, published, title)[0]} if title and published else set())
    )


def _article(reading: ParseContext, origin: Origin, record: Record, notes: _Notes) -> Article:
    spec = reading.spec
    # XML can carry a tab, so plain lines may have one, but a title never does.
    written = one_line(record.title) if "\t" in record.title else record.title.strip()
    body = record.body.strip()
    if not record.html:
        body = _without_tail(body, spec, notes)
    title = _title(record, written, body, spec, notes)
    parsed = _parsed(record, reading)
    for warning in parsed.warnings:
        notes.add(warning.kind, warning.message)
    for reason in (*record.left_out, *record.hold.unread):
        notes.add("bad-field", f"left out a field: {reason}")
    for unknown in record.hold.unknown:
        notes.add("unknown-status", unknown)
    link = _address(record.link, "link", notes, record.base or spec.link_base) or _linked(
        reading, record, parsed.instant, title, notes
    )
    # From the title as written, so that declaring its type does not change the id.
    named = written if spec.html_title and written.strip(_ZERO_WIDTH) else title
    identity, key = _identity(reading, record, parsed.instant, named)
    former = _former_identity(reading, record, parsed.instant, named, link)
    if former and record.id and not record.formerly:
        unless = "the article gets another, unless it was published under this one"
        if without_password(former) != former:
            notes.add("password", f"its id contains a password; {unless}")
        else:
            notes.add("bad-id", f"its id {former[:200]!r} cannot be carried by every format; {unless}")
    if not link and not _has_more(record) and not _is_dated_by_file(reading):
        return Article(
            identity,
            title,
            body,
            parsed.instant,
            origin,
            record.html,
            key=key,
            version=record.version,
            feed=reading.feed,
        )
    undated = parsed.instant is reading.since
    due = record.hold.due
    image = _beside(record.image, "image", notes, record.base, reading, link)
    # The id still uses the article's own date, as it may have been published before the embargo.
    published = max(parsed.instant, due or parsed.instant)
    return Article(
        identity,
        title,
        body,
        published,
        origin,
        html=record.html,
        updated=_updated(record.updated, published, spec, notes),
        key=key,
        link=link,
        authors=record.authors,
        categories=tuple(dict.fromkeys((*record.categories, *spec.categories))),
        language=_language(record.language, notes),
        summary=(one_line(plain_text(record.summary)) if spec.html_title else record.summary) or None,
        image=image,
        enclosures=_enclosures(record, notes, reading, link),
        via=record.via,
        due=published if record.hold.scheduled else due,
        expires=record.hold.expires,
        by_link=key is not None and not record.id.strip(),
        former=former or _id_by_title(reading, parsed.instant, named),
        version=record.version,
        feed=reading.feed,
        undated=undated,
        beside=_titled(reading, named)[1:] if undated and key is None and _is_dated_by_file(reading) else (),
        feeds=_feeds(record, notes),
        not_feeds=record.not_feeds,
        license=_address(record.license, "license", notes, record.base),
        picture=record.picture if image else None,
        episode=_episode(record, notes, reading, link) if record.episode else None,
    )


def _feeds(record: Record, notes: _Notes) -> tuple[str, ...]:
    """Return the feeds that a record asks to be in, without those that it also asks not to be in."""
    if both := [slug for slug in record.feeds if slug in record.not_feeds]:
        notes.add(
            "unclear-feeds", f"names {both[0]!r} in feeds and in not_feeds; it is kept out of that feed"
        )
    return tuple(slug for slug in record.feeds if slug not in both)


def _episode(record: Record, notes: _Notes, reading: ParseContext, link: str | None) -> Episode:
    """Return the episode of a record, with addresses that every format can carry."""
    episode = record.episode
    assert episode is not None

    def address(url: str | None, what: str) -> str | None:
        return _beside(url, what, notes, record.base, reading, link)

    transcripts = ((each, address(each.url, "transcript")) for each in episode.transcripts)
    speakers = ((each, _name(each.name)) for each in episode.speakers)
    return replace(
        episode,
        transcripts=tuple(
            Transcript(
                url,
                media_type(each.type) or type_by_name(url) or "text/plain",
                language_tag(each.language) if each.language else None,
            )
            for each, url in transcripts
            if url
        ),
        chapters=address(episode.chapters, "chapters"),
        speakers=tuple(
            Speaker(
                name,
                _name(each.role),
                address(each.image, "picture"),
                _address(each.uri, "page", notes, record.base),
            )
            for each, name in speakers
            if name
        ),
    )


def _name(text: str) -> str:
    return one_line(clean(text)[0])


def _names_files(reading: ParseContext, link: str | None) -> bool:
    return names_files(reading.spec, reading.file, reading.feed, link)


def _beside(
    text: str | None, what: str, notes: _Notes, base: str, reading: ParseContext, link: str | None
) -> str | None:
    """Return an address as :func:`_address` does, or unchanged if it may name a file beside the article."""
    if text and _names_files(reading, link) and is_relative(text):
        return text.strip()
    return _address(text, what, notes, base)


def _enclosures(
    record: Record, notes: _Notes, reading: ParseContext, link: str | None
) -> tuple[Enclosure, ...]:
    found = tuple(
        replace(enclosure, url=url)
        for enclosure in record.enclosures
        if (url := _beside(enclosure.url, "enclosure", notes, record.base, reading, link))
    )
    if len(found) > 1:
        names = ", ".join(enclosure.url[:200] for enclosure in found[1:4]) + (", …" if len(found) > 4 else "")
        told = f"has {len(found)} enclosures, but RSS only has room for the first; only Atom and JSON Feed have {names}"
        notes.add("more-enclosures", told)
    return found


def _title(record: Record, written: str, body: str, spec: SourceSpec, notes: _Notes) -> str:
    """Return the title as plain text, else the first sentence of the body."""
    title = one_line(plain_text(written)) if spec.html_title else written
    if not (spec.html_title or record.keep_id) and any(unescape(r) != r for r in _REFERENCE.findall(title)):
        notes.add("html-title", f"the title {title[:200]!r} contains HTML character references")
    if not title.strip(_ZERO_WIDTH):
        title = first_sentence(plain_text(body) if record.html else body)
        if not title:
            raise RecordError("the record has neither title nor body")
        notes.add("title-from-body", "the record has no title; took the first sentence of its body")
    return title


def _parsed(record: Record, reading: ParseContext) -> ParsedDate:
    written = record.published.strip()
    if not written and reading.spec.date == "filename":
        written = declared_date(reading.file)
    if written:
        return parse_date(written, reading.spec.dates)
    if record.hold.due:
        return ParsedDate(record.hold.due)
    if not record.keep_id:
        if reading.since is None or not _is_dated_by_file(reading):
            raise RecordError("the record has no date")
        return ParsedDate(reading.since)
    if reading.since is None:
        raise RecordError(
            "the entry has no date; with date: fetched of its source, it is dated by its first copy"
        )
    if not (record.id.strip() or record.link.strip()):
        raise RecordError("the entry has no date, and neither id nor link to recognise it by")
    return ParsedDate(reading.since)


def _identity(
    reading: ParseContext, record: Record, published: datetime, title: str
) -> tuple[str, str | None]:
    """Return the id of a record's article, and the key that it is made from: its id, or a publishable link."""
    written = record.link.strip()
    key = record.id.strip() or (written if _WEB_ADDRESS.match(written) and web_address(written) else None)
    if key is None and published is reading.since and _is_dated_by_file(reading):
        return _titled(reading, title)[0], None
    return _made_of(reading, record, key, published, title)


def _id_by_title(reading: ParseContext, published: datetime, title: str) -> str | None:
    """Return the id that an article had while its file dated it, before it got a date or a key of its own."""
    is_own = published is not reading.since and _is_dated_by_file(reading)
    return _titled(reading, title)[0] if is_own else None


def _is_dated_by_file(reading: ParseContext) -> bool:
    """Say whether a record without a date gets that of its file, and is the only one in it."""
    named = reading.spec.format or choose(reading.file, b"")
    return reading.spec.date == "mtime" and named in ("text", "markdown", "html")


def _titled(reading: ParseContext, title: str) -> tuple[str, str, str]:
    """Return the ids that an article's title makes: alone, with its file's stem, with its path."""
    space, file = reading.spec.namespace, reading.file
    return (
        titled_id(reading.authority, space, title=title),
        titled_id(reading.authority, space, stem_of(file), title=title),
        titled_id(reading.authority, space, stem_of(file), path_of(file), title=title),
    )


def _former_identity(
    reading: ParseContext, record: Record, published: datetime, title: str, link: str | None
) -> str | None:
    """Return the id that version 0.1.0 gave, if it differs.

    That version used the first name even if it was empty, words for missing values, links that cannot be published,
    and ids with passwords.
    """
    if record.formerly:
        key = record.formerly[0].strip() or record.formerly[1].strip() or None
        return _made_of(reading, record, key, published, title)[0]
    if key := record.id.strip():
        # RSS and JSON Feed can carry ids that Atom cannot.
        changes = without_password(key) != key or not identifier(key)
        return key if record.keep_id and _IRI.match(key) and changes else None
    if not record.link.strip() or (link and _WEB_ADDRESS.match(record.link.strip())):
        return None
    return _made_of(reading, record, record.link.strip(), published, title)[0]


def _made_of(
    reading: ParseContext, record: Record, key: str | None, published: datetime, title: str
) -> tuple[str, str | None]:
    bare = without_password(key) if key and record.keep_id and _IRI.match(key) else None
    if bare and bare != key:
        # The id stays the same when the password changes.
        return article_id(reading.authority, key=bare, published=published, title=title), key
    if bare and identifier(bare):
        return bare, key
    if key and reading.spec.namespace is not None:
        key = f"{reading.spec.namespace} {key}"
    return article_id(reading.authority, key=key, published=published, title=title), key


def _has_more(record: Record) -> bool:
    return bool(
        record.updated or record.link or record.authors or record.categories or record.language
        or record.summary or record.image or record.enclosures or record.via or record.hold != FREE
        or record.formerly or record.keep_id or record.feeds or record.not_feeds
        or record.license
    )  # fmt: skip


def _without_tail(body: str, spec: SourceSpec, notes: _Notes) -> str:
    # The body may become empty: the title is still news.
    kept = without_tail(body, spec.related_links, spec.boilerplate)
    if kept != body:
        notes.add("related-links", f"left out {len(body) - len(kept)} characters of links to other articles")
    return kept


def _tidied(article: Article, selected: Selected | None, spec: SourceSpec, notes: _Notes) -> Article:
    """Return an article after its source's cleaning rules; ``written`` keeps the original, which makes its ids."""
    cleaning = spec.cleaning
    if selected is None:
        selected = select(cleaning, article.body) if article.html else Selected(article.body, article.html)
    applied: set[Rule] = set(selected.applied)
    if cleaning.keep and cleaning.keep not in applied:
        notes.add("not-cleaned", f"keep matches nothing in it, so all of it stays: {cleaning.keep}")
    body = replace_all(cleaning.body, selected.body, applied).strip()
    title = one_line(replace_all(cleaning.title, article.title, applied))
    if not title.strip(_ZERO_WIDTH):
        notes.add("not-cleaned", "replace would leave nothing of its title, so it stays")
        title = article.title
    if not applied:
        return article
    numbers = tuple(number for number, rule in enumerate(cleaning.rules) if rule in applied)
    written = Written(article.title, article.body, article.html, numbers)
    return replace(article, title=title, body=body, html=selected.html, written=written)


def _note_relative(article: Article, notes: _Notes) -> None:
    if not article.html or article.link:
        return
    if lost := relative_addresses(article.body):
        found = f"relative addresses ({len(lost)}), such as {lost[0][:200]!r}"
        notes.add("relative-address", f"left out {found}: there is no link to resolve them against")


def _updated(text: str, published: datetime, spec: SourceSpec, notes: _Notes) -> datetime | None:
    if not text.strip():
        return None
    try:
        updated = parse_date(text, spec.dates).instant
    except DateError as error:
        notes.add("bad-updated", f"left out the time of the update: {error}")
        return None
    if updated < published:
        notes.add("bad-updated", "left out a time of the update that is before the publication")
        return None
    return updated


def _linked(
    reading: ParseContext, record: Record, published: datetime, title: str, notes: _Notes
) -> str | None:
    """Return the link that the source's template makes for an article, if any; it never makes an id."""
    if not reading.spec.link:
        return None
    file = reading.file
    values = {
        "path": path_of(file),
        "stem": stem_of(file),
        "slug": slug_of_file(file) if _holds_one(reading) else slug_of_title(title),
        "year": f"{published:%Y}",
        "month": f"{published:%m}",
        "day": f"{published:%d}",
        "id": record.id.strip(),
        **dict(record.named),
    }
    lacking = [name for name in PLACEHOLDER.findall(reading.spec.link) if not values.get(name)]
    if lacking:
        notes.add(
            "bad-address",
            f"has no link: its source makes it of {{{lacking[0]}}}, which the record does not have",
        )
        return None
    filled = PLACEHOLDER.sub(lambda name: quote(values[name[1]].strip("/"), safe="/"), reading.spec.link)
    return web_address(filled)


def _holds_one(reading: ParseContext) -> bool:
    """Say whether a file is one article, so that its name is that of the article."""
    named = reading.spec.format or choose(reading.file, b"")
    return named in ("markdown", "html") or reading.spec.is_whole


def _whole(written: str, base: str) -> str:
    """Complete an address with scheme and host of its document."""
    try:
        if base and written:
            # An empty reference means the page itself, which is not the address of an article.
            whole = urljoin(base, written)
            return whole if whole != base else written
        if written.startswith("//"):
            return f"https:{written}"
    except ValueError:
        pass
    return written


def _address(text: str | None, what: str, notes: _Notes, base: str = "") -> str | None:
    """Return an address in a form that every format can carry, or ``None``, with a notice if it changed."""
    written = (text or "").strip()
    whole = _whole(written, base)
    address = web_address(whole) if _MENDABLE.match(whole) else None
    if written and not address:
        notes.add(
            "bad-address", f"left out the {what} {written[:200]!r}, which is not an absolute web address"
        )
    elif written != (address or ""):
        # More people see a notice than should see a password.
        shown = without_password(written)
        how = (
            f"{shown[:200]!r} as a URI: {address!r}"
            if shown != address
            else f"{shown!r} without its password"
        )
        notes.add("mended-address", f"wrote the {what} {how}")
    return address


def _language(text: str, notes: _Notes) -> str | None:
    tag = language_tag(text)
    if text.strip() and not tag:
        notes.add(
            "bad-language",
            f"left out the language {text.strip()[:80]!r}, which is not a language tag (BCP 47)",
        )
    return tag


def _cleaned(spec: SourceSpec, record: Record, notes: _Notes) -> Record:
    found: set[str] = set()

    def cleaned(text: str) -> str:
        if spec.repair_mojibake:
            text = _repaired(text, notes)
        text, replaced = clean(text)
        found.update(replaced)
        return text

    def line(text: str) -> str:
        return one_line(cleaned(text)) if text else ""

    changed = record._replace(
        title=line(record.title),
        body=cleaned(record.body),
        published=cleaned(record.published),
        updated=cleaned(record.updated),
        id=line(record.id),
        link=line(record.link),
        summary=line(record.summary),
        picture=_picture(record.picture, line) if record.picture else None,
        authors=tuple(
            author for found in record.authors if (author := _author(found, line(found.name), notes))
        ),
        categories=tuple(dict.fromkeys(name for text in record.categories if (name := line(text)))),
        via=_via(record.via, line(record.via.title)) if record.via else None,
    )
    if found:
        notes.add("control-character", f"replaced {', '.join(sorted(found))}")
    return changed


def _picture(picture: Picture, line: Callable[[str], str]) -> Picture | None:
    """Return what is known about an image, with its texts as plain lines; some programs write HTML."""
    alt, caption, credit = (
        line(plain_text(text) if "</" in text else text)
        for text in (picture.alt, picture.caption, picture.credit)
    )
    found = replace(picture, alt=alt, caption=caption, credit=credit)
    return found if found != Picture() else None


def _author(author: Author, name: str, notes: _Notes) -> Author | None:
    if not name:
        return None
    email = mail_address(author.email) if author.email else None
    if author.email and not email:
        notes.add("bad-address", f"left out {author.email[:200]!r}, which is not an e-mail address")
    return Author(name, email, _address(author.uri, "author's address", notes))


def _via(via: FeedSource, title: str) -> FeedSource | None:
    feed_id = identifier(via.id) if via.id and without_password(via.id) == via.id else None
    url, page = (
        without_password(address) if address and _WEB_ADDRESS.match(address) else None
        for address in (via.url, via.page)
    )
    return FeedSource(title, feed_id, url, page) if title else None


def _repaired(text: str, notes: _Notes) -> str:
    # From the extra. Its other repairs (quotes, ligatures, width) would change the author's text.
    from ftfy import fix_encoding  # noqa: PLC0415

    fixed: str = fix_encoding(text)
    if fixed != text:
        notes.add("mojibake", "repaired text that had been decoded wrongly")
    return fixed


MAX_TITLE = 160


_SENTENCE = re.compile(r"(?<=[^\W\d_A-Z])[.!?…][\"'’”»)\]]*(?=\s)|[。！？]")


def first_sentence(text: str) -> str:
    """Return the first sentence of a plain text as a title; a long one is cut at a word."""
    line = one_line(text)
    end = _SENTENCE.search(line)
    sentence = line[: end.end()] if end else line
    if len(sentence) <= MAX_TITLE:
        return sentence.rstrip()
    return f"{sentence[:MAX_TITLE].rpartition(' ')[0] or sentence[:MAX_TITLE]}…"
