"""The section ``feeds:`` of a config → :class:`FeedSettings`, except for rules, which ``feedpub.rules`` reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from feedpub.articles.article import Author
from feedpub.articles.withdrawals import Listed
from feedpub.config.output import ARCHIVE, CONTENT, MAX_BYTES, MAX_ITEMS, archive_of
from feedpub.config.scalars import AUTHOR, LANGUAGE, LINE, MAIL, MOMENT, SPAN, URL, proper_share
from feedpub.config.settings import VALUE, Exceptions, FeedSettings, Limits, Named, Template, Window
from feedpub.core.declaration import (
    FLAG,
    Check,
    Key,
    Kind,
    Schema,
    Section,
    Value,
    integer,
    list_of,
    mapping_of,
    names,
    one_of,
)
from feedpub.core.errors import ConfigError, Problems, Where
from feedpub.core.media_types import type_by_name
from feedpub.core.yaml_node import Node, did_you_mean
from feedpub.documents.channel import Carried, Podcast, Site
from feedpub.rules import CONDITION_KEYS, GROUP_CONSTRAINTS, RULE_CONSTRAINTS, RULE_KEYS
from feedpub.rules.fields import FIELDS

_SLUG = "[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
# Names that Windows keeps for devices, and those of the site's own files.
RESERVED_SLUGS = (
    "con", "prn", "aux", "nul", "index", "manifest", "subscriptions",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
)  # fmt: skip


NEAR = Section(
    keys=(
        Key(
            "near",
            proper_share(example="80%", minimum=0.5),
            "leaves out an entry that shares at least this part of its word pairs with an earlier one, from `50%`",
            without="off",
        ),
    ),
    make=lambda near: near,
)


RETIRED = Section(
    keys=(Key("moved_to", URL, "the address of the feed that replaces it", required=True),),
    make=lambda moved_to: moved_to,
)

ABOUT_KEYS = (
    Key("title", LINE, "its name", required=True),
    Key("description", LINE, "a line about it", without="the site's and its own title"),
    Key("link", URL, "its page for people", without="`site.link`"),
    Key(
        "author",
        AUTHOR,
        "who is responsible for it; the author of articles without one",
        without="`site.author`",
    ),
    Key("language", LANGUAGE, "its language tag", without="`site.language`"),
    Key("rights", LINE, "a line about copyright", without="`site.rights`"),
    Key("license", URL, "the address of its licence", without="`site.license`"),
    Key("icon", URL, "its small picture", without="`site.icon`"),
    Key("image", URL, "its larger picture", without="`site.image`"),
)
TAKING_KEYS = (
    Key("max_items", MAX_ITEMS, "as in `output`, for this feed", without="`output.max_items`"),
    Key("max_bytes", MAX_BYTES, "as in `output`, for this feed", without="`output.max_bytes`"),
    Key("archive", ARCHIVE, "as in `output`, for this feed", without="`output.archive`"),
    Key("content", CONTENT, "as in `output`, for this feed", without="`output.content`"),
    Key("newer_than", SPAN, "how old an entry may be, such as `30d`; see below", without="any age"),
    Key("after", MOMENT, "takes articles published on or after this day or time"),
    Key("before", MOMENT, "takes articles published before this day or time"),
    Key("max_per_source", MAX_ITEMS, "how many entries one source may have", without="any number"),
    Key("dedup", NEAR, "which texts count as nearly the same, see below", default="{}"),
)


def _named_twice(found: Exceptions) -> None:
    # Which ids a key makes depends on the site; whether two names make the same does not.
    listed = Listed.of([named.name for named in found.add], "example.org,2000")
    added = {named.name: named for named in found.add}
    for named in found.drop:
        dropped = Listed.of([named.name], "example.org,2000")
        names = {
            name
            for one, other in ((listed.by_id, dropped.by_id), (listed.by_page, dropped.by_page))
            for key in one.keys() & other.keys()
            for name in one[key]
        }
        if names:
            raise both_ways(added[min(names)], named)


def both_ways(added: Named, dropped: Named) -> ConfigError:
    """Return the error for an article that is both added to a feed and dropped from it."""
    named = f", as {added.name!r}" if added.name != dropped.name else ""
    return ConfigError(
        dropped.where,
        f"the article {dropped.name!r} is added to the feed in line {added.where.line}{named}",
        "remove it from one of the two lists",
    )


NAMED: Kind[Named] = Value(lambda node: Named(LINE.read(node), node.where), LINE.schema)
EXCEPTIONS = Section(
    keys=(
        Key(
            "add",
            list_of(NAMED),
            "ids or links of articles that it takes, whatever its rule says",
            default="[]",
        ),
        Key("drop", list_of(NAMED), "ids or links of articles that it does not take", default="[]"),
    ),
    make=Exceptions,
)


def _exceptions(node: Node) -> Exceptions:
    found = EXCEPTIONS.read(node)
    _named_twice(found)
    return found


def _category(node: Node) -> tuple[str, ...]:
    from feedpub.validator.vocabulary.podcasts import CATEGORIES  # noqa: PLC0415 - few configs need it

    main, *below = (part.strip() for part in LINE.read(node).split(">"))
    if main not in CATEGORIES:
        remedy = did_you_mean(main, CATEGORIES) or f"choose one of {', '.join(CATEGORIES)}"
        raise node.error(f"{main!r} is not a category of Apple Podcasts", remedy)
    if not below:
        return (main,)
    known = sorted(CATEGORIES[main])
    if len(below) > 1 or below[0] not in known:
        wrong = " > ".join(below)
        meant = did_you_mean(wrong, known) or (
            f"choose one of {', '.join(known)}" if known else f"write {main}"
        )
        raise node.error(f"{wrong!r} is not a subcategory of {main} in Apple Podcasts", meant)
    return main, below[0]


def _artwork(node: Node) -> str:
    address = URL.read(node)
    if type_by_name(address) not in (None, "image/jpeg", "image/png"):
        raise node.error(
            f"{address!r} is not JPEG or PNG", "Apple Podcasts takes a square of 1400 to 3000 pixels"
        )
    return address


_TYPE: Kind[Literal["episodic", "serial"]] = one_of("episodic", "serial")
_OWNER = Section(
    keys=(
        Key("name", LINE, "a name", required=True),
        Key("email", MAIL, "an e-mail address", required=True),
    ),
    make=Author,
)


@dataclass(frozen=True, slots=True)
class PodcastKeys:
    """What the config says about a podcast, and where."""

    category: tuple[str, ...]
    explicit: bool
    image: str | None
    author: str | None
    type: Literal["episodic", "serial"] | None
    owner: Author | None
    where: Where

    def settle(self, feed: FeedKeys, site: Site) -> Podcast:
        """Return the podcast of ``feed``. Raises :class:`ConfigError` if feed and site lack what Apple requires."""
        image = self.image or feed.image or site.image
        if image is None or type_by_name(image) not in (None, "image/jpeg", "image/png"):
            problem = "a podcast needs a picture (JPEG or PNG) to be listed by Apple"
            raise ConfigError(
                self.where, problem, "add image: https://…, the address of a square of 1400 to 3000 pixels"
            )
        if not (feed.language or site.language):
            problem = "a podcast needs a language to be listed by Apple"
            raise ConfigError(self.where, problem, "add language: en, or another tag, to the feed or to site")
        author = self.author or (feed.author or site.author).name
        return Podcast(self.category, self.explicit, image, author, self.type, self.owner)


PODCAST: Section[dict[str, Any]] = Section(
    keys=(
        Key(
            "category",
            Value(_category, LINE.schema),
            "where [Apple](https://podcasters.apple.com/support/1691-apple-podcasts-categories) lists it, such as"
            " `News > Daily News`",
            required=True,
        ),
        Key("explicit", FLAG, "whether it is unsuitable for children", required=True),
        Key("image", Value(_artwork, URL.schema), "its artwork, JPEG or PNG", without="the feed's `image`"),
        Key("author", LINE, "who makes it", without="the feed's `author`"),
        Key(
            "type",
            _TYPE,
            "`episodic`, or `serial` if people start with the first episode",
            without="not said",
        ),
        Key("owner", _OWNER, "the contact for directories: `{name, email}`", without="not said"),
    ),
    make=dict,
)


def _podcast(node: Node) -> PodcastKeys:
    return PodcastKeys(**PODCAST.read(node), where=node.key_where or node.where)


PODCAST_KEY = Key(
    "podcast",
    Value(_podcast, PODCAST.schema),
    "makes it a podcast, see [below](#podcasts)",
    without="not a podcast",
)
ARTICLES_KEY = Key(
    "articles",
    Value(_exceptions, EXCEPTIONS.schema),
    "exceptions from its rule, see [below](#exceptions-by-hand)",
    default="{}",
    without="none",
)
RETIRED_KEY = Key("retired", RETIRED, "marks a feed that has moved, see below")


@dataclass(frozen=True, slots=True)
class FeedKeys:
    """What the config says about a feed; ``None`` leaves it to the site, to ``output`` or to a default."""

    title: str
    description: str | None
    link: str | None
    author: Author | None
    language: str | None
    rights: str | None
    license: str | None = None
    icon: str | None = None
    image: str | None = None
    max_items: int | None = None
    max_bytes: int | None = None
    archive: int | Literal["off", "monthly"] | None = None
    content: Carried | None = None
    dedup: float | None = None
    newer_than: timedelta | None = None
    after: datetime | None = None
    before: datetime | None = None
    max_per_source: int | None = None
    articles: Exceptions | None = None
    podcast: PodcastKeys | None = None
    retired: str | None = None
    slug: str = ""
    selective: bool = False

    def settle(self, site: Site, limits: Limits) -> FeedSettings:
        """Return the settings of the feed on this site."""
        return FeedSettings(
            slug=self.slug,
            title=self.title,
            description=self.description or f"{site.title}: {self.title}",
            link=self.link or site.link,
            author=self.author or site.author,
            language=self.language or site.language,
            rights=self.rights or site.rights,
            license=self.license or site.license,
            icon=self.icon or site.icon,
            image=self.image or site.image,
            max_items=self.max_items or limits.max_items,
            max_bytes=self.max_bytes or limits.max_bytes,
            archive=limits.archive if self.archive is None else archive_of(self.archive),
            selective=self.selective,
            near=self.dedup,
            window=Window(self.newer_than, self.after, self.before, self.max_per_source),
            moved_to=self.retired,
            # The entry that says where a feed has moved must not be cut.
            content="full" if self.retired else self.content or limits.content,
            exceptions=self.articles or Exceptions(),
            podcast=self.podcast.settle(self, site) if self.podcast else None,
        )


def _in_order(node: Node, after: datetime | None, before: datetime | None) -> None:
    if after and before and bool(after.tzinfo) == bool(before.tzinfo) and after >= before:
        raise node.mapping()["before"].error(
            "nothing can be published both after the one and before the other",
            "write a later day than that of after",
        )


ACTIVE = Section(
    keys=(*ABOUT_KEYS, *TAKING_KEYS, ARTICLES_KEY, PODCAST_KEY),
    make=FeedKeys,
    checks=(Check(("after", "before"), _in_order),),
    others=(RETIRED_KEY, *RULE_KEYS),
    constraints={
        **RULE_CONSTRAINTS,
        "if": {"required": [RETIRED_KEY.name]},
        "then": {"propertyNames": {"enum": [*names(ABOUT_KEYS), RETIRED_KEY.name]}},
    },
)


def _template(node: Node, *, required: bool) -> str:
    if isinstance(node.value, Mapping) and [*node.value] == ["value"]:
        raise node.error("YAML takes {value} for a mapping", f'write "{VALUE}" in quotes')
    text = LINE.read(node)
    if required and text.count(VALUE) != 1:
        raise node.error(f"the title of each feed needs {VALUE}, once", f'write it, as in "News of {VALUE}"')
    return text


_SLUG_TEMPLATE = re.compile(r"(?:[a-z0-9][a-z0-9_-]{0,19})?\{value\}(?:[a-z0-9_-]{0,19}[a-z0-9])?")


def _slug_template(node: Node) -> str:
    text = _template(node, required=False)
    if not _SLUG_TEMPLATE.fullmatch(text):
        raise node.error(
            f"{text!r} cannot make slugs",
            f'use a-z, 0-9, - and _, at most 20 of them on either side of {VALUE}, as in "topic-{VALUE}"',
        )
    return text


_WITH_VALUE: Schema = {**LINE.schema, "pattern": r"\{value\}"}
EACH_FIELDS = tuple(name for name, field in FIELDS.items() if field.values is not None)
EACH_KEY = Key(
    "each",
    one_of(*EACH_FIELDS),
    f"makes a feed for each value of this field: {', '.join(f'`{name}`' for name in EACH_FIELDS)}",
    required=True,
)
EACH_KEYS = (
    EACH_KEY,
    Key("min_articles", integer(1), "how many articles a value needs for a feed", default="3"),
    Key(
        "max_feeds",
        integer(1, 1_000),
        "how many feeds to make; values with the most articles come first",
        default="50",
    ),
    Key(
        "slug",
        Value(_slug_template, {"type": "string", "pattern": f"^{_SLUG_TEMPLATE.pattern}$"}),
        "the slug of each",
        without="`NAME-{value}`",
    ),
    Key(
        "title",
        Value(lambda node: _template(node, required=True), _WITH_VALUE),
        "the title of each",
        default=f'"{VALUE}"',
    ),
    Key(
        "description",
        Value(lambda node: _template(node, required=False), LINE.schema),
        "a line about each",
        without="the site's and its own title",
    ),
)


@dataclass(frozen=True, slots=True)
class TemplateKeys:
    """What the config says about feeds that are made from data: ``feed`` is what they have in common."""

    feed: FeedKeys
    each: str
    min_articles: int
    max_feeds: int
    slug: str
    title: str
    description: str | None

    def settle(self, site: Site, limits: Limits) -> Template:
        """Return the template on this site."""
        feed = self.feed.settle(site, limits)
        return Template(
            feed, self.each, self.min_articles, self.max_feeds, self.slug, self.title, self.description
        )


def _template_keys(
    each: str,
    min_articles: int,
    max_feeds: int,
    slug: str | None,
    title: str,
    description: str | None,
    **common: Any,
) -> TemplateKeys:
    feed = FeedKeys(title=title, description=None, **common)
    return TemplateKeys(feed, each, min_articles, max_feeds, slug or "", title, description)


EACH = Section(
    keys=(
        *EACH_KEYS,
        *(key for key in ABOUT_KEYS if key.name not in names(EACH_KEYS)),
        *TAKING_KEYS,
    ),
    make=_template_keys,
    others=CONDITION_KEYS,
    checks=(Check(("after", "before"), _in_order),),
    constraints=GROUP_CONSTRAINTS,
)
MOVED = Section(keys=(*ABOUT_KEYS, replace(RETIRED_KEY, required=True)), make=FeedKeys)


def is_retired(feed: Node) -> bool:
    """Say whether the feed is retired, and takes no more articles."""
    return isinstance(feed.value, Mapping) and RETIRED_KEY.name in feed.value


def is_template(feed: Node) -> bool:
    """Say whether it makes feeds from data."""
    return isinstance(feed.value, Mapping) and EACH_KEY.name in feed.value and not is_retired(feed)


def read_feed(slug: str, node: Node) -> FeedKeys | TemplateKeys:
    """Return what ``node`` says about the feed. Raises :class:`ConfigError` with everything wrong in it."""
    problems = Problems()
    with problems:
        _check_slug(slug, node.key_where or node.where)
    if is_template(node):
        made = None
        with problems:
            made = EACH.read(node)
        problems.raise_any()
        assert made is not None
        return replace(made, feed=replace(made.feed, slug=slug), slug=made.slug or f"{slug}-{VALUE}")
    section = ACTIVE
    if is_retired(node):
        section = MOVED
        feed = dict(node.mapping())
        for key in (*TAKING_KEYS, ARTICLES_KEY, PODCAST_KEY, *RULE_KEYS):
            if value := feed.pop(key.name, None):
                where = value.key_where or value.where
                problem = f"a retired feed takes no articles and has no {key.name!r}"
                problems.add(ConfigError(where, problem, "remove it"))
        node = replace(node, value=feed)
    said = None
    with problems:
        said = section.read(node)
    problems.raise_any()
    assert said is not None
    selective = any(key in node.mapping() for key in ("rule", "any", "all"))
    return replace(said, slug=slug, selective=selective)


def _check_slug(slug: str, where: Where) -> None:
    if not re.fullmatch(_SLUG, slug):
        nearest = re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-")[:63]
        raise ConfigError(
            where,
            f"{slug!r} cannot be part of a file name and a URL",
            "use a-z, 0-9, - and _ only" + (f": {nearest}" if nearest else ""),
        )
    if slug in RESERVED_SLUGS:
        raise ConfigError(where, f"the name {slug!r} is reserved", f"choose another, such as {slug}-news")


_ALL = mapping_of(
    read_feed,
    {"anyOf": [ACTIVE.schema, EACH.schema]},
    named={"pattern": f"^{_SLUG}$", "not": {"enum": list(RESERVED_SLUGS)}},
    least=1,
)


def _read_all(node: Node) -> tuple[FeedKeys | TemplateKeys, ...]:
    feeds = _ALL.read(node)
    problems = Problems()
    before: list[TemplateKeys] = []
    for feed in feeds:
        if isinstance(feed, TemplateKeys):
            for other in before:
                if _may_clash(feed.slug, other.slug):
                    own = node.mapping()[feed.feed.slug]
                    problems.add(
                        ConfigError(
                            own.key_where or own.where,
                            f"it may make feeds with the same slugs as {other.feed.slug}",
                            f'give its slugs another prefix, such as slug: "{feed.each}-{VALUE}"',
                        )
                    )
            before.append(feed)
    problems.raise_any()
    return feeds


def _may_clash(one: str, other: str) -> bool:
    (first, _, last), (begin, _, end) = one.partition(VALUE), other.partition(VALUE)
    starts = first.startswith(begin) or begin.startswith(first)
    return starts and (last.endswith(end) or end.endswith(last))


FEEDS: Kind[tuple[FeedKeys | TemplateKeys, ...]] = Value(_read_all, _ALL.schema)
