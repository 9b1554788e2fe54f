"""What a reader sees of an article: the texts that rules are matched on."""

from __future__ import annotations

import html
import re

from feedpub.article import Article
from feedpub.rules.terms import FIELDS, Field

# One pass with no way back, so that no markup, however broken, takes longer than its length: a quantifier with
# a + gives nothing back, and what has no end runs to the end of the text, as the HTML standard has it.
_MARKUP = re.compile(
    r"""(?P<comment><!--.*?(?:-->|\Z) | <[!?][^>]*(?:>|\Z))
    | <(?P<end>/)?(?P<name>[a-z][^\s/>]*+)
      (?: [^>=] | =\s*+(?:"[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | (?!["'])) )*+ (?:>|\Z)""",
    re.ASCII | re.DOTALL | re.IGNORECASE | re.VERBOSE,
)

# Elements whose content no one is shown.
_UNSEEN = frozenset(("head", "iframe", "script", "style", "template", "title"))
# Elements that stand within a line; the tags of all others break it.
_INLINE = frozenset(
    (
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "data",
            "del",
            "dfn",
            "em",
            "font",
            "i",
        ),
        *(
            "ins",
            "kbd",
            "label",
            "mark",
            "q",
            "rp",
            "rt",
            "ruby",
            "s",
            "samp",
            "small",
            "span",
            "strike",
            "strong",
        ),
        *("sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
# What rules look at unless they say otherwise, and so what has to be fast.
_TITLE_AND_BODY: frozenset[Field] = frozenset(("title", "body"))


def texts(article: Article, field: Field) -> tuple[str, ...]:
    """Return the visible texts of a field: several authors or categories, one title, one body."""
    if field == "title":
        return (article.title,)
    if field == "body":
        return (visible(article.body) if article.html else article.body,)
    if field == "category":
        return article.categories
    return tuple(author.name for author in article.authors)


def joined(article: Article, fields: frozenset[Field]) -> str:
    """Return the texts of several fields between zero characters, which no term holds; the body is visible text."""
    if fields == _TITLE_AND_BODY:
        return f"\0{article.title}\0{article.body}\0"
    parts = [text for field in FIELDS if field in fields for text in texts(article, field)]
    return "\0".join(("", *parts, ""))


def visible(markup: str) -> str:
    """Return the text that a browser would show, with a line break where a block begins or ends.

    Broken markup is read as far as the HTML standard's tokeniser would (§13.2.5), without its repairs.
    """
    if "<" not in markup:
        return html.unescape(markup)
    parts: list[str] = []
    place = 0
    while (match := _MARKUP.search(markup, place)) is not None:
        parts.append(html.unescape(markup[place : match.start()]))
        place = match.end()
        name = (match["name"] or "").lower()
        if name in _UNSEEN and not match["end"]:
            place = _end_of_unseen(markup, name, place)
        elif name and name not in _INLINE:
            parts.append("\n")
    parts.append(html.unescape(markup[place:]))
    return "".join(parts)


def _end_of_unseen(markup: str, name: str, place: int) -> int:
    """Return where an element ends that no one is shown; without an end tag, that is the end of the text."""
    end = re.compile(rf"</{name}(?![a-z0-9])[^>]*+>?", re.IGNORECASE).search(markup, place)
    return end.end() if end else len(markup)
