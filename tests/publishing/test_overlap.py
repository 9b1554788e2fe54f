"""When builds overlap and readers poll meanwhile, there is never a mixed set or part of a file."""

import multiprocessing
import os
from contextlib import suppress

import pytest

from feedpub.core.errors import FeedpubError, Locked

PAIRS = 200
# Two sets of documents without a byte in common, each with a name of its own.
SETS = tuple(
    {"a.rss": mark * 3000, "b.atom": mark * 7000, name: mark * 100}
    for mark, name in ((b"0", "zero.rss"), (b"1", "one.rss"))
)


def _build(site, number, rounds, barrier, results):
    for _ in range(rounds):
        barrier.wait(60)
        try:
            site.publish(SETS[number])
            outcome = "published"
        except FeedpubError as error:
            outcome = "locked" if isinstance(error, Locked) else str(error)
        results.put((number, outcome))
        barrier.wait(60)


@pytest.mark.slow
@pytest.mark.parametrize(("layout", "states"), [("files", 1), ("files", 2), ("releases", 1), ("releases", 2)])
def test_of_overlapping_builds_those_that_held_the_lock_published_and_no_set_is_mixed(
    new_site, layout, states
):
    """With two ``states``, each build has its own state folder, and so its own lock, but the output is the same."""
    site = new_site().with_(layout=layout)
    site.publish(SETS[0])
    whole = []
    for documents in SETS:
        single = new_site().with_(layout=layout)
        single.publish(documents)
        whole.append(single.tree())
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(3), context.SimpleQueue()
    rounds = PAIRS // 4
    builds = [
        context.Process(
            daemon=True,
            target=_build,
            args=(site.with_(own_state=states == 2 and bool(n)), n, rounds, barrier, results),
        )
        for n in (0, 1)
    ]
    for build in builds:
        build.start()
    last, turned_away = whole[0], 0
    for _ in range(rounds):
        barrier.wait(60)
        barrier.wait(60)
        outcomes = results.get(), results.get()
        assert {outcome for _, outcome in outcomes} <= {"published", "locked"}
        published = [number for number, outcome in outcomes if outcome == "published"]
        turned_away += 2 - len(published)
        now = site.tree()
        assert now in [whole[number] for number in published] if published else now == last
        last = now
    for build in builds:
        build.join(20)
    assert [build.exitcode for build in builds] == [0, 0]
    assert turned_away
    print(f"{layout}, {states} lock(s): {rounds} pairs, {turned_away} builds turned away")  # noqa: T201


def _alternate(site, rounds):
    for number in range(rounds):
        site.publish(SETS[number % 2])


def _read_all(folder):
    """Return every file of a folder as it is when it is opened, through one descriptor of the folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        seen = {}
        for name in os.listdir(handle):  # noqa: PTH208 - by descriptor
            with open(os.open(name, os.O_RDONLY, dir_fd=handle), "rb") as file:  # noqa: PTH123 - likewise
                seen[name] = file.read()
        return seen
    finally:
        os.close(handle)


def _shown(site) -> int:
    return int(site.out.readlink().name) if site.out.is_symlink() else 0


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["files", "releases"])
def test_readers_that_poll_see_whole_files_and_in_releases_whole_sets(new_site, layout):
    site = new_site().with_(layout=layout)
    wholes = []
    for documents in SETS:
        site.publish(documents)
        wholes.append(site.tree())
    context = multiprocessing.get_context("fork")
    writer = context.Process(daemon=True, target=_alternate, args=(site, 40))
    writer.start()
    polls = 0
    while writer.is_alive():
        before = _shown(site)
        with suppress(FileNotFoundError):  # removed between the listing and the opening
            seen = _read_all(site.out)
            if _shown(site) > before + 1:  # the release that was read may be gone by now
                continue
            if layout == "releases":
                assert seen in wholes
            assert all(data in (whole.get(name) for whole in wholes) for name, data in seen.items())
            polls += 1
    writer.join()
    assert writer.exitcode == 0
    assert polls > 20
    print(f"{layout}: {polls} polls during 40 builds")  # noqa: T201
