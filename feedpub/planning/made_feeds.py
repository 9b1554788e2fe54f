"""Feeds made from data: one for each value of a field. Pure decisions.

Before anything else is planned, the config, the values in articles, and the published feeds decide which feeds there
are. The slug of a feed depends only on its value, never on other values.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from feedpub.articles.article import Article
from feedpub.config import RESERVED_SLUGS, VALUE, FeedSettings, Settings, Template
from feedpub.planning.windows import out_of_bounds
from feedpub.rules.fields import FIELDS, folded_value
from feedpub.rules.rule import MadeRule

_LONGEST = 63
_DIGITS = 10
_SHOWN = 20


@dataclass(slots=True)
class ValueCount:
    """How many articles have a value, and how often they use each spelling of it."""

    articles: int = 0
    spellings: Counter[str] = field(default_factory=Counter)

    @property
    def title(self) -> str:
        """The most common spelling; of equally common ones, the first in code point order."""
        return min(self.spellings, key=lambda spelling: (-self.spellings[spelling], spelling))


Values = Mapping[str, ValueCount]
"""The values of a field, by the folded form that all spellings of a value share."""


class ValueCounter:
    """Counts the values for the templates of ``settings``, in the articles that their rules take.

    ``counts`` are those of each template.
    """

    def __init__(self, settings: Settings) -> None:
        self._templates = settings.templates
        self._rules = settings.rules.of_templates() if settings.templates else None
        self.counts: tuple[dict[str, ValueCount], ...] = tuple({} for _ in settings.templates)

    def add(self, article: Article) -> None:
        """Count an article."""
        for number in self._rules.route(article) if self._rules else ():
            template = self._templates[number]
            values = FIELDS[template.field].values
            if values is None or out_of_bounds(template.feed.window, article.published):
                continue
            _count(self.counts[number], values(article))


def shared_values(articles: Iterable[Article]) -> dict[str, tuple[str, ...]]:
    """Return, by field, the values that at least two articles share, the most common first.

    Fields with fewer than two such values are left out.
    """
    found: dict[str, dict[str, ValueCount]] = {}
    for article in articles:
        for name, field_ in FIELDS.items():
            if field_.values is not None:
                _count(found.setdefault(name, {}), field_.values(article))
    shared = {
        name: sorted(
            (one for one in counts.values() if one.articles > 1), key=lambda one: (-one.articles, one.title)
        )
        for name, counts in found.items()
    }
    return {name: tuple(one.title for one in counts) for name, counts in shared.items() if len(counts) > 1}


def _count(counts: dict[str, ValueCount], texts: Iterable[str]) -> None:
    """Count the values of an article; different spellings of one value count once."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(folded_value(text), " ".join(text.split()))
    found.pop("", None)
    for folded, spelling in found.items():
        count = counts.setdefault(folded, ValueCount())
        count.articles += 1
        count.spellings[spelling] += 1


def slug_of(template: Template, value: str) -> str:
    """Return the slug of the feed that ``template`` makes for a value; it is the same for all spellings.

    If the folded value consists of words of ASCII letters and digits, they are in the slug, joined with hyphens. For
    other values, and where the slug would be too long, reserved or ambiguous, the first 10 hexadecimal digits of the
    value's SHA-256 follow its readable part.
    """
    before, _, after = template.slug.partition(VALUE)
    folded = folded_value(value)
    words = re.findall("[a-z0-9]+", folded)
    readable, room = "-".join(words), _LONGEST - len(before) - len(after)
    digest = hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()[:_DIGITS]
    plain = " ".join(words) == folded and len(readable) <= room
    if not plain or f"{before}{readable}{after}" in RESERVED_SLUGS or _ends_in_digest(words):
        readable = "-".join(filter(None, (readable[: room - _DIGITS - 1].strip("-"), digest)))
    return f"{before}{readable}{after}"


def _ends_in_digest(words: Sequence[str]) -> bool:
    return re.fullmatch(f"[0-9a-f]{{{_DIGITS}}}", words[-1]) is not None


def value_of(template: Template, slug: str, title: str) -> str | None:
    """Return the value for which ``template`` made a published feed; ``None`` if it did not make it.

    Its ``title`` contains the value, possibly between other words than those of the template now. The right part of the
    title is the one that gives the same slug.
    """
    before, _, after = template.title.partition(VALUE)
    starts = {0, *(place.end() for place in re.finditer(rf"\s|{re.escape(before)}", title))}
    ends = {len(title), *(place.start() for place in re.finditer(rf"\s|{re.escape(after)}", title))}
    parts = (title[start:end] for start in sorted(starts) for end in sorted(ends) if start < end)
    return next((part for part in parts if folded_value(part) and slug_of(template, part) == slug), None)


@dataclass(frozen=True, slots=True)
class _Made:
    """A feed to make for a ``value``; ``lasting`` says that it only stays because it was published."""

    slug: str
    value: str
    lasting: bool


def with_made_feeds(
    settings: Settings, counts: Sequence[Values], online: Mapping[str, str], *, keep: bool = True
) -> Settings:
    """Return ``settings`` with the feeds that its templates make, in place of the templates.

    ``counts`` has the values of each template, ``online`` the titles of published feeds by slug. With ``keep``, a
    published feed that a template made stays, even if its value is no longer in any article. A feed of the config
    replaces one that a template would make with the same slug. If there are more values with enough articles than
    ``max_feeds``, a warning names the rest.
    """
    feeds: list[FeedSettings] = []
    rules: list[MadeRule] = []
    warnings: list[str] = []
    named = {feed.slug for feed in (*settings.feeds, *settings.retired)}
    for number, (template, values) in enumerate(zip(settings.templates, counts, strict=True)):
        made, rest = _chosen(template, values, online, named, keep=keep)
        for one in made:
            feeds.append(_feed(template, one, settings))
            rules.append(MadeRule(one.slug, number, template.field, one.value))
        named.update(one.slug for one in made)
        if rest:
            warnings.append(_without_room(template, rest))
    return replace(
        settings,
        feeds=(*settings.feeds, *feeds),
        rules=settings.rules.with_made(rules),
        templates=(),
        warnings=(*settings.warnings, *warnings),
    )


def _chosen(
    template: Template, values: Values, online: Mapping[str, str], named: Collection[str], *, keep: bool
) -> tuple[list[_Made], list[str]]:
    """Return the feeds that ``template`` makes, sorted by slug, and the values for which there is no room."""
    last: dict[str, _Made] = {}
    for slug, title in online.items():
        value = None if slug in named else value_of(template, slug, title)
        if value is not None and keep:
            last[slug] = _Made(slug, value, lasting=True)
    enough: list[tuple[bool, int, str, _Made]] = []
    for folded, count in values.items():
        slug = slug_of(template, count.title)
        if slug in named:
            continue
        if count.articles >= template.min_articles:
            enough.append(
                (slug not in online, -count.articles, folded, _Made(slug, count.title, lasting=False))
            )
        elif keep and slug in online:
            last[slug] = _Made(slug, count.title, lasting=True)
    ranked = [made for *_, made in sorted(enough, key=lambda one: one[:3])]
    published = [made for made in ranked if made.slug in online] if keep else []
    room = max(template.max_feeds - len(last.keys() - {made.slug for made in published}), len(published))
    taken = {made.slug: made for made in ranked[:room]}
    rest = [made.value for made in ranked[room:]]
    return sorted((last | taken).values(), key=lambda made: made.slug), rest


def _feed(template: Template, made: _Made, settings: Settings) -> FeedSettings:
    title = template.title.replace(VALUE, made.value)
    description = (
        f"{settings.site.title}: {title}"
        if template.description is None
        else template.description.replace(VALUE, made.value)
    )
    return replace(template.feed, slug=made.slug, title=title, description=description, lasting=made.lasting)


def _without_room(template: Template, rest: Sequence[str]) -> str:
    shown = ", ".join(rest[:_SHOWN]) + (f" and {len(rest) - _SHOWN:,} more" if len(rest) > _SHOWN else "")
    values = "1 more value has" if len(rest) == 1 else f"{len(rest):,} more values have"
    return (
        f"feeds.{template.feed.slug}: max_feeds is {template.max_feeds:,}, but {values} enough articles for a feed:"
        f" {shown}"
    )
