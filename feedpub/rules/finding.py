"""Which terms an article holds: fast, without places."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from feedpub.articles.article import Article
from feedpub.rules.regexes import RegexScanner
from feedpub.rules.scan import Scanner
from feedpub.rules.terms import Term, View
from feedpub.rules.visible import joined, texts
from feedpub.text.safe_html import visible


class TermFinder:
    """Terms under numbers of the caller's choice; terms may share one. Made once, used on every article."""

    def __init__(self, terms: Iterable[tuple[int, Term]]) -> None:
        views = defaultdict[View, list[tuple[int, Term]]](list)
        for number, term in terms:
            views[term.view].append((number, term))
        self._scanners = [
            (view, RegexScanner(of_view) if view.regex else Scanner(of_view))
            for view, of_view in views.items()
        ]

    def found(self, article: Article) -> list[int]:
        """Return the numbers of the terms that the article holds, each once or more."""
        if article.html:
            article = replace(article, body=visible(article.body), html=False)
        found: list[int] = []
        for view, scanner in self._scanners:
            if isinstance(scanner, Scanner):
                found.extend(scanner.find(view.prepare(joined(article, view.fields))))
                continue
            for field in view.fields:
                for text in texts(article, field):
                    found.extend(scanner.find(unicodedata.normalize("NFC", text).encode("utf-8", "replace")))
        return found
