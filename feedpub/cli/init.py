"""``feedpub init``: look at folders of articles and write a first config that explains itself."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from feedpub.articles.article import Notice, Reject
from feedpub.articles.ids import is_authority
from feedpub.cli.console import DEFAULT_CONFIG, Failed, Misused, count, print_error, print_text, progress_bar
from feedpub.cli.first_config import Answers, first_config
from feedpub.config import Settings, parse_config
from feedpub.config.placeholders import told
from feedpub.config.site import SITE
from feedpub.config.sources import ZONE
from feedpub.core.declaration import Kind
from feedpub.core.errors import ConfigError, SourceError, Where, printable
from feedpub.core.yaml_node import Node
from feedpub.history.state import open_state
from feedpub.planning.made_feeds import shared_values
from feedpub.planning.routing import IngestResult, ingest
from feedpub.publishing.local.folder import LocalFolder
from feedpub.sources import files
from feedpub.sources.files import display_name
from feedpub.sources.proposal import Proposal, Proposals, propose
from feedpub.sources.survey import by_kind

MAX_BYTES = 256 << 20
"""Up to this size, the files are read to say how many articles a build will find."""
SHOWN_REJECTS = 10
SHOWN_FOLDERS = 5

_KINDS: dict[str, Kind[str]] = {key.name: key.kind for key in SITE.keys} | {"timezone": ZONE}
# Words for records that are left out, by the kinds of notices.
_LEFT_OUT = {
    "draft": "draft",
    "not-public": "not public",
    "embargo": "under embargo",
    "deleted": "deleted",
    "withdrawn": "withdrawn",
    "expired": "expired",
    "other-kind": "of another kind",
}
_QUESTIONS = {
    "title": "What is the site called?",
    "base_url": "At which address will the feeds be served?",
    "id_authority": "A domain of yours and a year in which you owned it, for the ids of articles",
    "timezone": "Which time zone do dates without one have, such as Europe/Paris?",
}


def init(
    named: Annotated[list[str], typer.Argument(help="The folders with the articles.", metavar="FOLDER")],
    config: Annotated[
        Path, typer.Option("--config", "-c", help="The file to write.", metavar="FILE")
    ] = DEFAULT_CONFIG,
    *,
    title: Annotated[str | None, typer.Option(help="The name of the site.", metavar="TEXT")] = None,
    base_url: Annotated[
        str | None, typer.Option(help="Where the feeds will be served.", metavar="URL")
    ] = None,
    id_authority: Annotated[
        str | None,
        typer.Option(
            help="A domain of yours and a year in which you owned it, for ids.", metavar="DOMAIN,YEAR"
        ),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="The time zone of dates without one.", metavar="ZONE")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing config.")] = False,
) -> None:
    """Look for articles in folders, say what can be read, and write a first config with comments.

    In a terminal it asks for the values that no option gives. Otherwise it writes values that are fine for a try,
    and says so.

    Example: feedpub init articles --base-url https://news.example.org/feeds/ --timezone Europe/Paris
    """
    if config.exists() and not force:
        raise Failed(
            f"{config} already exists; replace it with --force, or write another file with --config FILE"
        )
    folders = [_folder(name) for name in named]
    options = {"title": title, "base_url": base_url, "id_authority": id_authority, "timezone": timezone}
    given = {name: _valid(name, text) for name, text in options.items() if text is not None}
    output = _output(config.parent)
    own = [config, config.parent / "feedpub.schema.json", config.parent / output, config.parent / ".feedpub"]
    found = propose(folders, config.parent, own)
    _show_passed_over(found)
    if not found.sources:
        raise Failed(
            f"no article was found in {', '.join(map(str, folders))}; feedpub reads text, Markdown, HTML, JSON, tables"
            " and feeds in which each article has a title or a text, and a date"
        )
    asks_zone = any(proposal.asks_zone for proposal in found.sources)
    answers = _answers(given, asks_zone=asks_zone)
    first = _First(config, answers, found.sources, output)
    problem = ""
    try:
        first = first.read()
    except SourceError as error:
        problem = str(error)
    try:
        config.write_text(first.text, encoding="utf-8")
    except OSError as error:
        raise Failed(f"{config} cannot be written: {error.strerror}") from None
    _show(first, zone_is_said="timezone" in given or (asks_zone and _is_terminal()))
    if problem:
        raise Failed(f"{problem}; a build stops there until that is fixed")


def _folder(name: str) -> Path:
    """Return the folder with this name; end the program if it is not a folder."""
    if "://" in name:
        problem = "is an address, and init looks at folders of this machine"
        remedy = "give it a folder with some of the files, then write the address as path: of their source"
    elif not Path(name).is_dir():
        problem, remedy = "is not a folder", "name the folder with the articles"
    else:
        return Path(name)
    raise Failed(f"{printable(name)} {problem}; {remedy}")


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _valid(name: str, text: str) -> str:
    """Return the value of ``name`` as a config reads it; end the program if it is not valid."""
    try:
        return _read(name, text)
    except ConfigError as error:
        raise Misused(f"--{name.replace('_', '-')}: {error.problem}; {error.remedy}") from None


def _read(name: str, text: str) -> str:
    return _KINDS[name].read(Node(Where("", 1, 1), text))


def _output(base: Path) -> str:
    """Return the name of the output folder: an existing ``feeds`` that no build made belongs to somebody else."""
    return "published" if (base / "feeds").exists() and not (base / ".feedpub").exists() else "feeds"


def _answers(given: Mapping[str, str], *, asks_zone: bool) -> Answers:
    """Return what was ``given``; in a terminal, ask for the rest, otherwise use values that are fine for a try."""
    is_terminal = _is_terminal()

    def said(name: str, default: str, *, asks: bool = True) -> str:
        if name in given:
            return given[name]
        return _ask(name, default) if asks and is_terminal else default

    title = said("title", "My feeds")
    base_url = said("base_url", "http://localhost:8000/")
    host = urlsplit(base_url).hostname or ""
    domain = host if "." in host and is_authority(f"{host},2000") else "example.org"
    authority = said("id_authority", f"{domain},{datetime.now(UTC).year}")
    return Answers(title, base_url, authority, said("timezone", "UTC", asks=asks_zone))


def _ask(name: str, default: str) -> str:
    while True:
        try:
            written = typer.prompt(_QUESTIONS[name], default=default)
        except typer.Abort:
            raise KeyboardInterrupt from None
        try:
            return _read(name, written.strip())
        except ConfigError as error:
            print_error(f"{error.problem}; {error.remedy}")


@dataclass(frozen=True, slots=True)
class _First:
    """A first config, and what a build finds with it: ``result``, and by source the ``files`` and ``articles``.

    There is no result if there is more to read than :data:`MAX_BYTES`.
    """

    config: Path
    answers: Answers
    proposals: tuple[Proposal, ...]
    output: str
    result: IngestResult | None = None
    files: tuple[tuple[str, ...], ...] = ()
    articles: tuple[int, ...] = ()

    @property
    def settings(self) -> Settings:
        """What the config says."""
        return parse_config(self._written(()).encode(), self.config)

    @property
    def text(self) -> str:
        """The config."""
        return self._written(self.summaries)

    @property
    def values(self) -> Mapping[str, tuple[str, ...]]:
        """Values of fields that several of the newest articles share, if a field has several such values."""
        newest = self.result.selected[0] if self.result else ()
        return shared_values(selected.article for selected in newest)

    @property
    def summaries(self) -> tuple[str, ...]:
        """What a build finds in each source, in one line."""
        return tuple(self._summary(number) for number in range(len(self.proposals)))

    def _written(self, summaries: Sequence[str]) -> str:
        return first_config(self.answers, self.proposals, summaries, self.output, self.values)

    def read(self) -> _First:
        """Return it with what a build finds, and with the questions that its rejects raise."""
        settings = self.settings
        listed = [files(spec) for spec in settings.sources]
        names = tuple(
            tuple(display_name(spec, file) for file in found)
            for spec, found in zip(settings.sources, listed, strict=True)
        )
        if sum(Path(file).stat().st_size for found in listed for file in found) > MAX_BYTES:
            return replace(self, files=names)
        so_far = [0]
        with (
            progress_bar(wanted=True) as bar,
            open_state(settings, LocalFolder(settings.output.dir)) as state,
        ):

            def note(done: int, total: int, articles: int) -> None:
                so_far.append(articles)
                if bar:
                    bar(done, total, articles)

            result = ingest(settings, datetime.now(UTC), state.ledger, note)
        ends = accumulate(map(len, names), initial=0)
        articles = tuple(so_far[end] - so_far[begin] for begin, end in pairwise(ends))
        read = replace(self, result=result, files=names, articles=articles)
        asked = tuple(
            proposal.asked(
                [*(r.reason for r in read.rejects(number)), *(n.message for n in read.left_out(number))]
            )
            for number, proposal in enumerate(self.proposals)
        )
        again = replace(self, proposals=asked)
        if [p.asks_zone for p in asked] != [p.asks_zone for p in self.proposals]:
            return again.read()
        return replace(read, proposals=asked)

    def rejects(self, number: int) -> list[Reject]:
        """Return the rejects of a source."""
        if self.result is None:
            return []
        names = frozenset(self.files[number])
        return [reject for reject in self.result.rejects if reject.origin.file in names]

    def left_out(self, number: int) -> list[Notice]:
        """Return the notices about records of a source that are left out."""
        if self.result is None:
            return []
        names = frozenset(self.files[number])
        return [n for n in self.result.notices if n.kind in _LEFT_OUT and n.origin.file in names]

    def _summary(self, number: int) -> str:
        proposal = self.proposals[number]
        formats = ", ".join(sorted({found.format for found in proposal.surveyed}))
        formats += f" of {', '.join(proposal.makers)}" if proposal.makers else ""
        if self.result is None:
            read = len(proposal.surveyed)
            sample = f"the first records of {count(read, 'file')} have {count(proposal.articles, 'article')}"
            return f"{proposal.path} ({formats}): {sample}"
        facts = [count(self.articles[number], "article")]
        if rejects := self.rejects(number):
            facts.append(count(len(rejects), "reject"))
        kinds = Counter(notice.kind for notice in self.left_out(number))
        for kind, times in sorted(kinds.items()):
            facts.append(count(times, "draft") if kind == "draft" else f"{times:,} {_LEFT_OUT[kind]}")
        return f"{proposal.path}: {count(len(self.files[number]), 'file')} ({formats}): {', '.join(facts)}"


def _show_passed_over(found: Proposals) -> None:
    others: Counter[str] = Counter()
    for passed in found.passed_over:
        if not passed.is_known:
            others[passed.kind] += passed.files
            continue
        number = f" ({count(passed.files, 'file')})" if passed.files else ""
        what = f"{passed.path}{number}" if passed.path else count(passed.files, f"other {passed.kind} file")
        print_error(f"passed over {printable(what)}: {printable(passed.problem)}")
    if others:
        kinds = (
            f"{number:,} {printable(kind or 'without an extension')}" for kind, number in others.most_common()
        )
        print_error(f"passed over {count(others.total(), 'file')} without articles: {', '.join(kinds)}")
    if found.filled:
        shown = ", ".join(map(printable, found.filled[:SHOWN_FOLDERS]))
        more = f" and {len(found.filled) - SHOWN_FOLDERS} more" if len(found.filled) > SHOWN_FOLDERS else ""
        print_error(f"passed over folders that programs fill: {shown}{more}")


def _show(first: _First, *, zone_is_said: bool) -> None:
    for number, summary in enumerate(first.summaries):
        print_text(summary)
        rejects = first.rejects(number)
        if len(rejects) <= SHOWN_REJECTS:
            for reject in rejects:
                print_text(f"  {reject.origin}: {reject.reason}")
        else:
            for reason, place, times in by_kind(rejects):
                print_text(f"  {place}: {reason}" + (f" (and {times - 1:,} more)" if times > 1 else ""))
        if first.result and not first.articles[number]:
            print_text(f"  answer the questions in its comments in {first.config} first")
    print_text(f"\nWrote {first.config}{_found(first)}.")
    zoneless = [proposal.path for proposal in first.proposals if proposal.asks_zone]
    if zoneless and not zone_is_said:
        print_error(
            f"some dates in {', '.join(zoneless)} have no time zone and are read as UTC; if they have another one,"
            f" write it into {first.config} before the first build, because published dates stay"
        )
    if placeholders := told(first.settings.placeholders):
        print_error(placeholders)
    where = "" if first.config == DEFAULT_CONFIG else f" --config {first.config}"
    print_text(f"Read its comments, then run: feedpub check{where} && feedpub build{where}")


def _found(first: _First) -> str:
    """Return what a build finds with a config, as the end of a sentence."""
    result = first.result
    if result is None:
        return "; there is too much to read it all now: feedpub check --all does so" if first.files else ""
    parts = [count(result.articles, "article")]
    parts += [count(result.duplicates, "duplicate")] if result.duplicates else []
    parts += [f"{result.held:,} held back until due"] if result.held else []
    parts += [f"{result.left_out:,} left out"] if result.left_out else []
    return f"; a build with it finds {', '.join(parts)}"
