"""A whole build is killed, or gets an error, at each system call that changes the disk.

These calls are about the ledger, the spool, staging and output. What readers see stays whole, and after the next build
everything is as if nothing had happened. The suite runs a few cases of each kind of build; to run all of them:

    FEEDPUB_FAULTS=all .venv/bin/pytest tests/fire -q
"""

import os
import random
import shutil
from collections import Counter
from dataclasses import dataclass

import pytest

from feedpub.sources.http_cache import Copy

pytestmark = pytest.mark.slow

ALL = os.environ.get("FEEDPUB_FAULTS") == "all"
FAULTS = ("signal=KILL", "error=EIO", "error=ENOSPC")
BODY = "A boat came in with bread for the baker, and the quay was full of people."
EDITED = f"{BODY} It left the same night."
FETCHED = "https://news.test/feed.xml"


def many(days, **others):
    return dict.fromkeys(days, BODY) | {int(day.removeprefix("d")): text for day, text in others.items()}


def rss(days):
    items = "".join(
        f"<item><title>Boat {d}</title><guid>https://news.test/{d}</guid><description>{BODY}</description>"
        f"<pubDate>{d:02} Feb 2024 08:00 +0000</pubDate></item>"
        for d in days
    )
    head = f"<title>N</title><link>https://news.test/</link><description>N</description>{items}"
    return f'<rss version="2.0"><channel>{head}</channel></rss>'


def fetch(site, days):
    copy = Copy.of(FETCHED, site.folder)
    copy.content.parent.mkdir(parents=True, exist_ok=True)
    copy.content.write_text(rss(days))
    return f'[{{path: ["in/*.md"], timezone: UTC}}, {{path: "{FETCHED}"}}]'


def adopting(site):
    (site.folder / "old.xml").write_text(
        rss([1, 2]).replace("Boat 1", "Day 1").replace("01 Feb 2024 08:00", "01 Jan 2024 10:00")
    )
    return '[{path: ["in/*.md"], timezone: UTC, adopt: old.xml}]'


PLAIN, ARCHIVES = "[rss, atom, json]", "[rss, atom], archive: 2, max_items: 2"
FEEDS = "{all: {title: All}, boats: {title: Boats, any: [boat]}}"
SETTLING = '[{path: ["in/*.md"], timezone: UTC, settle: 60s}]'
JUST_NOW = 1_709_294_395
"""Five seconds before the builds, in seconds of the epoch."""
GONE = "---\nstatus: withdrawn\n---\nA boat.\n"


def layer(site, output, articles, **options):
    site.lay_out(output, articles, **options)


def writing(site, articles, day):
    """Write the articles, one of which is still being written."""
    layer(site, PLAIN, articles, sources=SETTLING)
    os.utime(site.folder / f"in/{day}.md", (JUST_NOW, JUST_NOW))


def pictured(site, days, **others):
    """Write articles with a picture each; those in ``other`` get a different picture."""
    layer(site, PLAIN, {day: f"{text} ![Boat]({day}.png)" for day, text in many(days, **others).items()})
    for day in days:
        picture = site.folder / f"in/{day}.png"
        picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([day, f"d{day}" in others]) * 40)
        os.utime(picture, (JUST_NOW - 86_400, JUST_NOW - 86_400))


# What is built first, what is built under fire, and how the sources change before the next build.
SCENARIOS = {
    "a first build": (
        None,
        lambda s: layer(s, PLAIN, many(range(1, 6))),
        lambda s: layer(s, PLAIN, many(range(2, 7), d4=EDITED)),
    ),
    "edits, additions, removals": (
        lambda s: layer(s, PLAIN, many(range(1, 7))),
        lambda s: layer(s, PLAIN, many(range(2, 8), d5=EDITED)),
        lambda s: layer(s, PLAIN, many(range(2, 9), d6=EDITED)),
    ),
    "archives that are begun": (
        None,
        lambda s: layer(s, ARCHIVES, many(range(1, 9)), feeds=FEEDS),
        lambda s: layer(s, ARCHIVES, many(range(1, 11), d10=EDITED), feeds=FEEDS),
    ),
    "archives that grow": (
        lambda s: layer(s, ARCHIVES, many(range(1, 8)), feeds=FEEDS),
        lambda s: layer(s, ARCHIVES, many(range(1, 13), d7=EDITED), feeds=FEEDS),
        lambda s: layer(s, ARCHIVES, many(range(1, 14), d7=EDITED, d12=EDITED), feeds=FEEDS),
    ),
    "releases": (
        lambda s: layer(s, f"{PLAIN}, layout: releases", many(range(1, 7))),
        lambda s: layer(s, f"{PLAIN}, layout: releases", many(range(2, 8), d5=EDITED)),
        lambda s: layer(s, f"{PLAIN}, layout: releases", many(range(2, 9), d6=EDITED)),
    ),
    "files that become releases": (
        lambda s: layer(s, PLAIN, many(range(1, 7))),
        lambda s: layer(s, f"{PLAIN}, layout: releases", many(range(2, 8), d5=EDITED)),
        lambda s: layer(s, f"{PLAIN}, layout: releases", many(range(2, 9), d6=EDITED)),
    ),
    "compressed twins": (
        lambda s: layer(s, f"{PLAIN}, gzip: true", many(range(1, 7))),
        lambda s: layer(s, f"{PLAIN}, gzip: true", many(range(2, 8), d5=EDITED)),
        lambda s: layer(s, f"{PLAIN}, gzip: true", many(range(2, 9), d6=EDITED)),
    ),
    "fetched sources": (
        lambda s: layer(s, PLAIN, many(range(1, 4)), sources=fetch(s, range(1, 5))),
        lambda s: layer(s, PLAIN, many(range(1, 4)), sources=fetch(s, range(2, 7))),
        lambda s: layer(s, PLAIN, many(range(1, 5)), sources=fetch(s, range(3, 8))),
    ),
    "withdrawals": (
        lambda s: layer(s, ARCHIVES, many(range(1, 8)), feeds=FEEDS),
        lambda s: layer(s, ARCHIVES, many(range(1, 8), d2=GONE, d6=GONE), feeds=FEEDS),
        lambda s: layer(s, ARCHIVES, many(range(1, 9), d2=GONE, d6=GONE), feeds=FEEDS),
    ),
    "ids that are adopted": (
        None,
        lambda s: layer(s, PLAIN, many(range(1, 5)), sources=adopting(s)),
        lambda s: layer(s, PLAIN, many(range(1, 6), d2=EDITED), sources=adopting(s)),
    ),
    "files that settle": (
        lambda s: layer(s, PLAIN, many(range(1, 7)), sources=SETTLING),
        lambda s: layer(s, PLAIN, many(range(2, 8), d5=EDITED), sources=SETTLING),
        lambda s: writing(s, many(range(2, 9), d5="A boat", d6=EDITED), 5),
    ),
    "files beside articles": (
        lambda s: pictured(s, range(1, 5)),
        lambda s: pictured(s, range(1, 7), d2=EDITED, d3=GONE),
        lambda s: pictured(s, range(1, 8), d2=EDITED, d3=GONE, d4=GONE),
    ),
}


@dataclass(frozen=True)
class Case:
    """A fault at a call, or a limit on file size that cuts a write short."""

    call: object
    fault: str

    @property
    def kind(self):
        return self.fault.partition("=")[2] or "short write"


def cases_of(calls):
    cases = [Case(call, fault) for call in calls for fault in FAULTS]
    # One limit within each write is enough; longer writes exceed it, too.
    limits = {call.end - call.size // 2: call for call in calls if call.size > 1}
    return cases + [
        Case(call, f"limit {limit}") for limit, call in sorted(limits.items(), key=lambda item: item[0])
    ]


def sampled(cases):
    """Return all cases, or one of every second kind by fault and by place: ledger, moving files, or before."""
    if ALL:
        return cases
    chosen = random.Random(len(cases))
    groups = {}
    for case in cases:
        at = "ledger" if case.call.area == "ledger" else "moving" if case.call.moving else "before"
        groups.setdefault((case.kind, at), []).append(case)
    kinds = [key for key in sorted(groups) if key[1] != "before" or "write" in key[0]]
    return [chosen.choice(groups[key]) for key in kinds[len(cases) % 2 :: 2]]


def whole(fire, seen, before, after, *, at_once):
    """Compare what readers see with the old set and the new set."""
    if at_once:
        assert seen in (before, after)
        return
    assert not [name for name, data in seen.items() if data not in (before.get(name), after.get(name))]
    if before:
        assert "manifest.json" in seen
    told = {
        n: fire.links_of(n, d)
        for n, d in seen.items()
        if n.endswith((".rss", ".atom", ".json", ".html"))
        and n != "manifest.json"
        and ("/" not in n or n.endswith(".html"))
    }
    known = [n for n in told if n in before or (n.count(".") == 1 and not n.endswith(".html"))]
    for name in known:
        # What a subscription document or a page from before links to exists. Nobody knows the other new files yet; new
        # pages and feeds link to each other, so not all can come first.
        found = {link for link in told[name][0] if link}
        assert found <= seen.keys(), (name, found - seen.keys())
        known += {link for link in found & told.keys() if not link.endswith(".html")} - {*known}
    for name in before.keys() & told.keys():
        # An entry that was in the subscription document and stays in the feed is never missing in between. It may be,
        # if it comes back from the open page because another entry went.
        if name.count(".") == 1 and not name.endswith(".html"):
            slug, extension = name.split(".")
            of_feed = [n for n in told if n.startswith(f"{slug}.") and n.endswith(f".{extension}")]
            stay = fire.links_of(name, before[name])[1] & ids(fire, after, slug, extension)
            assert stay <= set().union(*(told[n][1] for n in of_feed)), name


def ids(fire, tree, slug, extension):
    names = [n for n in tree if n.startswith(f"{slug}.") and n.endswith(f".{extension}")]
    return set().union(*(fire.links_of(n, tree[n])[1] for n in names))


def histories(fire, scenario, folder):
    """Return what builds leave when nothing fails: before, after, and after another change with or without it."""
    first, second, third = SCENARIOS[scenario]
    site = fire.Site(folder / "clean")
    site.folder.mkdir()

    def built(change):
        change(site)
        assert fire.builder.build(site.folder) == 0, fire.builder.said()
        return site.tree(), site.ledger()

    before = built(first)[0] if first else {}
    template = site.copy_to(folder / "template")
    second(template)
    after = built(second)
    with_it = built(third)
    shutil.rmtree(site.folder)
    site.folder.mkdir()
    if first:
        built(first)
    without = built(third)
    return template, before, after, (with_it, without)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_after_a_fault_at_any_call_of_a_build_nothing_is_torn_and_the_next_one_is_as_a_clean_one(
    fire, figures, tmp_path, scenario
):
    template, before, (after, ledger), changed = histories(fire, scenario, tmp_path)
    at_once = "releases" in scenario and "become" not in scenario
    log = tmp_path / "log"
    site = template.copy_to(tmp_path / "site")
    assert fire.builder.traced(site.folder, log) == 0, fire.builder.said()
    assert (site.tree(), site.ledger()) == (after, ledger)
    cases = cases_of(fire.calls_of(log))
    outcomes, areas, moving, mixed = Counter(), Counter(), 0, 0
    for number, case in enumerate(sampled(cases)):
        site = template.copy_to(tmp_path / "site")
        if case.fault.startswith("limit"):
            status = fire.builder.build(site.folder, limit=int(case.fault.split()[1]))
        else:
            inject = f"inject={case.call.name}:{case.fault}:when={case.call.number}"
            status = fire.builder.traced(site.folder, log, "-e", inject)
            hit = "INJECTED" in log.read_text() or "killed by SIGKILL" in log.read_text()
            # Whether a file's time has to be changed depends on the current second.
            assert hit or case.call.name == "utimensat", case
            if not hit:
                continue
        said = fire.builder.said()
        assert status == (-9 if "KILL" in case.fault else 1 if said else 0), (case, said)
        assert said.count("\n") <= 1, (case, said)
        assert not said.startswith("Traceback"), (case, said)
        seen = site.tree()
        whole(fire, seen, before, after, at_once=at_once)
        outcomes[f"{case.kind}: {'killed' if status < 0 else 'told' if said else 'done'}"] += 1
        areas[case.call.area] += 1
        moving += case.call.moving
        mixed += seen not in (before, after)
        if number % 2:
            SCENARIOS[scenario][2](site)
        assert fire.builder.build(site.folder) == 0, (case, fire.builder.said())
        if number % 2:
            # Only the ledger would know that they left the documents again.
            assert site.tree() in [tree for tree, _ in changed], case
        else:
            assert (site.tree(), site.ledger()) == (after, ledger), case
    figures(
        f"{scenario}: {sum(outcomes.values())} of {len(cases)} cases, {moving} where files move, {mixed} seen mixed;"
        f" {dict(areas)} {dict(outcomes)}"
    )
