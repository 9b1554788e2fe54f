"""The rules by which a source's articles are cut and changed. Pure, and never part of an id.

CSS selectors choose elements of HTML bodies; regular expressions (RE2) replace text in titles and bodies. A body
that no rule matches stays the same, to the byte.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple, TypeAlias

from lxml import etree, html

from feedpub.core.errors import Where
from feedpub.sources.selectors import Elements
from feedpub.text.regex import replaced
from feedpub.text.safe_html import too_deep


@dataclass(frozen=True, slots=True)
class Selector:
    """A CSS selector, and where the config has it."""

    css: str
    where: Where

    def __str__(self) -> str:
        return f"'{self.css}'"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A regular expression (RE2, ignoring case), its replacement, and where the config has it."""

    pattern: str
    instead: str
    where: Where

    def __str__(self) -> str:
        return f"'{self.pattern}'"


Rule: TypeAlias = Selector | Replacement


@dataclass(frozen=True, slots=True)
class Cleaning:
    """The rules of one source. First HTML is reduced to ``keep`` without ``remove``, then text is replaced."""

    keep: Selector | None = None
    remove: tuple[Selector, ...] = ()
    title: tuple[Replacement, ...] = ()
    body: tuple[Replacement, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order in which they apply."""
        kept = (self.keep,) if self.keep else ()
        return (*self.remove, *kept, *self.body, *self.title)

    @property
    def selects(self) -> bool:
        """Whether there is any selector."""
        return self.keep is not None or bool(self.remove)

    def __bool__(self) -> bool:
        return bool(self.rules)


NO_CLEANING = Cleaning()
_AROUND = "x-body"


class Selected(NamedTuple):
    """A body after the selectors: whether it is HTML, and which of them matched."""

    body: str
    html: bool
    applied: frozenset[Rule] = frozenset()


def select(cleaning: Cleaning, body: str) -> Selected:
    """Apply the selectors to ``body``, which is HTML."""
    if not cleaning.selects or too_deep(body):
        return Selected(body, html=True)
    # Inside an element, because the parser would make bare text a paragraph.
    tree = parsed(f"<html><body><{_AROUND}>{body}</{_AROUND}></body></html>")
    applied, kept = cut(cleaning, tree)
    if not applied:
        return Selected(body, html=True)
    if kept is None:
        # The first one is ours, whatever the body contains.
        next(tree.iter(_AROUND)).drop_tag()
        whole = tree.find("body")
        kept = "".join((escape(whole.text or "", quote=False), *map(_markup, whole)))
    return Selected(kept, html=True, applied=applied)


def cut(cleaning: Cleaning, tree: Any) -> tuple[frozenset[Rule], str | None]:
    """Remove elements from ``tree``; return which selectors matched, and the markup of what ``keep`` selects.

    The markup is ``None`` if there is no ``keep``, or if it matches nothing.
    """
    elements = Elements(tree)
    fitting = {rule: _fitting(rule, elements) for rule in cleaning.rules if isinstance(rule, Selector)}
    applied = frozenset(rule for rule, nodes in fitting.items() if nodes)
    gone = {node for rule in cleaning.remove for node in fitting[rule]}
    chosen = set(fitting[cleaning.keep]) if cleaning.keep else set()
    kept = [
        node
        for node in (fitting[cleaning.keep] if cleaning.keep else ())
        if chosen.isdisjoint(node.iterancestors()) and gone.isdisjoint((node, *node.iterancestors()))
    ]
    _drop(gone)
    return applied, "".join(_markup(node, tail=False) for node in kept) if chosen else None


def _fitting(rule: Selector, elements: Elements) -> list[Any]:
    """Return the elements that match, without ``html`` and ``body``, which do not belong to an article's body."""
    return [node for node in elements.fitting(rule.css) if node.tag not in ("html", "body", _AROUND)]


def _drop(gone: Collection[Any]) -> None:
    """Remove elements from their tree; the text after them stays."""
    for parent in {parent for node in gone if (parent := node.getparent()) is not None}:
        # drop_tree of lxml would copy the text before each element again.
        last, texts = None, [parent.text]
        for child in list(parent):
            tail = child.tail
            if child in gone:
                child.tail = None
                parent.remove(child)
            else:
                _put_text(parent, last, texts)
                last, texts = child, []
            texts.append(tail)
        _put_text(parent, last, texts)


def _put_text(parent: Any, last: Any | None, texts: Collection[str | None]) -> None:
    """Set the text after the child ``last`` of ``parent`` (without one, its first text), if it has changed."""
    if len(texts) > 1:
        text = "".join(filter(None, texts)) or None
        if last is None:
            parent.text = text
        else:
            last.tail = text


def parsed(markup: str) -> Any:
    """Return the tree of a page. Raises an error of lxml, or ``ValueError``, if there is none."""
    # Bytes, because lxml refuses a text that declares an encoding.
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    return html.document_fromstring(markup.encode(errors="surrogatepass"), parser=parser)


def _markup(node: Any, *, tail: bool = True) -> str:
    return str(etree.tostring(node, encoding="unicode", method="html", with_tail=tail))


def replace_all(rules: Collection[Replacement], text: str, applied: set[Rule]) -> str:
    """Apply ``rules`` to ``text`` one after the other, and add those that matched to ``applied``."""
    for rule in rules:
        changed = replaced(rule.pattern, rule.instead, text)
        if changed is not None:
            applied.add(rule)
            text = changed
    return text
