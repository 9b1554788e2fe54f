"""``feedpub explain``: say why an article is in a feed, or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from feedpub.articles.article import Article, Origin, Reject
from feedpub.cli.console import (
    DEFAULT_CONFIG,
    ConfigOption,
    Failed,
    Format,
    FormatOption,
    Misused,
    console,
    print_json,
)
from feedpub.config import load_config
from feedpub.insight.lookup import find, find_at
from feedpub.planning.hands import Decision
from feedpub.planning.site_plan import SitePlan
from feedpub.planning.verdicts import Fate, Placement, Record, Verdict, Where
from feedpub.publishing.build import open_plan
from feedpub.rules.explanation import Explanation, FeedExplanation, Hit
from feedpub.rules.fields import texts
from feedpub.sources.files import display_name
from feedpub.text.safe_html import visible

SHOWN_HITS = 5
SHOWN_MISSES = 3
SHOWN_CHOICES = 10
SHOWN_SILENT = 8
AROUND = 32
SHOWN_LINES = 3
LINE = 100


def explain(
    article: Annotated[
        str | None,
        typer.Argument(help="Its title or part of it, its id, its link or its file.", metavar="ARTICLE"),
    ] = None,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    file: Annotated[
        Path | None, typer.Option(help="The file it is in; needs --line.", metavar="FILE")
    ] = None,
    line: Annotated[
        int | None, typer.Option(help="A line of the article in --file, from 1.", min=1, metavar="N")
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(help="Any text instead of an article; its first line is the title.", metavar="TEXT"),
    ] = None,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Show what the next build does with an article, which feeds take it, and by which terms.

    It also finds drafts, rejects and articles that are held.

    Example: feedpub explain "Oil Supply Cuts"
    """
    settings = load_config(config)
    if article is not None and not article.strip():
        raise Misused(
            "the argument is empty; give the title, part of it, the id, the link or the file of an article"
        )
    given = [article is not None, text is not None, file is not None or line is not None]
    if given.count(True) != 1 or (file is None) != (line is None):
        raise Misused("name one article: by its title, id, link or file, by --file and --line, or by --text")
    if text is not None:
        found = _from_text(text)
        shown = settings.rules.explain(found)
        if report_format is Format.JSON:
            print_json(as_json(shown))
        else:
            _show_feeds(shown, found, {})
        return
    with open_plan(settings, datetime.now(UTC)) as plan:
        verdict = _looked_up(plan, article, file, line)
        record = verdict.record
        rules = _rules_that_cleaned(plan, record)
        explained: Explanation | None = None
        decisions: tuple[Decision, ...] = ()
        if isinstance(record, Article):
            told = replace(record, id=plan.ingested.index.identify(record))
            decisions = plan.ingested.hands.decisions(told)
            explained = plan.settings.rules.explain(record, plan.ingested.hands.of(told))
    if report_format is Format.JSON:
        print_json(as_json(explained, verdict, rules, decisions))
    else:
        _show(verdict, explained, rules, decisions)


def as_json(
    explanation: Explanation | None,
    verdict: Verdict | None = None,
    rules: Sequence[str] = (),
    decisions: Sequence[Decision] = (),
) -> dict[str, Any]:
    """Return an explanation in the shape documented for ``--format json``.

    Rejects and records that are left out have no ``explanation``: rules cannot match them.
    """
    placements = {placement.feed: placement for placement in verdict.placements} if verdict else {}
    by_hand = {decision.feed: decision for decision in decisions}
    shown: dict[str, Any] = {
        "article": {
            "id": (verdict.id if verdict else explanation and explanation.id) or "",
            "title": explanation.title if explanation else _title(verdict),
        },
        "feeds": [
            {
                "slug": feed.slug,
                "in": feed.taken,
                "why": feed.why,
                "hits": [_hit_as_json(hit) for hit in feed.hits],
                "vetoed_by": [_hit_as_json(hit) for hit in feed.vetoed_by],
                "near_misses": [{"term": miss.term, "reason": miss.reason} for miss in feed.near_misses],
                "included_by": list(feed.included_by),
                "excluded_by": list(feed.excluded_by),
                "hand": _hand_as_json(by_hand.get(feed.slug)),
                "placement": _placement_as_json(placements.get(feed.slug)),
            }
            for feed in (explanation.feeds if explanation else ())
        ],
        "fate": None,
        "left_out": [],
        "duplicate_of": None,
        "cleaned": None,
    }
    if verdict:
        place = verdict.record.origin
        shown["fate"] = {
            "is": verdict.fate,
            "reason": verdict.reason,
            "file": place.file,
            "line": place.line,
        }
        near = [p.reason for p in verdict.placements if p.where is Where.NEAR_DUPLICATE]
        shown["left_out"] = near if verdict.fate is Fate.ARTICLE else [verdict.reason]
        if verdict.kept:
            kept = {"id": verdict.kept_id, "file": verdict.kept.file, "line": verdict.kept.line}
            shown["duplicate_of"] = kept
        if isinstance(verdict.record, Article) and (before := verdict.record.written):
            shown["cleaned"] = {"rules": list(rules), "title": before.title, "body": before.body}
    return shown


def _hand_as_json(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {"does": decision.does, "file": decision.file, "line": decision.line}


def _placement_as_json(placement: Placement | None) -> dict[str, Any] | None:
    if placement is None:
        return None
    return {
        "where": placement.where,
        "documents": list(placement.documents),
        "reason": placement.reason,
    }


def _title(verdict: Verdict | None) -> str:
    """Return the title of a record that is not an article; for a reject, the first line of its text."""
    record = verdict.record if verdict else None
    if isinstance(record, Reject):
        return next(iter(record.text.splitlines()), "")
    return record.title if record else ""


def _hit_as_json(hit: Hit) -> dict[str, Any]:
    return {"term": hit.term, "field": hit.field, "start": hit.start, "end": hit.end, "text": hit.text}


def _from_text(text: str) -> Article:
    title, _, body = text.partition("\n")
    return Article("", title, body, datetime(1970, 1, 1, tzinfo=UTC), Origin("--text", 1, 1))


def _looked_up(plan: SitePlan, wish: str | None, file: Path | None, line: int | None) -> Verdict:
    if wish is not None:
        found, what = find(plan, wish), repr(wish)
    else:
        assert file is not None
        assert line is not None
        found, what = find_at(plan, file, line), f"{file}:{line}"
    if found.exact:
        return found.verdicts[0]
    if not found.verdicts:
        looked_at = (
            ""
            if wish is None
            else "; looked at titles, ids, links, keys and files of the sources as they are now"
        )
        raise Failed(f"the sources have no article {what}{looked_at}")
    lines = [f"{what} matches several articles; name one by its id, or by --file and --line"]
    for verdict in found.verdicts[:SHOWN_CHOICES]:
        title = verdict.record.title if isinstance(verdict.record, Article) else _title(verdict)
        about = verdict.id if verdict.fate is Fate.ARTICLE else verdict.fate
        lines.append(f"  {verdict.record.origin}: {title} ({about})")
    if (more := len(found.verdicts) - SHOWN_CHOICES) > 0:
        lines.append(f"  … and {more} more")
    raise Failed(*lines)


def _rules_that_cleaned(plan: SitePlan, record: Record) -> tuple[str, ...]:
    """Return the cleaning rules that changed an article, each with its place in the config."""
    if not isinstance(record, Article) or not record.written:
        return ()
    inputs = plan.ingested.readings.inputs
    spec = next(spec for _, spec, file in inputs if display_name(spec, file) == record.origin.file)
    found = enumerate(spec.cleaning.rules)
    return tuple(
        f"{rule.where.file}:{rule.where.line}: {rule}"
        for number, rule in found
        if number in record.written.applied
    )


def _show_cleaned(article: Article, rules: Sequence[str]) -> None:
    """Show what cleaning rules changed in an article: the lines that differ, before and after."""
    before, out = article.written, console()
    if before is None:
        return
    for rule in rules:
        out.print(Text(f"    cleaned by {rule}", "dim"))
    old, new = (_lines(text.title, text.body, html=text.html) for text in (before, article))
    for sign, lines, others in (("-", old, set(new)), ("+", new, set(old))):
        changed = [line for line in lines if line not in others]
        for line in changed[:SHOWN_LINES]:
            out.print(Text(f"    {sign} {line[:LINE]}{'…' if len(line) > LINE else ''}"))
        if len(changed) > SHOWN_LINES:
            out.print(Text(f"    {sign} … and {len(changed) - SHOWN_LINES} more", "dim"))


def _lines(title: str, body: str, *, html: bool) -> list[str]:
    text = visible(body) if html else body
    return [title, *(folded for line in text.split("\n") if (folded := " ".join(line.split())))]


def _show(
    verdict: Verdict,
    explanation: Explanation | None,
    rules: Sequence[str] = (),
    decisions: Sequence[Decision] = (),
) -> None:
    if explanation and isinstance(verdict.record, Article):
        placements = {placement.feed: placement for placement in verdict.placements}
        article = replace(verdict.record, id=verdict.id or "")
        _show_feeds(explanation, article, placements, verdict, decisions)
        _show_cleaned(verdict.record, rules)
    else:
        out = console()
        out.print(Text(_title(verdict), "bold"))
        out.print(Text(f"{verdict.record.origin}  {verdict.id or ''}".rstrip(), "dim"))
        out.print(_fate(verdict))


def _fate(verdict: Verdict) -> Text:
    """Return what becomes of a record that is not published, as a line."""
    told = verdict.reason.startswith(("left out", "held"))
    return Text(verdict.reason if told else f"{verdict.fate}: {verdict.reason}", "bold yellow")


def _show_feeds(
    explanation: Explanation,
    article: Article,
    placements: Mapping[str, Placement],
    verdict: Verdict | None = None,
    decisions: Sequence[Decision] = (),
) -> None:
    """Show which feeds take an article; if the ``verdict`` is that it is not published, first say that."""
    out = console()
    known_as, public = verdict and verdict.id, verdict is None or verdict.fate is Fate.ARTICLE
    by_hand = {decision.feed: decision for decision in decisions}
    out.print(Text(explanation.title, "bold"))
    out.print(Text(f"{article.origin}  {known_as or explanation.id}".rstrip(), "dim"))
    if verdict and not public:
        out.print(_fate(verdict))
    ways = sorted(
        explanation.feeds, key=lambda feed: (not feed.taken, not (feed.vetoed_by or feed.near_misses))
    )
    silent = [feed for feed in ways if not (feed.taken or _has_reasons(feed))]
    grouped = [feed.slug for feed in silent if feed.terms] if len(silent) > SHOWN_SILENT else []
    for feed in ways:
        if feed.slug in grouped:
            continue
        placement = placements.get(feed.slug) if feed.taken else None
        has_it = public and (placement is None or _is_there(placement))
        out.print(_heading(feed, by_hand.get(feed.slug), has_it=has_it))
        if placement:
            out.print(_placed(placement))
        for row in _rows(feed, article):
            out.print(row)
    if grouped:
        out.print(
            Text("· not in ", "dim")
            .append(", ".join(grouped))
            .append("  none of their terms is in the article")
        )


def _is_there(placement: Placement) -> bool:
    return bool(placement.documents) or placement.where is Where.ARCHIVE


def _placed(placement: Placement) -> Text:
    """Return where an article is in a feed that takes it, as a line."""
    if placement.documents:
        return Text(f"    documents  {', '.join(placement.documents)}")
    if placement.where is Where.ARCHIVE:
        return Text("    documents  a closed archive document")
    return Text(f"    left out   {placement.reason}", "yellow")


def _has_reasons(feed: FeedExplanation) -> bool:
    return bool(feed.hits or feed.vetoed_by or feed.near_misses or feed.excluded_by or feed.hand)


def _heading(feed: FeedExplanation, decision: Decision | None = None, *, has_it: bool = True) -> Text:
    """Return the line on whether a feed takes an article; without ``has_it``, something else keeps the article out."""
    taken = ("✓ in ", "bold green") if has_it else ("· would be in ", "yellow")
    if decision and feed.hand:
        sign = taken if feed.taken else ("✗ not in ", "bold red")
        return Text.assemble(sign, (feed.slug, "bold"), f"  {decision}")
    if feed.taken:
        how = {
            "rule": "its rule matches",
            "fallback": "no other feed takes it",
            "everything": "it takes everything",
            "include": f"included from {', '.join(feed.included_by)}",
        }[feed.why or "rule"]
        return Text.assemble(taken, (feed.slug, "bold"), f"  {how}")
    if feed.vetoed_by:
        how = "refused" if feed.why else "refused, and its rule does not match"
    elif feed.excluded_by:
        how = f"excluded, because it is in {', '.join(feed.excluded_by)}"
    elif _has_reasons(feed):
        how = "its rule does not match"
    else:
        how = _why_silent(feed)
    return Text.assemble(("✗ not in ", "bold red"), (feed.slug, "bold"), f"  {how}")


def _why_silent(feed: FeedExplanation) -> str:
    """Return why a feed does not take an article in which nothing has to do with its rule, as a clause."""
    if feed.fallback:
        return "another feed takes it"
    if feed.terms is None:
        return "none of the feeds that it includes takes it"
    if feed.terms == 1:
        return "its only term is not in the article"
    return f"none of its {feed.terms:,} terms is in the article" if feed.terms else "its rule does not match"


def _rows(feed: FeedExplanation, article: Article) -> list[Text]:
    rows = _hit_rows("refused by", feed.vetoed_by, article, "bold red")
    rows += _hit_rows("found", feed.hits, article, "bold green" if feed.taken else "bold yellow")
    rows += [
        Text.assemble("    near miss  ", (miss.term, "yellow"), f": {miss.reason}")
        for miss in feed.near_misses[:SHOWN_MISSES]
    ]
    return rows


def _hit_rows(label: str, hits: Sequence[Hit], article: Article, style: str) -> list[Text]:
    """Return one row for each place, even if several terms are found there."""
    places: dict[tuple[str, int, int], Hit] = {}
    for hit in hits:
        places.setdefault((hit.field, hit.value, hit.start), hit)
    rows = []
    for hit in list(places.values())[:SHOWN_HITS]:
        before, after = snippet(hit, article)
        row = Text.assemble(f"    {label:10} ", (hit.term, "bold"), f"  {hit.field} {hit.start}-{hit.end}  ")
        rows.append(row.append(before, "dim").append(hit.text, style).append(after, "dim"))
    if len(places) > SHOWN_HITS:
        rows.append(Text(f"    {'':10} … and {len(places) - SHOWN_HITS} more; --format json has all", "dim"))
    return rows


def snippet(hit: Hit, article: Article) -> tuple[str, str]:
    """Return what is before and after a hit, in one line."""
    whole = texts(article, hit.field)[hit.value]
    before, after = whole[max(0, hit.start - AROUND) : hit.start], whole[hit.end : hit.end + AROUND]
    left = "…" if hit.start > AROUND else ""
    right = "…" if hit.end + AROUND < len(whole) else ""
    return left + " ".join(f"{before}|".split())[:-1], (" ".join(f"|{after}".split()) + right)[1:]
