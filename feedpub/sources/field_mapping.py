"""A record of names and values, as JSON, tables and front matter have it → the fields of an article."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar

from feedpub.articles.article import (
    Author,
    Enclosure,
    Episode,
    FeedSource,
    Notice,
    Origin,
    Picture,
    Speaker,
    Transcript,
)
from feedpub.core.feed_values import media_type as media_type_of
from feedpub.core.media_types import type_by_name, type_of
from feedpub.sources.field_names import DATES_ELSEWHERE, LATER_LINKS, fold_name, name_map
from feedpub.sources.programs import SITE, as_named
from feedpub.sources.readers._ghost import OWN_SITE
from feedpub.sources.records import Record, RecordError
from feedpub.sources.spec import PLACEHOLDER, SourceSpec
from feedpub.sources.withheld import FREE, Hold, hold_of, is_yes, may_be_a_word, says_whether_public
from feedpub.text import rich_text
from feedpub.text.safe_html import shows_something

# "Name <mail@example.org>", as RFC 5322 §3.4 writes a person, or RSS's "mail@example.org (Name)".
_NAME_MAIL = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<mail>[^<>\s@]+@[^<>\s@]+)>\s*\Z")
_MAIL_NAME = re.compile(r"\s*(?P<mail>[^<>\s@()]+@[^<>\s@()]+)\s*\((?P<name>[^()]*)\)\s*\Z")
_MAIL = re.compile(r"[^<>\s@()]+@[^<>\s@()]+\Z")
MAX_DIGITS = 100
# The fewest digits of a date.
MIN_DIGITS = 4
# What programs write into an empty cell; "Nan" and "NA" may be a name.
NOTHING = frozenset(
    [
        "nan",
        "NaN",
        "NAN",
        "NaT",
        "<NA>",
        "#N/A",
        "#NA",
        "N/A",
        "n/a",
        "\\N",
        "None",
        "null",
        "NULL",
        "undefined",
    ]
)
MAX_NOTHING = 20
# Names of the time when a record was created, not published.
_MADE = ("createdat", "created")
_LIST = re.compile(r"\s*[,;|]\s*")
# How numpy writes an array of texts, without commas.
_QUOTED = r"""(?:'[^']*+'|"[^"]*+")"""
_ARRAY = re.compile(rf"\[\s*{_QUOTED}(?:\s+{_QUOTED})+\s*\]")
# Names of bodies that are HTML.
_HTML_NAMES = ("contenthtml", "html", "bodyhtml")
MAX_CELL = 10_000
# An object that represents a scalar has its value and little else.
MAX_WRAPPED = 2
# What somebody may have written as the name of a feed, such as its title, but not an address.
_MAYBE_SLUG = re.compile(r"[\w -]{1,63}")
MAX_SLUG = 63
MAX_SLUGS = 50
# Markup without words is short, so longer bodies are not checked.
MAX_BARE = 300

Field = TypeVar("Field")


def record_of(values: Mapping[str, Any], spec: SourceSpec, raw: Mapping[str, Any] | None = None) -> Record:
    """Return the record in a mapping, by the declared field map and the known names.

    ``raw`` is the mapping before words for missing values were removed.
    Raises :class:`~feedpub.sources.records.RecordError` for a value that its field cannot have.
    """
    raw = values if raw is None else raw
    values = as_named(values, spec)
    try:
        hold = hold_of(values, spec.dates, declared=spec.fields, published_when=spec.published_when)
        record = _record_or_nothing(values, spec, raw, hold)
    except RecursionError:
        raise RecordError("the record is nested too deeply") from None
    return record._replace(hold=hold) if hold != FREE else record


def plain_fields(values: Mapping[str, Any], spec: SourceSpec) -> tuple[str, str, str] | None:
    """Return title, body and date of a record that says nothing else, as :func:`record_of` does, sooner.

    That is so of many records; ``None`` where it is not, or can't be told at once.
    """
    names = _plain_names(tuple(values), spec.fields)
    if names is None:
        return None
    title, body, published = (values[name] for name in names)
    if not (type(title) is type(body) is type(published) is str):
        return None
    if not title or not body or may_be_a_word(published) or OWN_SITE in body:
        return None
    return (title, body, published) if as_named(values, spec) is values else None


@lru_cache(maxsize=256)
def _plain_names(
    names: tuple[str, ...], declared: tuple[tuple[str, str], ...]
) -> tuple[str, str, str] | None:
    """Return the names of title, body and date if, of these ``names``, no other means anything."""
    found = name_map(names, declared)
    if found.keys() != {"title", "body", "published"} or not {*found.values()} <= {*names}:
        return None
    title, body, published = found["title"], found["body"], found["published"]
    says_more = says_whether_public(names, declared) or _version_name(names) or SITE in names
    return None if says_more or fold_name(body) in _HTML_NAMES else (title, body, published)


def _record_or_nothing(
    values: Mapping[str, Any], spec: SourceSpec, raw: Mapping[str, Any], hold: Hold
) -> Record:
    try:
        return _record(values, spec, raw)
    except RecordError:
        if hold.kind:
            return Record()
        raise


def row_of(origin: Origin, row: Mapping[str, Any], spec: SourceSpec) -> tuple[Record, list[Notice]]:
    """Return the record of a table's row, with a notice if words in it mean a missing value."""
    kept = {name: None if _stands_for_nothing(value) else value for name, value in row.items()}
    found = [
        f"{row[name]} in {name}" for name, value in kept.items() if value is None and row[name] is not None
    ]
    shown = f"took as empty: {', '.join(found)[:200]}"
    return record_of(kept, spec, row), [Notice(origin, "empty-cell", shown)] if found else []


def _stands_for_nothing(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) < MAX_NOTHING and value.strip() in NOTHING
    return bool(value != value)  # noqa: PLR0124 - only NaN differs


def _record(values: Mapping[str, Any], spec: SourceSpec, raw: Mapping[str, Any]) -> Record:
    names = former = name_map(tuple(values), spec.fields)
    is_later = fold_name(names.get("link", "")) in LATER_LINKS or tuple(raw) != tuple(values)
    if is_later:
        former = name_map(tuple(n for n in raw if fold_name(n) not in LATER_LINKS), spec.fields)
    # The first name with a value counts. But created does not replace an empty date of publication:
    # a record may be created long before.
    empty = {name for name, value in values.items() if _is_empty(value) or _is_bare_markup(name, value)}
    if fold_name(dated := names.get("published", "")) == "published" and is_yes(values.get(dated)):
        # A flag is not a date.
        empty.add(dated)
    if fold_name(dated) in DATES_ELSEWHERE and not _has_digits(values.get(dated)):
        empty.update(
            name for name in values if fold_name(name) in DATES_ELSEWHERE and not _has_digits(values[name])
        )
    if empty:
        names = name_map(tuple(name for name in values if name not in empty), spec.fields)
    if fold_name(names.get("published", "")) in _MADE and fold_name(dated) not in _MADE:
        names = {field: name for field, name in names.items() if field != "published"}

    def get(field: str) -> Any:
        return _value(values, names.get(field))

    left_out: list[str] = []

    def optional(read: Callable[[Any], Field], field: str, nothing: Field) -> Field:
        # A bad optional field does not cost the article; most records have few such fields.
        if field not in names:
            return nothing
        try:
            return read(get(field))
        except RecordError as error:
            left_out.append(str(error))
            return nothing

    none: tuple[Enclosure, ...] = ()
    enclosures = optional(_enclosures_of, "enclosure", none)
    body = get("body")
    is_rich = rich_text.is_rich(body)
    identity = (text_of(get("id"), "id"), optional(lambda value: text_of(value, "link"), "link", ""))
    return Record(
        title=text_of(get("title"), "title"),
        body=_on_site(rich_text.to_html(body) if is_rich else _body_of(body), spec),
        published=text_of(get("published"), "date"),
        html=spec.html_body or is_rich or fold_name(names.get("body", "")) in _HTML_NAMES,
        updated=optional(lambda value: text_of(value, "update"), "updated", ""),
        id=identity[0],
        link=identity[1],
        authors=optional(authors_of, "author", ()),
        categories=optional(categories_of, "categories", ()),
        language=optional(lambda value: text_of(value, "language"), "language", ""),
        summary=optional(lambda value: text_of(value, "summary"), "summary", ""),
        image=_on_site(optional(_address_of, "image", ""), spec),
        picture=_picture_of(
            get("image"), *(optional(_words_of, f"image_{of}", "") for of in _WORDS_ON_IMAGES)
        ),
        enclosures=enclosures,
        episode=_episode_of(optional, spec) if enclosures and not _EPISODE.isdisjoint(names) else None,
        left_out=tuple(left_out),
        formerly=_formerly(raw, former, identity) if empty or is_later else None,
        version=_version(values),
        via=FeedSource(site) if isinstance(site := values.get(SITE), str) and site.strip() else None,
        license=optional(lambda value: _license_of(value, spec), "license", ""),
        feeds=optional(lambda value: _slugs_of(value, "feeds", spec), "feeds", ()),
        not_feeds=optional(lambda value: _slugs_of(value, "not_feeds", spec), "not_feeds", ()),
        named=_named(values, spec.link) if spec.link else (),
    )


def _named(values: Mapping[str, Any], template: str) -> tuple[tuple[str, str], ...]:
    """Return the scalar values that a link template names, ignoring the case of names."""
    as_written = {name.casefold(): name for name in reversed([*values])}
    found = (
        (name, _value(values, name if name in values else as_written.get(name.casefold(), name)))
        for name in PLACEHOLDER.findall(template)
    )
    return tuple(
        (name, text_of(value, name)) for name, value in found if isinstance(value, str | int | float)
    )


@lru_cache(maxsize=256)
def _version_name(names: tuple[str, ...]) -> str | None:
    return next((name for name in names if fold_name(name) == "version"), None)


def _version(values: Mapping[str, Any]) -> int | None:
    """Return a record's version, if it is a whole number."""
    name = _version_name(tuple(values))
    text = "" if name is None else str(values[name]).strip()
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None


def _is_empty(value: Any) -> bool:
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value == []


def _has_digits(value: Any) -> bool:
    return isinstance(value, str | int | date) and sum(map(str.isdigit, str(value))) >= MIN_DIGITS


def _is_bare_markup(name: str, value: Any) -> bool:
    return (
        isinstance(value, str)
        and len(value) < MAX_BARE
        and fold_name(name) in _HTML_NAMES
        and not shows_something(value)
    )


def _value(values: Mapping[str, Any], name: str | None) -> Any:
    if name is None or name in values:
        return None if name is None else values[name]
    found: Any = values
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _formerly(
    raw: Mapping[str, Any], names: Mapping[str, str], identity: tuple[str, str]
) -> tuple[str, str] | None:
    """Return id and link as version 0.1.0 read them (from the first name, even if empty), if they differ."""
    try:
        id_, link = (text_of(_value(raw, names.get(field)), field) for field in ("id", "link"))
    except RecordError:
        return None
    return None if (id_, link) == identity else (id_, link)


def _on_site(text: str, spec: SourceSpec) -> str:
    return text.replace(OWN_SITE, spec.link_base.rstrip("/")) if OWN_SITE in text else text


def _body_of(value: Any) -> str:
    """Return a body as text; it may be a list of paragraphs."""
    if isinstance(value, list | tuple):
        return "\n\n".join(filter(None, (text_of(part, "paragraph").strip() for part in value)))
    return text_of(value, "body")


def text_of(value: Any, what: str) -> str:
    """Return a scalar as text; a missing one is empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    value = _wrapped(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RecordError(f"the {what} is {_kind(value)}, not text")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _wrapped(value: Any) -> Any:
    """Unwrap an id or an instant from an object of MongoDB's Extended JSON or a Firestore export."""
    if not isinstance(value, Mapping) or len(value) > MAX_WRAPPED:
        return value
    seconds = next((value[name] for name in ("_seconds", "seconds") if type(value.get(name)) is int), None)
    inner = value.get("$oid", value.get("$date", value.get("$numberLong")))
    if isinstance(inner, Mapping):
        inner = inner.get("$numberLong")
    if "$date" in value and re.fullmatch(r"-?[0-9]{1,14}", str(inner)):
        seconds = int(str(inner)) // 1000
    try:
        return value if seconds is None and inner is None else inner if seconds is None else _instant(seconds)
    except (OverflowError, ValueError, OSError):
        return value


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def authors_of(value: Any) -> tuple[Author, ...]:
    """Return the people that a value names: a text, a mapping with a name, or a list of these."""
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        listed = _listed(value)
        people = [part for part in value.split(";") if part.strip()] if listed is None else listed
        return tuple(
            found
            for part in people
            for found in (authors_of(part) if listed is not None else (_person(part),))
        )
    if isinstance(value, Mapping):
        name, mail = str(value.get("name") or ""), str(value.get("email") or "")
        uri = str(value.get("url") or value.get("uri") or "") or None
        return (Author(name or mail, mail if _MAIL.match(mail) else None, uri),) if name or mail else ()
    if isinstance(value, list | tuple):
        return tuple(author for item in value for author in authors_of(item))
    raise RecordError(f"the author is {_kind(value)}, not text")


def _person(text: str) -> Author:
    for pattern in (_NAME_MAIL, _MAIL_NAME):
        if match := pattern.match(text):
            return Author(match["name"].strip(" \"'") or match["mail"], match["mail"])
    stripped = text.strip()
    return Author(stripped, stripped if _MAIL.match(stripped) else None)


def categories_of(value: Any) -> tuple[str, ...]:
    """Return the categories that a value names: a list, or a text with commas, semicolons or bars."""
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        listed = _listed(value)
        return (
            tuple(part for part in _LIST.split(value.strip()) if part)
            if listed is None
            else categories_of(listed)
        )
    if isinstance(value, list | tuple):
        # Hexo has nested lists of categories.
        single = chain.from_iterable(item if isinstance(item, list) else (item,) for item in value)
        # Ghost has tags for editors only.
        shown = (
            item
            for item in single
            if not (isinstance(item, Mapping) and item.get("visibility") == "internal")
        )
        return tuple(part for item in shown if (part := text_of(_term(item), "category").strip()))
    raise RecordError(f"the category is {_kind(value)}, not text or a list")


_EPISODE = frozenset(("duration", "explicit", "episode", "season", "transcript", "chapters", "people"))


def _episode_of(
    optional: Callable[[Callable[[Any], Any], str, Any], Any], spec: SourceSpec
) -> Episode | None:
    """Return the episode of a record with an enclosure; ``optional`` reads a field, if it is there.

    A column ``transcript`` of a table may contain the whole text instead of an address; it is ignored.
    """
    declared = {name for name, _ in spec.fields}

    def files(value: Any, field: str) -> tuple[Transcript, ...]:
        items = value if isinstance(value, list | tuple) else (value,)
        found = (_transcript(item, field) for item in items if item)
        return tuple(one for one in found if field in declared or _is_address(one.url))

    chapters = optional(lambda value: files(value, "chapters"), "chapters", ())
    found = Episode(
        optional(duration_of, "duration", 0),
        optional(_explicit_of, "explicit", None),
        optional(lambda value: _number_of(value, "episode"), "episode", 0),
        optional(lambda value: _number_of(value, "season"), "season", 0),
        optional(lambda value: files(value, "transcript"), "transcript", ()),
        chapters[0].url if chapters else None,
        optional(_speakers_of, "people", ()),
    )
    return found if found != Episode() else None


_LONGEST_NAME = 255


def _is_address(text: str) -> bool:
    """Say whether a text is an address, or the name of a file beside the record, and not a transcript itself."""
    if text.startswith(("http://", "https://", "//")):
        return True
    return len(text) <= _LONGEST_NAME and "\n" not in text and type_by_name(text) is not None


_CLOCK = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-9]{1,4}):)?([0-9]{1,9})(?:\.[0-9]*)?")
_SPAN = re.compile(
    r"P(?:([0-9]{1,3})D)?T?(?:([0-9]{1,4})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,9})(?:\.[0-9]*)?S)?"
)


def duration_of(value: Any) -> int:
    """Return how many seconds a value means: ``3723``, ``1:02:03`` or ``PT1H2M3S`` (ISO 8601)."""
    text = text_of(value, "duration").strip()
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return hours * 3600 + minutes * 60 + seconds
    if (span := _SPAN.fullmatch(text)) and any(span.groups()):
        days, hours, minutes, seconds = (int(part or 0) for part in span.groups())
        return days * 86_400 + hours * 3600 + minutes * 60 + seconds
    if text:
        raise RecordError(f"the duration {text[:80]!r} is not like 1507, 25:07 or PT25M7S")
    return 0


def _explicit_of(value: Any) -> bool | None:
    text = "" if value is None else str(value).strip().casefold()
    known = {
        "true": True,
        "yes": True,
        "explicit": True,
        "1": True,
        "false": False,
        "no": False,
        "clean": False,
    }
    known["0"] = False
    if text and text not in known:
        raise RecordError(f"explicit is {text[:80]!r}, not true or false")
    return known.get(text)


def _number_of(value: Any, what: str) -> int:
    text = text_of(value, what).strip()
    if text and not re.fullmatch("[0-9]{1,9}", text):
        raise RecordError(f"the {what} is {text[:80]!r}, not a whole number")
    return int(text or 0)


def _transcript(value: Any, what: str) -> Transcript:
    if isinstance(value, Mapping):
        language = str(value.get("language") or value.get("lang") or "")
        return Transcript(
            text_of(value.get("url"), what).strip(), str(value.get("type") or ""), language or None
        )
    return Transcript(text_of(value, what).strip(), "")


def _speakers_of(value: Any) -> tuple[Speaker, ...]:
    items = value if isinstance(value, list | tuple) else (value,)
    found = []
    for item in items:
        if isinstance(item, Mapping) and item.get("name"):
            image, page = item.get("img") or item.get("image"), item.get("href") or item.get("url")
            role = str(item.get("role") or "").strip()
            found.append(Speaker(str(item["name"]), role, str(image or "") or None, str(page or "") or None))
        else:
            found += [Speaker(author.name) for author in authors_of(item)]
    return tuple(found)


def _license_of(value: Any, spec: SourceSpec) -> str:
    """Return the address of a licence; a name alone is ignored, unless the config maps the field.

    Corpora say "cc-by" or "MIT" of their records.
    """
    address = _address_of(value).strip()
    is_declared = any(name == "license" for name, _ in spec.fields)
    return address if is_declared or address.lower().startswith(("http://", "https://", "//")) else ""


def _slugs_of(value: Any, field: str, spec: SourceSpec) -> tuple[str, ...]:
    """Return the feeds that a value names: a list, or a text with commas, semicolons or bars.

    A table may have an unrelated column of this name. So a value that cannot be the name of a feed is ignored, unless
    the config maps the field.
    """
    is_declared = any(name == field for name, _ in spec.fields)
    try:
        named = tuple(dict.fromkeys(categories_of(value)))
    except RecordError:
        if is_declared:
            raise RecordError(f"{field} is {_kind(value)}, not the names of feeds") from None
        return ()
    if is_declared or all(_MAYBE_SLUG.fullmatch(name) for name in named):
        return tuple(name[:MAX_SLUG] for name in named[:MAX_SLUGS])
    return ()


def _listed(text: str) -> list[Any] | None:
    """Return the list in a cell, as JSON, Python or numpy write it; ``None`` if it is not a list."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")) or len(text) > MAX_CELL:
        return None
    if _ARRAY.fullmatch(text):
        return [part[1:-1] for part in re.findall(_QUOTED, text)]
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return found if isinstance(found, list) else None
    return None


def _term(item: Any) -> Any:
    return item.get("name") or item.get("term") if isinstance(item, Mapping) else item


def _address_of(value: Any) -> str:
    value = _first(value)
    if isinstance(value, Mapping):
        value = _first(value.get("url") or value.get("src"))
    return text_of(value, "image")


def _first(value: Any) -> Any:
    """Return the first item of a list, or the value itself if it is not a list."""
    while isinstance(value, list | tuple):
        value = value[0] if value else None
    return value


_WORDS_ON_IMAGES = ("alt", "caption", "credit")


def _words_of(value: Any) -> str:
    return text_of(value, "text on the image")


def _picture_of(image: Any, *words: str) -> Picture | None:
    """Return what a record says about its image, in an object (or the first of a list) and in fields."""
    image = _first(image)
    about = image if isinstance(image, Mapping) else {}
    alt, caption, credit = (
        own or (of if isinstance(of := about.get(name), str) else "")
        for name, own in zip(_WORDS_ON_IMAGES, words, strict=True)
    )
    if not about and not any(words):
        return None
    kind = about.get("type") or about.get("mime_type")
    found = picture(
        kind, about.get("width"), about.get("height"), about.get("size") or about.get("size_in_bytes")
    )
    return replace(found, alt=alt, caption=caption, credit=credit)


def picture(media_type: Any = "", width: Any = 0, height: Any = 0, length: Any = 0) -> Picture:
    """Return what is known about an image; values that are not an image type or a whole number are ignored."""
    kind = media_type_of(str(media_type or ""))
    sizes = [int(str(n)) if re.fullmatch(r"[1-9][0-9]{0,14}", str(n)) else 0 for n in (width, height, length)]
    return Picture(kind if kind and kind.startswith("image/") else "", sizes[0], sizes[1], sizes[2])


def _enclosures_of(value: Any) -> tuple[Enclosure, ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, list | tuple):
        return tuple(found for item in value for found in _enclosures_of(item))
    if isinstance(value, Mapping):
        size = value.get("length") or value.get("size_in_bytes") or value.get("size") or 0
        media_type = str(value.get("type") or value.get("mime_type") or "")
        return (enclosure(text_of(value.get("url"), "enclosure"), media_type, str(size)),)
    return (enclosure(text_of(value, "enclosure"), "", "0"),)


def enclosure(url: str, media_type: str, length: str) -> Enclosure:
    """Return an enclosure; a missing or unspecific type comes from the address, a missing length is 0."""
    kind = type_of(url.strip(), media_type_of(media_type))
    return Enclosure(url.strip(), kind, int(length) if re.fullmatch(r"[0-9]{1,15}", length) else 0)


def _kind(value: Any) -> str:
    kinds = {bool: "true or false", dict: "an object", list: "a list", int: "a number", float: "a number"}
    return kinds.get(type(value), f"a {type(value).__name__}")


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object from its pairs; Python's json would silently keep the last of two equal names."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise RecordError(f"the name {next(name for name in names if names.count(name) > 1)!r} appears twice")
    return found


def refuse_constant(name: str) -> Any:
    """Refuse NaN and Infinity, which Python's json accepts but RFC 8259 §6 does not allow."""
    raise RecordError(f"{name} is not JSON")


def bounded_integer(digits: str) -> int:
    """Refuse numbers so long that converting them is slow (Python refuses them with another error)."""
    if len(digits) > MAX_DIGITS:
        raise RecordError(f"a number has more than {MAX_DIGITS} digits")
    return int(digits)


DECODER = json.JSONDecoder(
    object_pairs_hook=unique_keys, parse_constant=refuse_constant, parse_int=bounded_integer
)
PLAIN_DECODER = json.JSONDecoder(parse_int=str)
"""Accepts what :data:`DECODER` refuses, to find where an element ends."""
