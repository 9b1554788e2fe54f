"""The last step that all formats share: the raw fields of one record → an article, or the reason why not."""

from __future__ import annotations

from dataclasses import dataclass

from feedpub.article import Article, Boilerplate, Notice, Origin, Reject, article_id
from feedpub.dates import DateWarning, parse_date
from feedpub.errors import DateError
from feedpub.sources.boilerplate import tail_start
from feedpub.sources.cleaning import clean
from feedpub.sources.spec import SourceSpec

Item = Article | Boilerplate | Reject | Notice
MAX_RAW = 4096


@dataclass(frozen=True, slots=True)
class Reading:
    """What every record of one file shares: its source, its name for origins, and who mints the ids."""

    spec: SourceSpec
    file: str
    authority: str

    def origin(self, first: int, last: int) -> Origin:
        """Return the place of an item by its first and last line (1-based)."""
        return Origin(self.file, first, last)


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one record as its format found them, decoded, otherwise untouched."""

    title: str
    body: str
    published: str

    def raw(self) -> str:
        """Return the record in the text format, for a reject that is to be repaired by hand."""
        return f"{self.title}\n{self.body}\n{self.published}"


def reject(origin: Origin, reason: str, raw: str) -> Reject:
    """Return a reject that keeps the first kilobytes of its raw text."""
    return Reject(origin, reason, raw if len(raw) <= MAX_RAW else f"{raw[:MAX_RAW]}…")


def build(reading: Reading, origin: Origin, record: Record, *, is_clean: bool = False) -> list[Item]:
    """Return the article of ``record`` with its notices, or its reject.

    ``is_clean`` says that the fields are known to hold nothing that XML can't carry.
    """
    spec = reading.spec
    notices: list[Notice] = []
    title, body = record.title, record.body
    if not is_clean:
        title, body = _cleaned(origin, record, notices)
    title, body = title.strip(), body.strip()
    if spec.related_links:
        start = tail_start(body, spec.related_links)
        if start is not None:
            notices.append(
                Notice(origin, "related-links", f"left out {len(body) - start} characters of links")
            )
            body = body[:start].rstrip()
            if not body:
                return [reject(origin, "the body is nothing but related links", record.raw())]
    try:
        parsed = parse_date(record.published, spec.dates)
    except DateError as error:
        return [reject(origin, f"the date {error}", record.raw())]
    if parsed.warnings:
        notices += [_warned(origin, warning) for warning in parsed.warnings]
    identity = article_id(reading.authority, key=None, published=parsed.instant, title=title)
    return [Article(identity, title, body, parsed.instant, origin), *notices]


def _cleaned(origin: Origin, record: Record, notices: list[Notice]) -> tuple[str, str]:
    title, in_title = clean(record.title)
    body, in_body = clean(record.body)
    if found := sorted({*in_title, *in_body}):
        notices.append(Notice(origin, "control-character", f"replaced {', '.join(found)}"))
    return title, body


def _warned(origin: Origin, warning: DateWarning) -> Notice:
    return Notice(origin, warning.kind, warning.message)
