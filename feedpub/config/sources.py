"""The section ``sources:`` of a config → :class:`SourceSpec`, with its date policy and its text layout."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import replace as dataclass_replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from feedpub.config.scalars import PATH, PAUSE
from feedpub.core.declaration import (
    FLAG,
    TEXT,
    Check,
    Key,
    Kind,
    Section,
    Value,
    integer,
    list_of,
    mapping_of,
    one_of,
)
from feedpub.core.errors import ConfigError, Problems, install_hint
from feedpub.core.feed_values import web_address
from feedpub.core.stores import has_password
from feedpub.core.yaml_node import Node, did_you_mean
from feedpub.sources.boilerplate import fold_heading
from feedpub.sources.cleaning import Cleaning, Replacement, Selector
from feedpub.sources.credentials import origin
from feedpub.sources.field_names import CANONICAL
from feedpub.sources.http_cache import is_web
from feedpub.sources.readers import INPUT_FORMATS, missing_extra
from feedpub.sources.selectors import selector_problem
from feedpub.sources.spec import ORDERS, PLACEHOLDER, FetchOptions, Header, MediaMode, SourceSpec, TextLayout
from feedpub.sources.subscriptions import is_list
from feedpub.sources.withheld import fold_status
from feedpub.text.dates import DEFAULT, DatePolicy
from feedpub.text.dates.policy import AMBIGUOUS, EPOCHS, NONEXISTENT, compile_format
from feedpub.text.dates.zones import UnknownZoneError, is_zone, parse_offset, zone_names
from feedpub.text.regex import regex_problem, replacement_problem

_OFFSET = re.compile(r"[-+−]?[0-9]")


def _zone_name(node: Node) -> str:
    name = node.text()
    if is_zone(name):
        return name
    # Similar abbreviations and offsets are other times (BST and EST), and the signs of Etc/GMT-1 are turned around.
    same = [zone for zone in zone_names() if zone.lower() == name.lower()]
    places = [zone for zone in zone_names() if "/" in zone and not zone.startswith("Etc/")]
    guess = did_you_mean(name, same or sorted(places)) if same or not _OFFSET.search(name) else ""
    raise node.error(f"there is no time zone {name!r}", guess or "write a place such as Europe/Paris, or UTC")


def _date_format(node: Node) -> str:
    pattern = node.text()
    if pattern in EPOCHS:
        return pattern
    try:
        compile_format(pattern)
    except ValueError as error:
        problem, _, remedy = str(error).partition("; ")
        raise node.error(
            f"the date format {pattern!r} {problem}", remedy or "write a whole date, such as %d.%m.%Y %H:%M"
        ) from None
    return pattern


def _short_years_declared(node: Node, years: int | None) -> None:
    formats = node.mapping().get("formats")
    if years is not None or formats is None:
        return
    problems = Problems()
    for item in formats.items(single=True):
        # Other mistakes in a format are reported already.
        with suppress(ConfigError):
            pattern = _date_format(item)
            if "%y" in pattern or "%D" in pattern:
                problems.add(
                    item.error(
                        f"the date format {pattern!r} has a year of two digits",
                        "declare the first year they mean, as in two_digit_years: 1969",
                    )
                )
    problems.raise_any()


def _language(node: Node) -> str:
    code = node.text()
    if find_spec("dateparser") is None:
        raise node.error("month names in other languages need dateparser", install_hint("dates"))
    # Slow to load, and of use to few.
    from dateparser.data.languages_info import language_order  # noqa: PLC0415

    if code not in language_order:
        remedy = did_you_mean(code, language_order) or "write a code such as fr, de or pt"
        raise node.error(f"there is no language {code!r} for dates", remedy)
    return code


def _meaning(name: str, node: Node) -> tuple[str, str]:
    meaning = node.text()
    if meaning[0] in "+-":
        try:
            parse_offset(meaning)
        except UnknownZoneError as error:
            raise node.error(
                f"{name} is mapped to {error}",
                'write an offset such as "+01:00", or a zone such as Europe/London',
            ) from None
        return name, meaning
    return name, _zone_name(node)


ZONE = Value(_zone_name, TEXT.schema)


def _policy(
    ambiguous: str,
    nonexistent: str,
    formats: tuple[str, ...],
    zones: tuple[tuple[str, str], ...],
    day_first: bool | None,
    two_digit_years: int | None,
    languages: tuple[str, ...],
    horizon: int,
) -> DatePolicy:
    return DatePolicy(
        ambiguous=ambiguous,
        nonexistent=nonexistent,
        formats=formats,
        zone_names=zones,
        day_first=day_first,
        two_digit_years=two_digit_years,
        languages=languages,
        horizon=horizon,
    )


DATES = Section(
    keys=(
        Key(
            "formats",
            list_of(Value(_date_format, TEXT.schema), single=True),
            "strptime patterns, `epoch` or `epoch-ms`, tried first; names of months and days are English",
            default="[]",
            without="none",
        ),
        Key(
            "day_first",
            FLAG,
            "`true` reads 3/4/2023 as 3 April, `false` as March 4",
            without="undeclared",
        ),
        Key(
            "two_digit_years",
            integer(1900, 2099),
            "the first of the hundred years that two digits can mean: `1969` reads 69 as 1969 and 68 as 2068, like"
            " strptime",
            without="undeclared",
        ),
        Key(
            "zones",
            mapping_of(_meaning, TEXT.schema),
            'what abbreviations mean: `{IST: Asia/Kolkata, BST: "+01:00"}`',
            default="{}",
            without="none",
        ),
        Key(
            "ambiguous",
            one_of(*AMBIGUOUS),
            "a time that the clocks showed twice: `earlier`, `later` or `reject`",
            default=DEFAULT.ambiguous,
        ),
        Key(
            "nonexistent",
            one_of(*NONEXISTENT),
            "a time that the clocks skipped: `shift` it forward by the gap, or `reject`",
            default=DEFAULT.nonexistent,
        ),
        Key(
            "languages",
            list_of(Value(_language, TEXT.schema), single=True),
            "codes of more languages for month names, with `feedpub[dates]`",
            default="[]",
            without="none",
        ),
        Key(
            "horizon",
            integer(1901, 9998),
            "the first year that is too far in the future to be meant",
            default=str(DEFAULT.horizon),
        ),
    ),
    make=_policy,
    checks=(Check(("two_digit_years",), _short_years_declared),),
)


def _header(name: str, node: Node) -> tuple[str, str]:
    return name.strip().casefold(), node.choice(CANONICAL)


def _order_has_separator(node: Node, order: str, separator: str) -> None:
    if order != ORDERS[0] and not separator:
        raise node.error(
            f"the order {order!r} needs a separator line",
            'name the line between records, as in separator: "---"',
        )


def _date_has_separator(node: Node, separator: str, headers: tuple[tuple[str, str], ...]) -> None:
    # Without a separator it is the date's line that ends a record.
    if not separator and any(field == "published" for _, field in headers):
        raise node.error("a date in a header line needs a separator line", 'name it, as in separator: "---"')


_STRIPPED = Value(lambda node: node.text().strip(), TEXT.schema)
_TEXTS = list_of(_STRIPPED, single=True)

LAYOUT = Section(
    keys=(
        Key("order", one_of(*ORDERS), "the order of a record's lines", default=TextLayout().order),
        Key(
            "separator",
            _STRIPPED,
            "a line that ends each record",
            without="the date line ends it",
        ),
        Key(
            "headers",
            mapping_of(_header, {"enum": list(CANONICAL)}),
            "which header line carries which field of an article: `{Author: author, URL: link}`",
            default="{}",
            without="none",
        ),
    ),
    make=lambda order, separator, headers: TextLayout(order, separator or "", headers),
    checks=(
        Check(("order", "separator"), _order_has_separator),
        Check(("separator", "headers"), _date_has_separator),
    ),
)

FIELDS = Section(
    keys=tuple(Key(name, TEXT, f"what the source calls the {name}") for name in CANONICAL),
    make=lambda **names: tuple((field, name) for field, name in names.items() if name is not None),
)


def _format(node: Node) -> str:
    name = node.choice(INPUT_FORMATS)
    if extra := missing_extra(name):
        raise node.error(f"the format {name!r} needs another package", install_hint(extra))
    return name


def _encoding(node: Node) -> str:
    name = node.text()
    try:
        found = codecs.lookup(name)
        # Codecs such as "rot13" and "zlib" do not read text from bytes.
        text = found.decode(b"")[0]
    except (LookupError, ValueError, AttributeError, TypeError):
        text = None
    if not isinstance(text, str):
        raise node.error(f"there is no text encoding {name!r}", "write one such as cp1252 or shift_jis")
    return found.name


def _repair(node: Node) -> bool:
    wanted = node.flag()
    if wanted and find_spec("ftfy") is None:
        raise node.error("repairing mojibake needs ftfy", install_hint("repair"))
    return wanted


def _template(node: Node) -> str:
    template = node.text().strip()
    if not template.startswith(("http://", "https://")) or not PLACEHOLDER.search(template):
        raise node.error(
            f"the template {template!r} makes no links",
            "write a web address with names in braces, such as https://example.org/{year}/{slug}/",
        )
    left = PLACEHOLDER.sub("x", template)
    if "{" in left or "}" in left or not web_address(left):
        raise node.error(
            f"the template {template!r} makes no web address",
            "write names in braces, and braces around nothing else, such as https://example.org/{year}/{slug}/",
        )
    return template


def _base_address(node: Node) -> str:
    address = web_address(node.text().strip())
    if not address:
        raise node.error(
            f"{node.text()!r} is not a web address", "write a whole one, such as https://example.org/"
        )
    return address


# Headers that we or the connection set (RFC 9110 §7).
_OURS = (
    "host", "accept-encoding", "connection", "content-length", "if-modified-since", "if-none-match", "te", "trailer",
    "transfer-encoding", "upgrade", "range",
)  # fmt: skip
_HEADER_NAME = re.compile(r"[!#$%&'*+.^`|~\w-]+", re.ASCII)
_VARIABLE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_HOLDS_SECRET = re.compile(
    r"auth|cookie|token|secret|key\b|passw|credential|session|signature|\bsid\b", re.IGNORECASE
)
_IS_SECRET = re.compile(r"(?:bearer|basic|digest|token|apikey)\s", re.IGNORECASE)


def _request_header(name: str, node: Node) -> Header:
    # Messages never repeat the value: it may be the secret.
    name, value = name.strip(), node.text().strip()
    if not _HEADER_NAME.fullmatch(name):
        raise node.error(f"{name!r} is not the name of a header", "write one such as Authorization")
    if name.lower() == "user-agent":
        raise node.error("the user agent has a key of its own", "write user_agent: beside headers:")
    if name.lower() in _OURS:
        raise node.error(f"feedpub sets the header {name} itself", "leave it out")
    if found := _VARIABLE.fullmatch(value):
        return Header(name, variable=found[1], where=node.where)
    if value.startswith("env:") or _HOLDS_SECRET.search(name) or _IS_SECRET.match(value):
        remedy = f"write {name}: env:NAME, and put the whole value into the environment variable NAME"
        raise node.error(
            f"the header {name} would show a secret to everybody who can read the config", remedy
        )
    if not re.fullmatch(r"[\x20-\x7e]+", value):
        raise node.error(f"the header {name} has a character that headers cannot carry", "write it in ASCII")
    return Header(name, value, where=node.where)


def _user_agent(node: Node) -> str:
    agent = node.text().strip()
    if not re.fullmatch(r"[\x20-\x7e]+", agent) or _IS_SECRET.match(agent) or agent.startswith("env:"):
        raise node.error("that is not the name of a program", "write one such as planet.example (+https://…)")
    return agent


FETCH = Section(
    keys=(
        Key(
            "headers",
            mapping_of(_request_header, TEXT.schema),
            "headers for requests to the host of the address only: `{Authorization: env:NAME}`; for a secret, write the"
            " name of the environment variable that holds it",
            default="{}",
            without="none",
        ),
        Key(
            "user_agent",
            Value(_user_agent, TEXT.schema),
            "the name that feedpub gives to servers",
            without="`feedpub`",
        ),
    ),
    make=lambda headers, user_agent: FetchOptions(headers, user_agent or ""),
)


def _input(node: Node) -> str:
    path = PATH.read(node)
    if is_web(path):
        # A name without a password may be a key, which is a secret too.
        if "@" in re.split(r"[/?#]", path.partition("://")[2])[0]:
            raise node.error(
                "the address contains a name or a password, which everybody who reads the config can see",
                "leave it out, set fetch: {headers: {Authorization: env:NAME}} of the source, and put the whole value"
                " into the environment variable NAME, such as Basic and name:password in base64",
            )
    elif has_password(path):
        scheme = path.rpartition("::")[2].partition("://")[0].upper()
        raise node.error(
            "the address contains a password, which everybody who reads the config can see",
            f"leave it out, and set the environment variable FSSPEC_{scheme}_PASSWORD",
        )
    return path


_INPUTS = list_of(Value(_input, PATH.schema), single=True)


def _fetch_has_address(
    node: Node, path: tuple[str, ...], adopt: tuple[str, ...], fetch: FetchOptions
) -> None:
    where = node.mapping().get("fetch")
    if where is None:
        return
    if any(is_list(each) for each in path):
        if fetch.headers:
            raise where.error(
                "the source is a list of feeds, but headers are for one host",
                "give the feed that needs them a source of its own, which then replaces its entry in the list",
            )
        return
    hosts = {origin(each) for each in (*path, *adopt) if is_web(each)}
    if not hosts:
        raise where.error(
            "the source has no address to fetch", "use fetch: in a source whose path is https://…"
        )
    if len(hosts) > 1 and fetch.headers:
        raise where.error(
            f"the source has {len(hosts)} hosts, but headers are for one",
            "write a source for each host, and fetch: in the one whose host is to get them",
        )


def _selector(node: Node) -> Selector:
    css = node.text().strip()
    if problem := selector_problem(css):
        raise node.error(
            f"{css!r} is not a CSS selector that feedpub can use: {problem}",
            'write one such as "article .body", ".ad" or "figure > figcaption"',
        )
    return Selector(css, node.where)


_SELECTOR = Value(_selector, TEXT.schema)

HTML_RULES = Section(
    keys=(
        Key(
            "keep",
            _SELECTOR,
            "the elements that are the body; in a page, instead of the main text that feedpub finds",
        ),
        Key(
            "remove",
            list_of(_SELECTOR, single=True),
            "the elements to remove, with everything in them",
            default="[]",
            without="none",
        ),
    ),
    make=lambda keep, remove: (keep, remove),
)


def _pattern(node: Node) -> tuple[str, Node]:
    pattern = node.text()
    if problem := regex_problem(pattern):
        raise node.error(*problem)
    return pattern, node


def _replacement_fits(node: Node, pattern: tuple[str, Node], instead: str) -> None:
    if unknown := replacement_problem(pattern[0], instead):
        raise node.error(
            f"the replacement {instead!r} names the group {unknown}, which the pattern {pattern[0]!r} does not have",
            "put parentheses around what the group is to match, or write two backslashes for a literal one",
        )


REPLACEMENT = Section(
    keys=(
        Key(
            "pattern",
            Value(_pattern, TEXT.schema),
            "a regular expression (RE2) as in rules, ignoring case; in HTML, it sees the markup",
            required=True,
        ),
        Key(
            "with",
            Value(lambda node: node.text(empty=True), {"type": ["string", "number"]}),
            r"the replacement; `\1` is the first group",
            default='""',
            without="nothing",
        ),
    ),
    make=lambda pattern, **rest: Replacement(pattern[0], rest["with"], pattern[1].where),
    checks=(Check(("pattern", "with"), _replacement_fits),),
)
_REPLACEMENTS = list_of(REPLACEMENT)

REPLACE = Section(
    keys=(
        Key(
            "title",
            _REPLACEMENTS,
            "what to replace in titles, one after the other",
            default="[]",
            without="nothing",
        ),
        Key(
            "body", _REPLACEMENTS, "what to replace in bodies, after `html`", default="[]", without="nothing"
        ),
    ),
    make=lambda title, body: (title, body),
)


def _source(
    path: tuple[str, ...],
    format: str | None,  # noqa: A002 - it is the name of the key
    timezone: str | None,
    dates: DatePolicy,
    encoding: str | None,
    fields: tuple[tuple[str, str], ...],
    body: str,
    title: str,
    namespace: str | None,
    layout: TextLayout,
    boilerplate: tuple[str, ...],
    related_links: tuple[str, ...],
    repair_mojibake: bool,
    published_when: tuple[str, ...],
    link: str | None,
    link_base: str | None,
    date: str | None,
    may_be_empty: bool,
    adopt: tuple[str, ...],
    media: MediaMode,
    settle: timedelta | None,
    fetch: FetchOptions,
    html: tuple[Selector | None, tuple[Selector, ...]],
    replace: tuple[tuple[Replacement, ...], tuple[Replacement, ...]],
) -> SourceSpec:
    return SourceSpec(
        patterns=path,
        base=Path(),
        format=format,
        dates=dataclass_replace(dates, zone=timezone),
        encoding=encoding,
        fields=fields,
        html_body=body == "html",
        html_title=title == "html" or dict(fields).get("title", "").endswith(".rendered"),
        namespace=namespace,
        layout=layout,
        boilerplate=frozenset(map(fold_heading, boilerplate)),
        related_links=related_links,
        repair_mojibake=repair_mojibake,
        published_when=frozenset(map(fold_status, published_when)),
        link=link or "",
        link_base=link_base or "",
        date=date or "",
        may_be_empty=may_be_empty,
        adopt=adopt,
        fetch=fetch,
        media=media,
        settle=settle,
        cleaning=Cleaning(*html, *replace),
    )


_MEDIA: Kind[MediaMode] = one_of("auto", "copy", "link")

SOURCE = Section(
    keys=(
        Key(
            "path",
            _INPUTS,
            "one glob or a list, relative to the config: `drop/*.txt`, `drop/**/*.csv.gz`; `-` is standard input;"
            " `https://…` is a feed to fetch, `….opml` a [list of feeds](sources.md#a-planet); with `feedpub[remote]`"
            " any URL of fsspec, such as `s3://bucket/*.jsonl`",
            required=True,
        ),
        Key(
            "format",
            Value(_format, {"enum": [*INPUT_FORMATS]}),
            "one of the [formats](sources.md#formats); overrides detection",
            without="by name and content",
        ),
        Key(
            "timezone",
            ZONE,
            "the zone of dates without one, see [Time](time.md)",
            without="none: times without one are rejected",
        ),
        Key(
            "dates",
            DATES,
            "how dates are written, and how to decide ambiguous ones, see [Time](time.md)",
            default="{}",
            without="none declared",
        ),
        Key(
            "encoding",
            Value(_encoding, TEXT.schema),
            "fallback encoding for input that is not valid UTF-8, such as `cp1252`",
            without="none: other encodings are rejected",
        ),
        Key(
            "fields",
            FIELDS,
            "the source's name for each field of an article: `{title: headline, body: text.plain}`",
            default="{}",
            without="the usual names",
        ),
        Key(
            "body",
            one_of("text", "html"),
            "`text` or `html`: what bodies are in text, JSON and tables; other formats say so themselves",
            default="text",
        ),
        Key(
            "title",
            one_of("text", "html"),
            "`text` or `html`: what titles are in text, JSON and tables; a title that `fields` takes from"
            " `….rendered`, as in WordPress, is HTML",
            default="text",
        ),
        Key(
            "namespace",
            TEXT,
            "a word that keeps the ids of this source apart from those of other sources that count from 1 as well",
        ),
        Key(
            "layout",
            LAYOUT,
            "how a text format differs from title, body, timestamp: [the lines of a record](sources.md#text)",
            default="{}",
            without="title, body, timestamp",
        ),
        Key(
            "boilerplate",
            _TEXTS,
            "headings of blocks that are not articles, also at the end of a body",
            default="[]",
            without="none",
        ),
        Key(
            "related_links",
            _TEXTS,
            "words that begin a tail of other articles' headlines in a body",
            default="[]",
            without="none",
        ),
        Key(
            "repair_mojibake",
            Value(_repair, FLAG.schema),
            "`true` repairs wrongly decoded text (`CafÃ©`), with `feedpub[repair]`; each repair is reported",
            default="false",
        ),
        Key(
            "published_when",
            _TEXTS,
            "the only status words that make a record public, such as `[live, ok]`; a record without a status is public"
            " too",
            default="[]",
            without="every status that does not say otherwise",
        ),
        Key(
            "link",
            Value(_template, TEXT.schema),
            "the link of articles without one, such as `https://example.org/{year}/{slug}/`, see"
            " [Links](sources.md#links)",
        ),
        Key(
            "link_base",
            Value(_base_address, TEXT.schema),
            "the address that relative links are resolved against, such as `https://example.org/`",
        ),
        Key(
            "date",
            one_of("filename", "mtime", "fetched"),
            "where articles without a date get one. `filename`: from the name of the file or folder; a text file is"
            " then one article, and its first line is the title. `mtime`: a text, Markdown or HTML file is one article,"
            " dated by its last change when it is first published, see [Dates of files](sources.md#dates-of-files)."
            " `fetched`: an entry of a feed gets the date of the copy that it first came with, and keeps it",
        ),
        Key(
            "may_be_empty",
            FLAG,
            "`true`: `path` need not match a file, and `check` and `build` do not mention it",
            default="false",
        ),
        Key(
            "adopt",
            _INPUTS,
            "old feeds of the same articles (files or addresses), so that articles keep their ids and dates, see"
            " [Moving to feedpub](migrate.md)",
            default="[]",
            without="none",
        ),
        Key(
            "fetch",
            FETCH,
            "how `feedpub fetch` requests the address, see [Feeds that need a key](sources.md#feeds-that-need-a-key)",
            default="{}",
            without="as feedpub, without more headers",
        ),
        Key(
            "html",
            HTML_RULES,
            'which elements of HTML are the body, as CSS selectors: `{keep: "article .body", remove: [".ad"]}`, see'
            " [Cleaning](sources.md#cleaning)",
            default="{}",
            without="all of it",
        ),
        Key(
            "replace",
            REPLACE,
            'what to replace in titles and bodies: `{title: [{pattern: "^VIDEO: "}]}`, see'
            " [Cleaning](sources.md#cleaning)",
            default="{}",
            without="nothing",
        ),
        Key(
            "media",
            _MEDIA,
            "what to do with files that articles name by relative addresses, see [Files beside"
            " articles](sources.md#files-beside-articles): `auto` publishes them if the article has no address of its"
            " own, `copy` always; `link` resolves their addresses against the article's",
            default="auto",
        ),
        Key(
            "settle",
            PAUSE,
            "how long after its last change a file may still be incomplete, such as `60s` or `5m`, see [Files that are"
            " still being written](sources.md#files-that-are-still-being-written)",
            without="none: files are read as they are",
        ),
    ),
    make=_source,
    checks=(Check(("path", "adopt", "fetch"), _fetch_has_address),),
)


def read_source(node: Node) -> SourceSpec:
    """Return the source that ``node`` describes; ``base`` and ``own`` are not set yet."""
    return dataclass_replace(SOURCE.read(node), where=node.where)


def parse_source(node: Node, base: Path, own: tuple[Path, ...] = ()) -> SourceSpec:
    """Return the source that ``node`` describes. Raises :class:`~feedpub.core.errors.ConfigError`."""
    return dataclass_replace(read_source(node), base=base, own=own)
