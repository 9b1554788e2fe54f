"""``feedpub check``: check the config, the examples of its rules, and whether its sources can be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    FAILED,
    ConfigOption,
    Format,
    FormatOption,
    count,
    print_error,
    print_json,
    print_text,
)
from feedpub.config import Settings, load_config
from feedpub.config.placeholders import told
from feedpub.core.errors import SourceError, printable
from feedpub.planning.adoption import AdoptedSource, survey_adoption
from feedpub.planning.hands import DOUBTS
from feedpub.planning.site_plan import check_heads
from feedpub.planning.verdicts import unplaced
from feedpub.publishing.build import open_plan
from feedpub.publishing.catalog_check import CatalogCheck, check_catalog
from feedpub.publishing.local.folder import LocalFolder
from feedpub.sources import Survey, Surveyed, survey
from feedpub.sources.http_cache import standings


def check(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    files: Annotated[
        int, typer.Option("--files", help="How many files of each source to read.", min=0, metavar="N")
    ] = 3,
    all_files: Annotated[bool, typer.Option("--all", help="Read all files of each source.")] = False,
    catalog: Annotated[
        bool,
        typer.Option("--catalog", help="Read all files and compare them with the catalog of earlier builds."),
    ] = False,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Check a config, the examples of its rules and its sources; write nothing.

    The exit status is 1 if an example fails, if no file matches a pattern (except with may_be_empty: true), if an
    address was never fetched, if a store, a folder or a file cannot be read, or if the catalog differs from the
    files. The output names each case.

    Example: feedpub check --all
    """
    settings = load_config(config)
    check_heads(settings)
    failing = [str(example.error()) for example in settings.rules.failing_examples]
    warnings = [str(warning) for warning in settings.rules.lint()]
    if settings.placeholders:
        warnings.append(told(settings.placeholders))
    warnings += settings.warnings
    warnings += [
        f"{url} {standing.to_do}" for url, standing in standings(settings.sources).items() if standing.to_do
    ]
    surveys = [survey(spec, None if all_files else files) for spec in settings.sources]
    missing = [warning for found in surveys for warning in found.warnings]
    unread = [problem for found in surveys for problem in found.problems]
    adopted = () if unread else _adopted(settings)
    warnings += [idle for found in surveys for idle in found.idle]
    warnings += _by_hand(settings, surveys)
    warnings += [f"{why}; what was adopted before stays so" for source in adopted for why in source.missing]
    compared = _compared(settings, wanted=catalog and not unread)
    if report_format is Format.JSON:
        print_json(
            {
                "failing_examples": failing,
                "warnings": [*warnings, *unread, *missing],
                "files": [asdict(file) for found in surveys for file in found.files],
                "more_files": sum(found.more for found in surveys),
                "catalog": _catalog_as_json(compared),
                "adopted": [_as_json(source) for source in adopted],
            }
        )
    else:
        for problem in unread:
            print_error(problem)
        for line in (*failing, *warnings, *missing):
            print_text(line)
        has_pages = settings.output.pages != "off"
        what = "entries link to the pages that a build makes" if has_pages else "readers can't open them"
        for spec, found in zip(settings.sources, surveys, strict=True):
            _show_source(spec.path, found, what)
        _show_adopted(adopted)
        _show_catalog(compared)
        if not failing:
            made = "".join(f", feeds of each {template.field}" for template in settings.templates)
            counts = f"{count(len(settings.feeds), 'feed')}{made}, {count(len(settings.sources), 'source')}"
            verdict = "OK" if not (missing or unread) else "some of its sources cannot be read"
            print_text(f"{config}: {verdict} ({counts}, all examples pass)")
    if failing or unread or any(found.lacks for found in surveys) or _is_wrong(compared):
        raise typer.Exit(FAILED)


def _show_source(path: str, found: Survey, without_links: str) -> None:
    for file in found.files:
        _show(file)
    articles = sum(file.articles for file in found.files)
    if articles and not any(file.linked for file in found.files):
        print_text(
            f"{path}: {count(articles, 'article')}, but no links, so {without_links};"
            " if they are on a site, say with link: of the source how its addresses are made"
        )
    if found.more:
        more = f"{count(found.more, 'more file')} not read; --all reads all"
        print_text(f"{path}: and {more}")


def _catalog_as_json(compared: CatalogCheck | None) -> dict[str, object] | None:
    if compared is None:
        return None
    return {
        "files": compared.knows,
        "unknown": compared.unknown,
        "differences": list(compared.differences),
    }


def _compared(settings: Settings, *, wanted: bool) -> CatalogCheck | None:
    return check_catalog(settings, datetime.now(UTC)) if wanted else None


def _is_wrong(compared: CatalogCheck | None) -> bool:
    return compared is not None and bool(compared.differences)


def _show_catalog(compared: CatalogCheck | None) -> None:
    if compared is None:
        return
    for difference in compared.differences:
        print_text(printable(difference))
    unknown = f"; {count(compared.unknown, 'file')} that the next build reads" if compared.unknown else ""
    print_text(f"{compared.file}: {count(compared.knows, 'file')} compared{unknown}")
    if compared.differences:
        print_text("  it is wrong; delete it, and the next build makes it anew")


def _show(found: Surveyed) -> None:
    print_text(
        f"{printable(found.file)}: {found.format}, {count(found.articles, 'article')},"
        f" {count(found.rejects, 'reject')}, {count(found.boilerplate_lines, 'line')} of boilerplate"
    )
    for reason, place, times in found.reasons:
        print_text(f"  {place}: {reason}" + (f" (and {times - 1:,} more)" if times > 1 else ""))
    for reason, place, times in found.left_out:
        print_text(f"  {place}: left out, as {reason}" + (f" (and {times - 1:,} more)" if times > 1 else ""))
    for message, place in found.doubts:
        print_text(f"  {place}: {message}")
    for key, place, times in found.shared:
        print_text(
            f"  {place}: {key[:200]!r} is the id or link of an earlier article with another title and date"
            + (f" (and of {times - 1:,} more)" if times > 1 else "")
            + "; all are published, but give each its own"
        )
    if found.by_hand:
        print_text(f"  articles that name feeds themselves: {found.by_hand:,}")
    _show_beside(found)
    if found.unfit:
        print_text(f"  links that are left out because they are not web addresses: {found.unfit:,}")
    if found.garbled:
        print_text(
            f"  texts that seem to be decoded with the wrong encoding: {found.garbled:,};"
            " repair_mojibake: true of their source repairs them"
        )
    if found.tagged:
        print_text(
            f"  bodies that look like HTML: {found.tagged:,}; if they are, write body: html in their source"
        )


def _show_beside(found: Surveyed) -> None:
    if found.beside:
        absent = sum(times for *_, times in found.absent)
        there = f"{absent:,} of them cannot be published" if absent else "all exist"
        print_text(f"  files beside articles: {found.beside:,} named; {there}")
    for reason, place, times in found.absent:
        print_text(f"  {place}: the file {reason}" + (f" (and {times - 1:,} more)" if times > 1 else ""))


def _by_hand(settings: Settings, surveys: Iterable[Survey]) -> list[str]:
    """Return decisions about articles or feeds that do not exist; all articles are read only if there are any."""
    is_listed = any(feed.exceptions.add or feed.exceptions.drop for feed in settings.feeds)
    if not (is_listed or settings.withdrawn) and not any(
        file.by_hand for found in surveys for file in found.files
    ):
        return []
    now = datetime.now(UTC)
    try:
        with open_plan(settings, now) as plan:
            told, missing = plan.ingested, [*unplaced(plan)]
    except SourceError:
        # The problem of the source was already reported.
        return []
    unknown = (notice for notice in told.notices if notice.kind in DOUBTS)
    return [
        *told.unused,
        *told.not_withdrawn,
        *missing,
        *(f"{notice.origin}: {notice.message}" for notice in unknown),
    ]


def _adopted(settings: Settings) -> tuple[AdoptedSource, ...]:
    """Return what is adopted. All articles are read only if a source adopts ids."""
    if not any(spec.adopt for spec in settings.sources):
        return ()
    return survey_adoption(settings, LocalFolder(settings.output.dir), datetime.now(UTC))


def _as_json(source: AdoptedSource) -> dict[str, object]:
    return {
        "source": source.spec.path,
        "old_feeds": list(source.spec.adopt),
        "entries": source.entries,
        "matched": source.matched,
        "others": [
            {"id": e.id, "title": e.title, "link": e.link, "origin": str(e.origin)} for e in source.others
        ],
        "seconds": [{"id": e.id, "title": e.title, "origin": str(e.origin)} for e in source.seconds],
        "rejects": [{"origin": str(reject.origin), "reason": reject.reason} for reject in source.rejects],
        "kept": source.kept,
    }


def _show_adopted(adopted: Iterable[AdoptedSource]) -> None:
    for source in adopted:
        if source.entries or not source.missing:
            old = printable(", ".join(source.spec.adopt))
            entries = (
                "1 entry is an article" if source.entries == 1 else f"{source.entries:,} entries are articles"
            )
            taken = (
                ", which keep the ids and dates that they have there" if source.matched > source.kept else ""
            )
            print_text(f"{old}: {source.matched:,} of {entries} of {source.spec.path}{taken}")
        if source.kept:
            print_text(
                f"  {source.kept:,} of these were already published under feedpub's own ids, which never change:"
                " readers of the old feed will show them as new"
            )
        for entry in source.others:
            link = f" ({entry.link})" if entry.link else ""
            print_text(
                f"  {entry.origin}: no article has its link, or its title and date: {entry.title}{link}"
            )
        for entry in source.seconds:
            print_text(
                f"  {entry.origin}: its article has adopted another id, from an old feed that is named before:"
                f" {entry.title}"
            )
        for reject in source.rejects:
            print_text(
                f"  {reject.origin}: the entry cannot be read, so no article can match it: {reject.reason}"
            )
