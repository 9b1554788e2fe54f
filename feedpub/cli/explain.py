"""``feedpub explain``: say why an article is in a feed, or not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    FAILED,
    USAGE,
    ConfigOption,
    Format,
    FormatOption,
    console,
    print_error,
    print_json,
    print_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from feedpub.articles.article import Article
    from feedpub.config import Settings
    from feedpub.insight.lookup import Duplicate, Known
    from feedpub.rules.explanation import Explanation, FeedExplanation, Hit

SHOWN_HITS = 5
SHOWN_MISSES = 3
SHOWN_CHOICES = 10
AROUND = 32


def explain(
    article: Annotated[str | None, typer.Argument(help="Its title, part of it, its id or its link.")] = None,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    file: Annotated[Path | None, typer.Option(help="The file it stands in, with --line.")] = None,
    line: Annotated[int | None, typer.Option(help="A line of it, from 1.", min=1)] = None,
    text: Annotated[
        str | None, typer.Option(help="A text that need not exist: its first line is the title.")
    ] = None,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Say of each feed whether it takes an article, and by which terms.

    Example: feedpub explain "Oil Supply Cuts"
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - keeps --help fast

    from feedpub.config import load_config  # noqa: PLC0415
    from feedpub.insight.lookup import known  # noqa: PLC0415

    settings = load_config(config)
    given = [article is not None, text is not None, file is not None or line is not None]
    if given.count(True) != 1 or (file is None) != (line is None):
        print_error("name one article: by its title or id, by --file and --line, or by --text")
        raise typer.Exit(USAGE)
    duplicate, left_out, kept = None, [], None
    if text is not None:
        found = _from_text(text)
    else:
        with known(settings, datetime.now(UTC)) as subscribers:
            found = _looked_up(settings, subscribers, article, file, line)
            if duplicate := _duplicate(settings, subscribers, found):
                kept = _kept_as_json(settings, subscribers, duplicate)
        left_out = [duplicate.reason] if duplicate else _left_out(settings, found)
    explanation = settings.rules.explain(found)
    if report_format is Format.JSON:
        print_json(as_json(explanation) | {"left_out": left_out, "duplicate_of": kept})
    else:
        _show(explanation, found)
        for reason in left_out:
            print_text(reason)


def as_json(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation in the shape that ``--format json`` documents."""
    return {
        "article": {"id": explanation.id, "title": explanation.title},
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
            }
            for feed in explanation.feeds
        ],
    }


def _duplicate(settings: Settings, subscribers: Known, article: Article) -> Duplicate | None:
    """Return what a build now would leave out ``article`` for, if it is a record of one that stands elsewhere."""
    from datetime import UTC, datetime  # noqa: PLC0415 - keeps --help fast

    from feedpub.insight.lookup import duplicates  # noqa: PLC0415

    found = duplicates(settings, datetime.now(UTC), subscribers.past)
    return next((duplicate for duplicate in found if duplicate.origin == article.origin), None)


def _left_out(settings: Settings, article: Article) -> list[str]:
    """Return why feeds that leave out near-duplicates leave out ``article``, as a build would now."""
    if all(feed.near is None for feed in settings.feeds):
        return []
    from datetime import UTC, datetime  # noqa: PLC0415 - keeps --help fast

    from feedpub.core.errors import ALLOWANCES  # noqa: PLC0415
    from feedpub.publishing.build import build  # noqa: PLC0415

    report = build(settings, datetime.now(UTC), dry_run=True, allow=ALLOWANCES)
    near = (duplicate for feed in report.feeds for duplicate in feed.near)
    return [duplicate.reason for duplicate in near if duplicate.entry.article.origin == article.origin]


def _kept_as_json(settings: Settings, subscribers: Known, duplicate: Duplicate) -> dict[str, Any]:
    from feedpub.insight.lookup import every_article  # noqa: PLC0415 - keeps --help fast

    kept = (article for article in every_article(settings) if article.origin == duplicate.kept)
    named = (subscribers.named(article).id for article in kept)
    # A file that was changed since the duplicates were found may lack it.
    kept_id = next(named, duplicate.kept_id)
    return {"id": kept_id, "file": duplicate.kept.file, "line": duplicate.kept.line}


def _hit_as_json(hit: Hit) -> dict[str, Any]:
    return {"term": hit.term, "field": hit.field, "start": hit.start, "end": hit.end, "text": hit.text}


def _from_text(text: str) -> Article:
    from datetime import UTC, datetime  # noqa: PLC0415 - keeps --help fast

    from feedpub.articles.article import Article, Origin  # noqa: PLC0415

    title, _, body = text.partition("\n")
    return Article("", title, body, datetime(1970, 1, 1, tzinfo=UTC), Origin("--text", 1, 1))


def _looked_up(
    settings: Settings, subscribers: Known, wish: str | None, file: Path | None, line: int | None
) -> Article:
    from feedpub.insight.lookup import by_line, by_words, every_article  # noqa: PLC0415

    if wish is not None:
        found, what = by_words(every_article(settings), wish), f"an article {wish!r}"
    else:
        assert line is not None
        found, what = by_line(every_article(settings, file), line), f"an article at {file}:{line}"
    if found.exact:
        return subscribers.named(found.articles[0])
    if wish is not None and (edited := subscribers.find(every_article(settings), wish)):
        return edited
    if not found.articles:
        print_error(f"there is no such thing as {what} in the sources")
    else:
        print_error(f"{what} may be any of these; name it by its id or by --file and --line")
        for article in found.articles[:SHOWN_CHOICES]:
            print_error(f"  {article.origin}: {article.title} ({subscribers.named(article).id})")
    raise typer.Exit(FAILED)


def _show(explanation: Explanation, article: Article) -> None:
    from rich.text import Text  # noqa: PLC0415 - rich is slow to import

    out = console()
    out.print(Text(explanation.title, "bold"))
    out.print(Text(f"{article.origin}  {explanation.id}".rstrip(), "dim"))
    ways = sorted(
        explanation.feeds, key=lambda feed: (not feed.taken, not (feed.vetoed_by or feed.near_misses))
    )
    silent = [feed.slug for feed in ways if not (feed.taken or _has_reasons(feed))]
    for feed in ways:
        if feed.taken or _has_reasons(feed):
            out.print(_heading(feed))
            for row in _rows(feed, article):
                out.print(row)
    if silent:
        out.print(Text("· not in ", "dim").append(", ".join(silent)))


def _has_reasons(feed: FeedExplanation) -> bool:
    return bool(feed.hits or feed.vetoed_by or feed.near_misses or feed.excluded_by)


def _heading(feed: FeedExplanation) -> Text:
    from rich.text import Text  # noqa: PLC0415 - rich is slow to import

    if feed.taken:
        how = {
            "rule": "its rule holds",
            "fallback": "no other feed takes it",
            "everything": "it takes everything",
            "include": f"included from {', '.join(feed.included_by)}",
        }[feed.why or "rule"]
        return Text.assemble(("✓ in ", "bold green"), (feed.slug, "bold"), f"  {how}")
    if feed.vetoed_by:
        how = "refused" if feed.why else "refused, and not asked for"
    elif feed.excluded_by:
        how = f"excluded, as it is in {', '.join(feed.excluded_by)}"
    else:
        how = "its rule does not hold"
    return Text.assemble(("✗ not in ", "bold red"), (feed.slug, "bold"), f"  {how}")


def _rows(feed: FeedExplanation, article: Article) -> list[Text]:
    from rich.text import Text  # noqa: PLC0415 - rich is slow to import

    rows = _hit_rows("refused by", feed.vetoed_by, article, "bold red")
    rows += _hit_rows("found", feed.hits, article, "bold green" if feed.taken else "bold yellow")
    rows += [
        Text.assemble("    near miss  ", (miss.term, "yellow"), f": {miss.reason}")
        for miss in feed.near_misses[:SHOWN_MISSES]
    ]
    return rows


def _hit_rows(label: str, hits: Sequence[Hit], article: Article, style: str) -> list[Text]:
    """Return a row for each place, though several terms may be found there."""
    from rich.text import Text  # noqa: PLC0415 - rich is slow to import

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
    """Return what stands before and after a hit, in one line."""
    from feedpub.rules.terms import texts  # noqa: PLC0415 - keeps --help fast

    whole = texts(article, hit.field)[hit.value]
    before, after = whole[max(0, hit.start - AROUND) : hit.start], whole[hit.end : hit.end + AROUND]
    left = "…" if hit.start > AROUND else ""
    right = "…" if hit.end + AROUND < len(whole) else ""
    return left + " ".join(f"{before}|".split())[:-1], (" ".join(f"|{after}".split()) + right)[1:]
