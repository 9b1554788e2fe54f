"""An entry: an article in the form of feeds, with safe HTML as content and one plain-text paragraph as summary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import NamedTuple, Self, TypeAlias

from feedpub.articles.article import Article, Enclosure, Episode, Local, Picture, Transcript, file_name
from feedpub.core.feed_values import web_address
from feedpub.core.spool import BlobRef, Spool
from feedpub.text.safe_html import relative_addresses, sanitise, visible_text
from feedpub.text.similarity import digest, sketch

Turn: TypeAlias = tuple[int, int, int]
"""The place of an article among those of its instant: its file, its line and its column there. Greater is newer."""


class Prints(NamedTuple):
    """What is remembered about a text: digests of title and safe HTML, and a sketch of both."""

    title: str
    content: str
    sketch: tuple[int, ...]

    @classmethod
    def of(cls, title: str, html: str) -> Self:
        """Return the print of a title and its content."""
        return cls(digest(title), digest(html), sketch(title, html))


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in feeds, the same in each: with its content, under the id that subscribers know.

    ``source_date`` is the time that its source gives now, if subscribers know another. ``turn`` is its
    place among entries of the same instant. ``page`` is the address of its page on the site, empty if there is none.
    ``written`` is the print of its original text, if that was cleaned. It is ``partial`` if it is read back from
    documents with only summaries or titles: then its text is unknown.
    """

    article: Article
    feeds: tuple[str, ...]
    content: Content | StoredContent
    source_date: datetime | None = None
    turn: Turn = (0, 0, 0)
    page: str = ""
    written: Prints | None = None
    partial: bool = False

    @property
    def address(self) -> str | None:
        """Where people can read it: the article's own address, or that of its page."""
        return self.article.link or self.page or None

    @property
    def updated(self) -> datetime:
        """When the entry last changed: the article's ``updated``, or its publication."""
        return self.article.updated or self.article.published

    def categories(self, titles: Mapping[str, str]) -> tuple[str, ...]:
        """Return the article's own categories and the ``titles`` of its feeds (by slug), each once."""
        of_feeds = (titles[slug] for slug in self.feeds if slug in titles)
        return tuple(dict.fromkeys((*self.article.categories, *of_feeds)))


@dataclass(frozen=True, slots=True)
class RoutedArticle:
    """An article that feeds take; ``feeds`` are the slugs of all of them."""

    article: Article
    feeds: tuple[str, ...]
    turn: Turn = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Content:
    """An article's body in feeds: safe ``html``, and a plain-text ``summary``.

    The summary ``is_made`` from the text if its source has none.
    """

    html: str
    summary: str
    is_made: bool = False

    @property
    def lead(self) -> str:
        """The text for feeds without full texts: its summary, or its first sentences."""
        return first_sentences(visible_text(self.html)) if self.is_made else self.summary


@dataclass(frozen=True, slots=True)
class StoredContent:
    """Content that is spooled to the disk and read on demand."""

    stored: BlobRef
    html_size: int
    is_made: bool = False

    @classmethod
    def of(cls, content: Content, spool: Spool) -> Self:
        """Write ``content`` to ``spool``."""
        html, summary = (text.encode("utf-8", "surrogatepass") for text in (content.html, content.summary))
        return cls(spool.put(html + summary), len(html), content.is_made)

    @property
    def html(self) -> str:
        """The safe HTML."""
        return self.stored.read()[: self.html_size].decode("utf-8", "surrogatepass")

    @property
    def summary(self) -> str:
        """The plain-text summary."""
        return self.stored.read()[self.html_size :].decode("utf-8", "surrogatepass")

    @property
    def lead(self) -> str:
        """The text for feeds without full texts."""
        return Content(self.html, self.summary, self.is_made).lead


def make_entry(selected: RoutedArticle | Entry, local: Local | None = None) -> Entry:
    """Return the entry of an article: its body as content, with addresses that every format allows.

    An entry stays as it is. ``local`` returns the published files beside the article.
    Sources have already checked the addresses, with a notice for each that they repaired or left out. But an article
    may come from elsewhere, and a single address that a format does not allow would make the whole feed invalid.
    """
    if isinstance(selected, Entry):
        return selected
    article = selected.article
    source, written = article.written, None
    if source:
        before = replace(article, title=source.title, body=source.body, html=source.html, written=None)
        written = Prints.of(source.title, content_of(before, local).html)
    if (
        article.link
        or article.image
        or article.enclosures
        or article.via
        or article.authors
        or article.license
        or article.episode
    ):
        enclosures = (_enclosure(enclosure, local) for enclosure in article.enclosures)
        image, picture = _picture(article, local)
        via = article.via
        article = replace(
            article,
            link=_address(article.link),
            image=image,
            picture=picture,
            license=_address(article.license),
            episode=_episode(article, local),
            enclosures=tuple(enclosure for enclosure in enclosures if enclosure),
            via=replace(via, url=_address(via.url), page=_address(via.page)) if via else None,
            authors=tuple(replace(author, uri=_address(author.uri)) for author in article.authors),
        )
    return Entry(article, selected.feeds, content_of(article, local), turn=selected.turn, written=written)


def _picture(article: Article, local: Local | None) -> tuple[str | None, Picture | None]:
    """Return the address of the image of an article, and what is known about it; local files are measured."""
    file = local(article.image, "picture") if article.image and local else None
    if file:
        said = article.picture or Picture()
        return file.url, replace(
            said, type=file.type, width=file.width, height=file.height, length=file.length
        )
    address = _address(article.image)
    return address, article.picture if address else None


def _episode(article: Article, local: Local | None) -> Episode | None:
    """Return what is known about an episode; the duration of a local file is measured."""
    said, main = article.episode, article.main_enclosure
    file = local(main.url, "file") if local and main else None
    if file and file.duration:
        said = replace(said or Episode(), duration=file.duration)
    if said is None:
        return None
    transcripts = (_transcript(each, local) for each in said.transcripts)
    chapters = local(said.chapters, "chapters") if said.chapters and local else None
    pictures = [local(each.image, "picture") if each.image and local else None for each in said.speakers]
    return replace(
        said,
        chapters=chapters.url if chapters else _address(said.chapters),
        transcripts=tuple(each for each in transcripts if each),
        speakers=tuple(
            replace(each, image=file.url if file else _address(each.image), uri=_address(each.uri))
            for each, file in zip(said.speakers, pictures, strict=True)
        ),
    )


def _transcript(transcript: Transcript, local: Local | None) -> Transcript | None:
    if local and (file := local(transcript.url, "transcript")):
        return replace(transcript, url=file.url, type=file.type)
    url = web_address(transcript.url)
    return replace(transcript, url=url) if url else None


def _enclosure(enclosure: Enclosure, local: Local | None) -> Enclosure | None:
    if local and (file := local(enclosure.url, "file")):
        # For a local file, measurements override what its source says.
        return Enclosure(file.url, file.type, file.length, file_name(enclosure.url))
    url = web_address(enclosure.url)
    return replace(enclosure, url=url) if url else None


UNSPECIFIED = "http://purl.org/atompub/license#unspecified"
"""The address that says that the licence of an entry is unspecified (RFC 4946 §2.1)."""


def _address(text: str | None) -> str | None:
    return web_address(text) if text else None


def offload(entry: Entry, spool: Spool) -> Entry:
    """Return ``entry`` with its texts spooled to the disk until it is rendered."""
    put_aside = entry.content
    content = StoredContent.of(Content(put_aside.html, put_aside.summary, put_aside.is_made), spool)
    source = entry.article.written
    bare = replace(entry.article, body="", summary=None, written=source and replace(source, body=""))
    return replace(entry, article=bare, content=content)


def content_of(article: Article, local: Local | None = None) -> Content:
    """Return the body of ``article`` for feeds, with its own summary if it has one.

    ``local`` returns the published files beside the article.
    """
    if article.html:
        files: dict[str, str] = {}
        if local:
            # Before nh3 runs: an error within it would be lost.
            found = ((reference, local(reference, "file")) for reference in relative_addresses(article.body))
            files = {reference: file.url for reference, file in found if file}
        html = sanitise(article.body, article.link, files)
        return Content(html, article.summary or summarise(visible_text(html)), not article.summary)
    return Content(
        text_to_html(article.body), article.summary or summarise(article.body), not article.summary
    )


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Return ``entries`` in the order of a feed: newest first, and at the same instant by turn, the last one first."""

    def place(entry: Entry) -> tuple[float, int, int, int, str]:
        file, line, column = entry.turn
        return -entry.article.published.timestamp(), -file, -line, -column, entry.article.id

    return sorted(entries, key=place)


SUMMARY_LENGTH = 300

_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")

_INDENTED = re.compile(r"\n(?=[ \t])")

# The end of a sentence: a closing mark, perhaps quotes or brackets, then white space; CJK marks need none.
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|[。！？][」』）]*")


def paragraphs(text: str) -> list[str]:
    """Split plain text into paragraphs, as its writer marked them.

    They are separated by blank lines, or begin with an indented line; without either, each line is a paragraph.
    """
    text = text.strip("\n")
    for mark in (_BLANK, _INDENTED):
        if mark.search(text):
            break
    else:
        mark = re.compile("\n")
    return [part.strip() for part in mark.split(text) if part.strip()]


def text_to_html(text: str) -> str:
    """Return plain text as escaped HTML paragraphs."""
    return "\n".join(f"<p>{escape(part, quote=False)}</p>" for part in paragraphs(text))


def summarise(text: str, length: int = SUMMARY_LENGTH) -> str:
    """Return the beginning of ``text`` as one line of at most ``length`` characters.

    It ends with a sentence if one ends in the last two fifths, otherwise after a word, with an ellipsis.
    """
    line = " ".join(text[: length * 8].split())
    if len(line) <= length and len(text) <= length * 8:
        return line
    ends = [end for match in _SENTENCE_END.finditer(line[: length + 1]) if (end := match.end()) <= length]
    if ends and ends[-1] >= length * 3 // 5:
        return line[: ends[-1]]
    cut = line.rfind(" ", 0, length)
    # Text without spaces (Chinese, Japanese, Thai) is cut where it must be.
    return line[: cut if cut >= length // 2 else length - 1].rstrip(" ,;:–—-") + "…"


# The same for all scripts, including marks of Devanagari, Arabic, Urdu, Ethiopic, Burmese, Khmer, Armenian and Tibetan.
_ANY_END = re.compile(r"[.!?…։؟۔።፧।॥។៕།᙮᠃᠉‽⁇⁈⁉][\"'\u2019”’»›)\]\u200f]*(?=\s|$)|[။၊]|[。！？｡︒][」』）”’]*")


def first_sentences(text: str, length: int = SUMMARY_LENGTH) -> str:
    """Return the first whole sentences of ``text``, up to ``length`` characters, in any script.

    If the first sentence is longer, or they would be shorter than a third of that, the result ends after a word, with
    an ellipsis; in a script without spaces, after a letter with all its marks.
    """
    line = " ".join(text[: length * 8].split())
    if len(line) <= length and len(text) <= length * 8:
        return line
    ends = [end for match in _ANY_END.finditer(line) if (end := match.end()) <= length]
    if ends and ends[-1] >= length // 3:
        return line[: ends[-1]]
    cut = line.rfind(" ", 0, length)
    if cut < length // 2:
        cut = length - 1
        while cut > length // 2 and _joins(line[cut - 1 : cut + 1]):
            cut -= 1
    return line[:cut].rstrip(" ,;:–—-、，") + "…"


def _joins(pair: str) -> bool:
    """Say whether two characters are parts of what readers see as one."""
    return "\u200d" in pair or unicodedata.category(pair[-1]) in ("Mn", "Mc", "Me", "Sk", "Cf", "Lm")
