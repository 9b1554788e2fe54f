"""What a reader sees of an article: the texts that rules are matched on."""

from __future__ import annotations

from html.parser import HTMLParser

from feedpub.article import Article
from feedpub.rules.terms import Field

# Elements whose content no browser shows, and those that stand within a line: all others break it.
_UNSEEN = frozenset(("script", "style", "template", "noscript", "head", "title", "iframe", "object", "svg", "math"))
_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong"),
        *("sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
# Their end tags do not exist (https://html.spec.whatwg.org/#void-elements), so they hide nothing.
_VOID = frozenset(("br", "hr", "img", "input", "wbr", "area", "base", "col", "embed", "link", "meta", "source", "track"))


def texts(article: Article, field: Field) -> tuple[str, ...]:
    """Return the visible texts of a field: several authors or categories, one title, one body."""
    if field == "title":
        return (article.title,)
    if field == "body":
        return (visible(article.body) if article.html else article.body,)
    if field == "category":
        return article.categories
    return tuple(author.name for author in article.authors)


def visible(html: str) -> str:
    """Return the text that a browser would show of ``html``, with a line break where a block begins or ends."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag not in _INLINE:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # <script/> is no empty element in HTML; <svg/> is.
        if tag not in {"svg", "math"}:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            while self._unseen.pop() != tag:
                pass
        elif tag not in _INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)
