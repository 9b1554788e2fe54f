"""An article's body as what feeds carry: HTML for the content, one plain-text paragraph for the summary."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Self

from feedpub.article import Article
from feedpub.core.spool import Aside, Spool
from feedpub.text.safe_html import sanitise, visible_text

SUMMARY_LENGTH = 300

_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_INDENTED = re.compile(r"\n(?=[ \t])")
# The end of a sentence: a closing mark, perhaps quotes or brackets, then white space; CJK marks need none.
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|[。！？][」』）]*")


@dataclass(frozen=True, slots=True)
class Content:
    """An article's body as feeds carry it: safe ``html``, and a plain-text ``summary``."""

    html: str
    summary: str


@dataclass(frozen=True, slots=True)
class StoredContent:
    """The same, put aside on the disk and read whenever it is asked for."""

    stored: Aside
    html_size: int

    @classmethod
    def of(cls, content: Content, spool: Spool) -> Self:
        """Put ``content`` aside in ``spool``."""
        html, summary = (text.encode("utf-8", "surrogatepass") for text in (content.html, content.summary))
        return cls(spool.put(html + summary), len(html))

    @property
    def html(self) -> str:
        """The safe HTML."""
        return self.stored.read()[: self.html_size].decode("utf-8", "surrogatepass")

    @property
    def summary(self) -> str:
        """The plain-text summary."""
        return self.stored.read()[self.html_size :].decode("utf-8", "surrogatepass")


def content_of(article: Article) -> Content:
    """Return the body of ``article`` for feeds; its own summary is used where it has one."""
    if article.html:
        html = sanitise(article.body, article.link)
        return Content(html, article.summary or summarise(visible_text(html)))
    return Content(text_to_html(article.body), article.summary or summarise(article.body))


def paragraphs(text: str) -> list[str]:
    """Split plain text into paragraphs, as its writer marked them.

    Blank lines mark them where there are any, else indented first lines; text with neither has a paragraph a
    line.
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

    It ends with a sentence where one ends in the last two fifths, else at a word and with an ellipsis.
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
