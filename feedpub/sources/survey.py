"""Look at files before anything is decided: their formats, the names of their fields, and the results."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from feedpub.articles.article import Article, Boilerplate, LeftOut, Notice, Origin, Reject
from feedpub.articles.withdrawals import BROUGHT_BACK
from feedpub.core.errors import DateError, SourceError
from feedpub.sources.decoding import UndecodableError, recover
from feedpub.sources.field_names import name_map
from feedpub.sources.files import Found, display_name, format_of, open_stream, read, search
from feedpub.sources.media import named_by
from feedpub.sources.readers import INPUT_FORMATS, sampled_reader
from feedpub.sources.records import RecordError
from feedpub.sources.spec import SourceSpec
from feedpub.sources.withheld import Statuses
from feedpub.text.dates import DatePolicy, parse_date

T = TypeVar("T")
_AUTHORITY = "example.org,2000"
# The part of a reason that belongs to its own record: a date, a byte, a number of fields.
_OWN = re.compile(r"'(?:[^'\\]|\\.)*'|\"[^\"]*\"|0x[0-9A-F]{2}|\d+")
# Notices that the config can avoid.
DOUBTS = ("odd-date", "maybe-date")
# What is rare in running text: an end tag, or a void tag.
_TAG = re.compile(
    r"</(?:a|b|blockquote|div|em|h[1-6]|i|li|ol|p|span|strong|table|td|ul)\s*>|<(?:br|hr|img|p)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# UTF-8 that was read as cp1252: the first byte of two or three, and one that may follow.
_GARBLED = re.compile("Ã[\x80-\xbf\u0152-\u2122]|Â[\x80-\xbf]|â€[\x80-\xbf\u0152-\u2122]")


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What one file gave: its format, counts, and rejects by kind, with reason and place of the first.

    ``tagged`` counts articles whose bodies look like HTML although the source does not say so, ``unfit``
    those whose link is not a web address, and ``linked`` those with a link. ``left_out`` are records that are not
    published, in the same form as rejects; ``kinds`` counts them by kind. ``garbled`` counts articles whose text seems
    to be wrongly decoded, ``relative`` those whose link lacks its site.
    ``applied`` are the numbers of the cleaning rules that matched something.
    ``doubts`` are notices about unknown statuses and doubtful dates. ``shared`` are ids or links that
    several articles with different titles and dates have, each with the place of the first repetition, and how many
    there are. ``by_hand`` counts articles that name feeds themselves, ``beside`` the files beside articles, and
    ``absent`` are those that cannot be published, in the same form as rejects.
    """

    file: str
    format: str
    articles: int
    tagged: int
    boilerplate_lines: int
    rejects: int
    reasons: tuple[tuple[str, str, int], ...]
    left_out: tuple[tuple[str, str, int], ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()
    unfit: int = 0
    shared: tuple[tuple[str, str, int], ...] = ()
    linked: int = 0
    garbled: int = 0
    relative: int = 0
    kinds: tuple[tuple[str, int], ...] = ()
    applied: tuple[int, ...] = ()
    by_hand: int = 0
    beside: int = 0
    absent: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """What some files of a source gave, how many more it has, and what its patterns do not give.

    ``lacks`` says that a pattern, or an address, gave nothing at all. ``idle`` are sentences about cleaning rules
    that matched nothing, ``problems`` say why stores, folders and files cannot be read.
    """

    files: tuple[Surveyed, ...]
    more: int
    warnings: tuple[str, ...]
    lacks: bool
    idle: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def survey(spec: SourceSpec, limit: int | None = None) -> Survey:
    """Read ``limit`` files of a source, some of each folder, or all."""
    found, problems = _searched(spec)
    files = found.files if limit is None else spread(found.files, limit)
    alone = _Keys()
    surveyed: list[Surveyed] = []
    for file in files:
        try:
            surveyed.append(survey_file(spec, file, alone))
        except SourceError as error:
            problems.append(str(error))
    more = len(found.files) - len(files)
    idle = () if problems else tuple(_idle(spec, surveyed, more=more > 0))
    return Survey(tuple(surveyed), more, found.warnings, found.lacks, idle, tuple(problems))


def _searched(spec: SourceSpec) -> tuple[Found, list[str]]:
    """Return what the source's patterns give, and why some cannot be searched."""
    try:
        return search(spec), []
    except SourceError as error:
        if len(spec.patterns) < 2:
            return Found((), (), lacks=False), [str(error)]
    parts = [_searched(replace(spec, patterns=(pattern,))) for pattern in spec.patterns]
    files = dict.fromkeys(file for found, _ in parts for file in found.files)
    warnings = tuple(warning for found, _ in parts for warning in found.warnings)
    lacks = any(found.lacks for found, _ in parts)
    return Found(tuple(files), warnings, lacks), [problem for _, problems in parts for problem in problems]


def _idle(spec: SourceSpec, surveyed: Sequence[Surveyed], *, more: bool) -> Iterator[str]:
    articles = sum(file.articles for file in surveyed)
    applied = {number for file in surveyed for number in file.applied}
    looked = f"{articles:,} article{'s' * (articles != 1)}"
    looked += " of the files that were read; --all reads all" if more else ""
    for number, rule in enumerate(spec.cleaning.rules if articles else ()):
        if number not in applied:
            yield f"{rule.where.file}:{rule.where.line}: {rule} matches nothing in {looked}"


def spread(files: Sequence[T], limit: int) -> list[T]:
    """Return ``limit`` of the sorted ``files``: an equal number from each folder, from all over it."""
    folders: dict[str, list[T]] = defaultdict(list)
    for file in files:
        folders[str(file).rpartition("/")[0]].append(file)
    shares = dict.fromkeys(_evenly(list(folders), limit), 0)
    left = min(limit, len(files))
    while left:
        # Folders take turns, so a large folder gets what small ones leave.
        for folder in [name for name, share in shares.items() if share < len(folders[name])][:left]:
            shares[folder] += 1
            left -= 1
    return [file for name, share in shares.items() for file in _evenly(folders[name], share)]


def _evenly(files: Sequence[T], limit: int) -> list[T]:
    """Return ``limit`` evenly spaced files, with the first and the last one."""
    if limit < 2 or len(files) <= limit:
        return list(files[:limit])
    return [files[number * (len(files) - 1) // (limit - 1)] for number in range(limit)]


class _Keys:
    """Finds keys that several articles share: articles whose titles and dates both differ."""

    def __init__(self) -> None:
        self._first: dict[str, Article] = {}
        self._again: dict[str, list[str]] = {}

    def add(self, article: Article) -> None:
        if article.key is None or article.version is not None:
            return
        first = self._first.setdefault(article.key, article)
        if first.title != article.title and first.published != article.published:
            self._again.setdefault(article.key, []).append(str(article.origin))

    def take(self) -> tuple[tuple[str, str, int], ...]:
        """Return what was found since the last call."""
        found, self._again = self._again, {}
        return tuple((key, places[0], len(places)) for key, places in found.items())


def survey_file(
    spec: SourceSpec, file: Path | str, alone: _Keys | None = None, most: int | None = None
) -> Surveyed:
    """Return what one file gives with ``spec``, or its first ``most`` items.

    ``alone`` has the articles of other files of the source with one article each.
    """
    name = display_name(spec, file)
    with open_stream(spec, file) as stream:
        taken = format_of(spec, stream, name)
        is_plain = INPUT_FORMATS[taken].body_option
    articles = tagged = unfit = lines = linked = garbled = relative = by_hand = beside = 0
    kinds: Counter[str] = Counter()
    applied: set[int] = set()
    keys = _Keys()
    rejects, left_out, absent, statuses = _Reasons(), _Reasons(), _Reasons(), Statuses()
    doubts: list[Notice] = []
    for item in islice(read(spec, file, _AUTHORITY), most):
        if isinstance(item, Article):
            articles += 1
            linked += item.link is not None
            by_hand += bool(item.feeds or item.not_feeds)
            applied.update(item.written.applied if item.written else ())
            unfit += item.former is not None and item.key is None and spec.date != "mtime"
            garbled += not spec.repair_mojibake and _is_garbled(item)
            for named, why in named_by(spec, item):
                beside += 1
                if why:
                    absent.add(why, f"{named!r} {why}", item.origin)
            # Their texts are not needed.
            last = replace(item, body="", summary=None, written=None)
            keys.add(last)
            tagged += is_plain and not item.html and _TAG.search(item.body) is not None
        elif isinstance(item, Boilerplate):
            lines += item.origin.lines
        elif isinstance(item, Reject):
            rejects.add(_OWN.sub("", item.reason), item.reason, item.origin)
        elif isinstance(item, LeftOut):
            reason = f"{item.reason}; {BROUGHT_BACK}" if item.kind == "withdrawn" else item.reason
            left_out.add(reason, reason, item.origin)
            kinds[item.kind] += 1
        elif not statuses.counts(item):
            relative += item.kind == "bad-address" and item.message.startswith("left out the link '/")
            doubts += [item] if item.kind in DOUBTS else []
    if articles == 1 and alone is not None:
        alone.add(last)
        keys = alone
    return Surveyed(
        name,
        taken,
        articles,
        tagged,
        lines,
        rejects.total,
        rejects.most_common(),
        left_out.most_common(),
        tuple((notice.message, str(notice.origin)) for notice in [*statuses.notices(), *doubts][:20]),
        unfit,
        keys.take(),
        linked,
        garbled,
        relative,
        tuple(sorted(kinds.items())),
        tuple(sorted(applied)),
        by_hand,
        beside,
        absent.most_common(),
    )


def _is_garbled(article: Article) -> bool:
    # One such pair may be intended.
    found = _GARBLED.findall(article.title) + _GARBLED.findall(article.body)
    return len(found) > 1 or any(each.startswith("â€") for each in found)


def by_kind(rejects: Iterable[Reject]) -> tuple[tuple[str, str, int], ...]:
    """Return the kinds of rejects, the most frequent first: reason and place of the first, and how many there are."""
    reasons = _Reasons()
    for reject in rejects:
        reasons.add(_OWN.sub("", reject.reason), reject.reason, reject.origin)
    return reasons.most_common()


class _Reasons:
    """Counts reasons by kind, and keeps text and place of the first."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._firsts: dict[str, tuple[str, str]] = {}

    @property
    def total(self) -> int:
        return self._counts.total()

    def add(self, kind: str, reason: str, origin: Origin) -> None:
        self._counts[kind] += 1
        self._firsts.setdefault(kind, (reason, str(origin)))

    def most_common(self) -> tuple[tuple[str, str, int], ...]:
        return tuple((*self._firsts[kind], times) for kind, times in self._counts.most_common(20))


_LONG_TITLE = 300
_POLICY = DatePolicy(zone="UTC", day_first=True, two_digit_years=1950)


def likely_fields(taken: str, head: bytes) -> Mapping[str, str]:
    """Return the likely names of title, body and date in a file that begins with ``head``.

    Known names count first, then values that look like a date; the longest of the other values is the body, the
    second longest the title. The result is empty for formats without lines, and if nothing is found.
    """
    record = _first_record(taken, head)
    if not record:
        return {}
    # The object's name makes a name in it known: content.rendered.
    outer = {name.partition(".")[0]: name for name in reversed(list(record))}
    known = {field: outer[name] for field, name in name_map(tuple(outer), ()).items()}
    found = {field: known[field] for field in ("title", "body", "published") if field in known}
    others = [name for name in record if name not in known.values()]
    longest = max(record, key=lambda name: len(record[name]))
    if "body" in found and len(record[longest]) > max(_LONG_TITLE, 2 * len(record[found["body"]])):
        # A summary may have a name that is also used for bodies.
        others = [name for name in others if name != longest]
        found["body"] = longest
    if "published" not in found and (dated := [name for name in others if _is_date(record[name])]):
        found["published"] = dated[0]
        others.remove(dated[0])
    others.sort(key=lambda name: -len(record[name]))
    if "body" not in found and others:
        found["body"] = others.pop(0)
    titles = [name for name in others if len(record[name]) <= _LONG_TITLE]
    if "title" not in found and titles:
        found["title"] = titles[0]
    return {field: found[field] for field in ("title", "body", "published") if field in found}


def _first_record(taken: str, head: bytes) -> Mapping[str, str]:
    # Only whole lines, so that no character is cut.
    whole, newline, last = head.rpartition(b"\n")
    try:
        text = recover((whole if newline else last).decode(errors="surrogateescape"), "cp1252")
        sampled = sampled_reader(taken, "")
        return sampled.first_record(text) if sampled else {}
    except (UndecodableError, RecordError, ValueError, RecursionError):
        return {}


def _is_date(text: str) -> bool:
    try:
        parse_date(text, _POLICY)
    except DateError:
        return False
    return True
