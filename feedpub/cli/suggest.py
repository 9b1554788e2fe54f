"""``feedpub suggest``: a rule for a feed, learned from examples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any

import typer

from feedpub.articles.article import Article, Origin
from feedpub.cli.console import DEFAULT_CONFIG, ConfigOption, Failed, Misused, count, print_json, print_text
from feedpub.config import Settings, load_config
from feedpub.core.yaml_node import did_you_mean, read_yaml
from feedpub.insight.suggest import ALPHA, ALPHA_SHORT, LEAST, Candidate, Evidence, Learner, Score, Suggestion
from feedpub.planning.verdicts import articles
from feedpub.publishing.build import open_plan
from feedpub.rules import RuleSet, compile_rules
from feedpub.rules.fields import FIELDS
from feedpub.rules.rule import as_article

_PRECISE_ENOUGH = 0.5
_AT_MOST = 200
_PLAIN = re.compile(r"[a-z]+(?: [a-z]+)*")
_NOT_TEXT = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


class SuggestFormat(StrEnum):
    """How the rule is written."""

    YAML = "yaml"
    JSON = "json"


class _Unfit(Exception):
    """Why nothing can be learned, as a sentence."""


def suggest(
    feed: Annotated[str, typer.Argument(help="The slug of the feed that the rule is for.", metavar="FEED")],
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    like: Annotated[
        list[str] | None,
        typer.Option(
            help="Articles that belong: a source's file or pattern, or a file of titles or links, one a line.",
            metavar="FILE",
        ),
    ] = None,
    unlike: Annotated[
        list[str] | None, typer.Option(help="Articles that do not belong, in the same way.", metavar="FILE")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            help=f"Learn from a field of the articles ({', '.join(FIELDS)}): articles with this value"
            " belong, articles with other values do not.",
            metavar="FIELD=VALUE",
        ),
    ] = None,
    share: Annotated[
        str | None,
        typer.Option(
            help="Learn from all other articles, too; about this share of them belongs.",
            metavar="PERCENT",
        ),
    ] = None,
    terms: Annotated[
        int, typer.Option(min=1, max=_AT_MOST, help="The maximum number of terms in the rule.", metavar="N")
    ] = 40,
    short: Annotated[
        bool, typer.Option("--short", help="Make a shorter rule that finds a little less.")
    ] = False,
    report_format: Annotated[
        SuggestFormat, typer.Option("--format", help="How to write the rule.")
    ] = SuggestFormat.YAML,
) -> None:
    """Propose a rule for a feed, learned from articles that belong and articles that do not; write no file.

    Without --like and --where, it learns from the examples of the feed. The reported figures come from articles
    that it did not learn from.

    Example: feedpub suggest energy --where category=Energy --short
    """
    settings = load_config(config)
    slugs = settings.rules.slugs
    if feed not in slugs:
        remedy = did_you_mean(feed, slugs) or f"feeds of this config: {', '.join(slugs)}"
        raise Misused(f"there is no feed {feed!r}; {remedy}")
    part = _share(share)
    with open_plan(settings, datetime.now(UTC)) as plan:
        at_hand = list(articles(plan))
    try:
        belonging, others = _chosen(settings, feed, at_hand, like or [], unlike or [], where)
        if part is not None:
            known = {article.id for article in (*belonging, *others)}
            others = [*others, *(article for article in at_hand if article.id not in known)]
        learner = _learner(belonging, others, part)
        suggestion = _learned(learner, terms, ALPHA_SHORT if short else ALPHA)
    except _Unfit as unfit:
        raise Failed(str(unfit)) from None
    now = _scored(learner, settings.rules, feed)
    if report_format is SuggestFormat.JSON:
        print_json(_as_json(suggestion, now, learner))
    else:
        print_text(as_yaml(suggestion, now, learner))


def _share(text: str | None) -> float | None:
    if text is None:
        return None
    number = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", text.strip())
    if number is None or not 0 < float(number[1]) < 100:
        raise Misused(f"--share {text}: write a percentage, such as 10%")
    return float(number[1]) / 100


def _chosen(
    settings: Settings,
    slug: str,
    at_hand: Sequence[Article],
    like: Sequence[str],
    unlike: Sequence[str],
    where: str | None,
) -> tuple[list[Article], list[Article]]:
    """Return the articles that belong, and those that are known not to; none is in both."""
    belonging: list[Article] = [article for named in like for article in _named(named, at_hand)]
    others: list[Article] = [article for named in unlike for article in _named(named, at_hand)]
    if where is not None:
        name, _, value = where.partition("=")
        if name not in FIELDS or not value.strip():
            raise Misused(f"--where {where}: write a field and a value, such as category=Energy")
        try:
            has = FIELDS[name].whole_value(value.strip())
        except ValueError as error:
            raise Misused(f"--where {where}: {'; '.join(error.args)}") from None
        for article in at_hand:
            values = [text for text in FIELDS[name].texts(article) if text.strip()]
            if any(map(has, values)):
                belonging.append(article)
            elif values:
                others.append(article)
    rule = settings.rules.rules.feeds[settings.rules.slugs.index(slug)]
    examples = [
        (_example(str(number), as_article(example)), example.wanted)
        for number, example in enumerate(rule.examples)
    ]
    if not like and where is None:
        belonging += [article for article, wanted in examples if wanted]
    if not unlike and where is None:
        others += [article for article, wanted in examples if not wanted]
    inside = {article.id for article in belonging}
    return belonging, [article for article in others if article.id not in inside]


def _example(name: str, article: Article) -> Article:
    return Article(f"example-{name}", article.title, article.body, article.published, article.origin)


def _named(named: str, at_hand: Sequence[Article]) -> list[Article]:
    """Return the articles in the sources' files that match, or the articles that the lines of a file name."""
    path = Path(named)
    found = [
        article
        for article in at_hand
        if fnmatch(article.origin.file, named) or Path(article.origin.file).absolute() == path.absolute()
    ]
    if found:
        return found
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not text in UTF-8"
        raise _Unfit(
            f"{named}: no article of the sources is from it, and it cannot be read: {reason}"
        ) from None
    known = {key: article for article in at_hand for key in (article.title, article.link, article.id) if key}
    day = datetime(1970, 1, 1, tzinfo=UTC)
    return [
        known.get(line) or Article(f"{named}-{number}", line, "", day, Origin(named, number, number))
        for number, line in enumerate(lines, 1)
        if line
    ]


def _learner(belonging: Iterable[Article], others: Iterable[Article], share: float | None) -> Learner:
    learner = Learner(list(belonging), list(others), share)
    if len(learner.belonging) < LEAST:
        raise _Unfit(
            f"a rule needs at least {LEAST} different articles that belong, not {len(learner.belonging):,}: name more"
            " with --like, --where or as examples"
        )
    if not learner.others:
        raise _Unfit(
            "there is no article that does not belong: name some with --unlike, or say with --share what share of the"
            " rest belongs, such as 10%"
        )
    return learner


def _learned(learner: Learner, most: int, alpha: float) -> Suggestion:
    suggestion = learner.learn(most=most, alpha=alpha)
    if not len(suggestion.rule) or suggestion.held_out.precision < _PRECISE_ENOUGH:
        raise _Unfit(
            f"these articles have too little in common: of the held-out articles that a rule takes, only"
            f" {suggestion.held_out.precision:.0%} belong; give more of them, or articles that are more alike"
        )
    return suggestion


def _scored(learner: Learner, rules: RuleSet, slug: str) -> Score:
    """Return the score of a feed's present rule on the articles that were learned from."""
    number = rules.slugs.index(slug)
    taken = 0
    for place, article in enumerate((*learner.belonging, *learner.others)):
        if number in rules.route(article):
            taken |= 1 << place
    return learner.score(taken)


def as_yaml(suggestion: Suggestion, now: Score, learner: Learner) -> str:
    """Return the rule as a part of a config, with comments that say what each term does."""
    others = "do not" if learner.share is None else f"are the rest, of which {learner.share:.3g} belongs"
    belong = count(len(learner.belonging), "article")
    lines = [
        f"# suggested from {belong} that belong and {len(learner.others):,} that {others}",
        f"# held out (3 folds): {_figures(suggestion.held_out)}",
        f"# the present rule on the same articles: {_figures(now)}",
        "any:",
    ]
    rule = suggestion.rule
    first, second = len(rule.strong), len(rule.strong) + len(rule.weak)
    lines += [f"  - {_item(one.term)}  # {_evidence(one)}" for one in suggestion.evidence[:first]]
    if rule.weak:
        lines.append("  - min_hits: 2\n    any:")
        lines += [
            f"      - {_item(one.term)}  # {_evidence(one)}" for one in suggestion.evidence[first:second]
        ]
    if rule.vetoes:
        lines.append("none:")
        lines += [
            f"  - {_item(one.term)}  # removes {one.right:,} wrong and {one.wrong:,} right"
            for one in suggestion.evidence[second:]
        ]
    if suggestion.possible:
        more = ", ".join(f"{_item(one.term)} {one.right:,}/{one.wrong:,}" for one in suggestion.possible)
        lines.append(f"# also possible (right/wrong): {more}")
    text = "\n".join(lines)
    # A config must accept what is shown.
    compile_rules({"suggested": read_yaml(text.encode(), "suggested")}, None, None)
    return text


def _figures(score: Score) -> str:
    return f"precision {score.precision:.2f}, recall {score.recall:.2f}"


def _evidence(one: Evidence) -> str:
    return f"{one.right:,} right, {one.wrong:,} wrong; alone finds {one.alone:,}"


def _item(term: Candidate) -> str:
    """Return a term as an item of a list in YAML."""
    plain = _PLAIN.fullmatch(term.text) and term.text not in _NOT_TEXT
    text = term.text if plain else json.dumps(term.text, ensure_ascii=False)
    return f"{{title: {text}}}" if term.title else text


def _as_json(suggestion: Suggestion, now: Score, learner: Learner) -> dict[str, Any]:
    rule = suggestion.rule
    wanted: list[Any] = [_value(term) for term in rule.strong]
    if rule.weak:
        wanted.append({"any": [_value(term) for term in rule.weak], "min_hits": 2})
    return {
        "belong": len(learner.belonging),
        "others": len(learner.others),
        "held_out": _score(suggestion.held_out),
        "present_rule": _score(now),
        "rule": {"any": wanted} | ({"none": [_value(term) for term in rule.vetoes]} if rule.vetoes else {}),
        "terms": [
            {"term": _value(one.term), "right": one.right, "wrong": one.wrong, "alone": one.alone}
            for one in suggestion.evidence
        ],
        "also_possible": [
            {"term": _value(one.term), "right": one.right, "wrong": one.wrong} for one in suggestion.possible
        ],
    }


def _score(score: Score) -> dict[str, float]:
    return {
        "precision": round(score.precision, 3),
        "recall": round(score.recall, 3),
        "f1": round(score.f1, 3),
    }


def _value(term: Candidate) -> Any:
    return {"title": term.text} if term.title else term.text
