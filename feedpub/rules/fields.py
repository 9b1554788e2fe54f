"""The fields of an article that terms can look at, each in one row; no other module names them.

The terms of most fields are words in texts. Those of ``link`` and ``language`` are values with a grammar of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any, Protocol, TypeAlias
from urllib.parse import unquote

from feedpub.articles.article import Article, Author, FeedSource
from feedpub.articles.ids import feed_key
from feedpub.core.feed_values import language_tag, web_address
from feedpub.text.folding import MARK, fold, settled
from feedpub.text.safe_html import visible

Field: TypeAlias = str
"""The name of a row of :data:`FIELDS`."""


class Grammar(Protocol):
    """The meaning of terms of a field that are not words.

    A term only matches a text if they have a *handle* in common, so few of many terms have to be tried.
    """

    def read(self, written: str) -> str:
        """Return the canonical form of a term. Raises ``ValueError`` that says what would be right."""
        ...

    def handle(self, term: str) -> str:
        """Return the handle of a term that :meth:`read` returned."""
        ...

    def handles(self, text: str) -> Iterator[str]:
        """Yield the handles of an article's text, or of a term as a text."""
        ...

    def spans(self, term: str, text: str) -> Iterator[tuple[int, int]]:
        """Yield the places of a term in a text, in characters."""
        ...


@dataclass(frozen=True, slots=True)
class _Address:
    """A web address or a part of one: the labels of its host, its port, the segments of its path.

    ``starts`` are the places where labels begin in the text, ``host_end`` where the last one ends; ``spans`` are the
    places of the segments.
    """

    labels: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()
    host_end: int = 0
    port: str = ""
    segments: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


_PARTS = re.compile(
    r"(?:(?:https?:)?//(?:[^/?#@]*@)?)?(?P<host>\[[^]/?#]*\]|[^/?#:]*)(?::(?P<port>[0-9]*))?(?P<path>/[^?#]*)?"
    r"(?=[?#]|\Z)",
    re.IGNORECASE,
)


@lru_cache(4096)
def _address(text: str) -> _Address:
    found = _PARTS.match(text)
    if found is None:
        return _Address()
    host = found["host"].rstrip(".").lower()
    labels = [host] if host.startswith("[") else host.split(".") if host else []
    # Where each label begins.
    starts = [*accumulate((len(label) + 1 for label in labels), initial=found.start("host"))][:-1]
    path = [*re.finditer("[^/]+", found["path"] or "")]
    shift = found.start("path")
    return _Address(
        tuple(labels),
        tuple(starts),
        found.start("host") + len(host),
        (found["port"] or "").lstrip("0"),
        tuple(_segment(part[0]) for part in path),
        tuple((shift + part.start(), shift + part.end()) for part in path),
    )


def _segment(written: str) -> str:
    """Return a segment of a path, decoded and in lower case, except characters that would split it."""
    plain = unicodedata.normalize("NFC", unquote(written).casefold())
    return re.sub("[%/?#]", lambda sign: f"%{ord(sign[0]):02X}", plain)


class _Addresses:
    """A host also matches its subdomains, and a path everything below it; without a host, it matches anywhere."""

    def read(self, written: str) -> str:
        if "*" in written:
            raise ValueError(
                "a * has no meaning in a link",
                "a host also matches its subdomains, and a path everything below it; write example.org/sport/, or re:…",
            )
        if "?" in written or "#" in written:
            raise ValueError(
                "terms only see the host and the path of a link",
                "remove everything from ? or # on, or write re:…",
            )
        if written.startswith("/") and not written.startswith("//"):
            if segments := _address(written).segments:
                return "/" + "/".join(segments)
            raise ValueError("every link has that path", "write more of it, such as /sport/")
        whole = re.match("(?:https?:)?//", written, re.IGNORECASE)
        bare = written[whole.end() :] if whole else written
        url = web_address(f"https://{bare.removeprefix('.')}") if "@" not in bare else None
        if url is None or not (whole or "." in bare.partition("/")[0]):
            raise ValueError(
                f"{written!r} is neither a host nor a path",
                "write example.org, example.org/sport/ or /sport/",
            )
        address = _address(url)
        labels = (
            address.labels[1:] if address.labels[0] == "www" and len(address.labels) > 2 else address.labels
        )
        port = f":{address.port}" if address.port else ""
        return "/".join((".".join(labels) + port, *address.segments))

    def handle(self, term: str) -> str:
        address = _address(term)
        return ".".join(address.labels) or f"/{address.segments[0]}"

    def handles(self, text: str) -> Iterator[str]:
        address = _address(text)
        for number in range(len(address.labels)):
            yield ".".join(address.labels[number:])
        for segment in dict.fromkeys(address.segments):
            yield f"/{segment}"

    def spans(self, term: str, text: str) -> Iterator[tuple[int, int]]:
        wanted, seen = _address(term), _address(text)
        count = len(wanted.segments)
        if wanted.labels:
            if (
                seen.labels[-len(wanted.labels) :] == wanted.labels
                and wanted.port in ("", seen.port)
                and seen.segments[:count] == wanted.segments
            ):
                end = seen.spans[count - 1][1] if count else seen.host_end
                yield seen.starts[-len(wanted.labels)], end
            return
        for start in range(len(seen.segments) - count + 1):
            if seen.segments[start : start + count] == wanted.segments:
                yield seen.spans[start][0] - 1, seen.spans[start + count - 1][1]


class _Whole:
    """A whole text, folded like words."""

    def read(self, written: str) -> str:
        return " ".join(written.split())

    def handle(self, term: str) -> str:
        return folded_value(term)

    def handles(self, text: str) -> Iterator[str]:
        yield folded_value(text)

    def spans(self, term: str, text: str) -> Iterator[tuple[int, int]]:
        if folded_value(term) == folded_value(text):
            yield 0, len(text)


WHOLE: Grammar = _Whole()
"""The grammar of terms that are whole values, for any field."""


@lru_cache(4096)
def folded_value(text: str) -> str:
    """Return what all spellings of a value have in common; empty if nothing in it is visible."""
    folded = fold(settled(" ".join(text.split()))).decode("utf-8", "replace")
    return folded.replace(MARK, "").lower().strip()


class _Languages:
    """A tag matches all tags that begin with its subtags (RFC 4647 §3.3.1)."""

    def read(self, written: str) -> str:
        tag = language_tag(written)
        if tag is None:
            raise ValueError(
                f"{written!r} is not a language tag (BCP 47)", "write one such as en, de-AT or zh-Hans"
            )
        return tag.lower()

    def handle(self, term: str) -> str:
        return term.partition("-")[0]

    def handles(self, text: str) -> Iterator[str]:
        yield text.lower().partition("-")[0]

    def spans(self, term: str, text: str) -> Iterator[tuple[int, int]]:
        if f"{text.lower()}-".startswith(f"{term}-"):
            yield 0, len(term)


@dataclass(frozen=True, slots=True)
class ArticleField:
    """A field: how to get its visible texts from an article, and how to make an article with one text in it.

    Without a ``grammar``, its terms are words. If feeds can be made from its values, ``values`` returns those of an
    article.
    """

    texts: Callable[[Article], tuple[str, ...]]
    of_text: Callable[[str], Mapping[str, Any]]
    grammar: Grammar | None = None
    values: Callable[[Article], tuple[str, ...]] | None = None

    def whole_value(self, written: str) -> Callable[[str], bool]:
        """Return a function that says whether a text of this field equals the value ``written``.

        Raises ``ValueError`` like :meth:`Grammar.read`.
        """
        if self.grammar is None:
            wanted = written.strip().casefold()
            return lambda text: text.strip().casefold() == wanted
        spans, term = self.grammar.spans, self.grammar.read(written)
        return lambda text: next(spans(term, text), None) is not None


def _body(article: Article) -> tuple[str, ...]:
    return (visible(article.body) if article.html else article.body,)


def _source(article: Article) -> tuple[str, ...]:
    """Return name and addresses of an article's feed; for other articles, their file and site."""
    via = article.via
    if not article.feed and not (via and (via.id or via.url or via.page)):
        return tuple(filter(None, (article.origin.file, via.title if via else "")))
    named = (via.title, feed_key(via.url), feed_key(via.page)) if via else ()
    return tuple(dict.fromkeys(filter(None, (*named, article.feed))))


def _authors(article: Article) -> tuple[str, ...]:
    return tuple(author.name for author in article.authors)


def _categories(article: Article) -> tuple[str, ...]:
    return article.categories


def _language(article: Article) -> tuple[str, ...]:
    return (article.language,) if article.language else ()


FIELDS: Mapping[Field, ArticleField] = {
    "title": ArticleField(lambda article: (article.title,), lambda text: {"title": text}),
    "body": ArticleField(_body, lambda text: {"body": text}),
    "author": ArticleField(_authors, lambda text: {"authors": (Author(text),)}, values=_authors),
    "category": ArticleField(_categories, lambda text: {"categories": (text,)}, values=_categories),
    "source": ArticleField(
        _source,
        lambda text: {"via": FeedSource(text)},
        values=lambda article: (article.via.title,) if article.via else (),
    ),
    "link": ArticleField(
        lambda article: (article.link,) if article.link else (), lambda text: {"link": text}, _Addresses()
    ),
    "language": ArticleField(_language, lambda text: {"language": text}, _Languages(), _language),
}
"""All fields by name, in the order in which matches are shown."""

WORD_FIELDS: tuple[Field, ...] = tuple(name for name, field in FIELDS.items() if field.grammar is None)
"""The fields whose terms are words; plain terms can look at several of them."""


def texts(article: Article, field: Field) -> tuple[str, ...]:
    """Return the visible texts of a field: several authors or categories, one title, one body."""
    return FIELDS[field].texts(article)
