"""Addresses that moved for good, are gone or fail are remembered, and reported once."""

from __future__ import annotations

import json
import re

import pytest

FEED = (
    "<rss version='2.0'><channel><title>{title}</title>"
    "<item><title>{title} writes</title><guid isPermaLink='false'>1</guid>"
    "<link>https://{title}.example/1</link><description>About {title}.</description>"
    "<pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate></item></channel></rss>"
)


def feed(title):
    return lambda _: (200, {}, FEED.format(title=title).encode())


def redirect(status, target):
    return lambda _: (status, {"Location": target}, b"")


@pytest.fixture
def site(server, tmp_path, command):
    """A function that runs commands with a config whose sources are paths of the server."""

    class Site:
        address = f"http://127.0.0.1:{server.server_port}"
        folder = tmp_path

        def sources(self, *paths):
            listed = "".join(f"  - path: {self.address}{path}\n" for path in paths)
            (tmp_path / "config.yaml").write_text(
                "version: 1\n"
                "site: {title: T, base_url: 'https://f.press/', id_authority: 'f.press,2024'}\n"
                f"sources:\n{listed}"
                "feeds: {all: {title: All}}\n"
            )

        def run(self, line):
            return command(tmp_path, *line.split())

        def fetch(self, *options):
            server.asked.clear()
            done = self.run(" ".join(("fetch --allow-private", *options)))
            return done, [path for path, _ in server.asked]

        def ids(self):
            assert self.run("build").returncode == 0
            return re.findall("<id>(.*?)</id>", (tmp_path / "feeds/all.atom").read_text())

    return Site()


@pytest.mark.parametrize("status", [301, 308])
def test_a_move_for_good_is_remembered_and_told_once(status, server, site):
    site.sources("/feed")
    server.answers.update({"/feed": redirect(status, "/new"), "/new": feed("a")})
    first, asked = site.fetch("--quiet")
    assert asked == ["/feed", "/new"]
    told = f"{site.address}/feed: 279 bytes; it has moved for good to {site.address}/new; write that address"
    assert re.sub(r"\d+ bytes", "279 bytes", first.stderr).startswith(f"feedpub: {told}")
    second, asked = site.fetch("--quiet")
    assert asked == ["/new"]
    assert (first.returncode, second.returncode, second.stdout + second.stderr) == (0, 0, "")
    for line in ("check", "status"):
        assert f"{site.address}/feed has moved for good to {site.address}/new; write" in site.run(line).stdout


@pytest.mark.parametrize(
    ("steps", "known"),
    [
        ([(302, "/b")], None),
        ([(307, "/b"), (301, "/c")], None),
        ([(301, "/b"), (302, "/c")], "/b"),
        ([(301, "/b"), (308, "/c")], "/c"),
        ([(301, "/b"), (301, "/feed")], None),
    ],
)
def test_only_what_moves_for_good_from_the_first_step_on_is_remembered(steps, known, server, site):
    site.sources("/feed")
    places = ["/feed", *(target for _, target in steps)]
    visits = {"/feed": 0}

    def at_first(headers):
        visits["/feed"] += 1
        loops = places[-1] == "/feed" and visits["/feed"] > 1
        return feed("a")(headers) if loops else redirect(*steps[0])(headers)

    server.answers.update({place: redirect(*step) for place, step in zip(places, steps, strict=False)})
    server.answers[places[-1]] = feed("a")
    server.answers["/feed"] = at_first
    done, _ = site.fetch("--format json")
    (fetched,) = json.loads(done.stdout)["fetched"]
    assert fetched["moved_to"] == (known and site.address + known)


def test_where_the_new_address_is_lost_the_old_one_is_asked(server, site):
    site.sources("/feed")
    server.answers.update({"/feed": redirect(301, "/new"), "/new": feed("a")})
    site.fetch()
    server.answers.update({"/feed": redirect(301, "/newest"), "/new": lambda _: (404, {}, b"")})
    server.answers["/newest"] = feed("a")
    done, asked = site.fetch("--quiet")
    assert asked == ["/new", "/feed", "/newest"]
    assert f"moved for good to {site.address}/newest" in done.stderr


@pytest.mark.slow
def test_no_id_moves_by_a_move_nor_by_writing_the_new_address_into_the_config(server, site):
    """Two feeds have the same guid, so one id is made from its feed's key, which is its address."""
    server.answers.update({"/a": feed("a"), "/b": feed("b")})
    site.sources("/a", "/b")
    site.fetch()
    before = site.ids()
    assert len(set(before)) == 3
    server.answers.update({"/b": redirect(301, "/moved"), "/moved": feed("b")})
    site.fetch()
    assert site.ids() == before
    site.sources("/a", "/moved")
    site.fetch()
    assert site.ids() == before
    # The same if only the copies know about it.
    for path in (site.folder / "feeds").iterdir():
        path.unlink()
    for path in (site.folder / ".feedpub").glob("*.*"):
        if path.is_file():
            path.unlink()
    assert site.ids() == before


def test_what_is_gone_is_told_once_and_asked_again_only_by_force(server, site):
    site.sources("/feed")
    server.answers["/feed"] = feed("a")
    site.fetch()
    ids = site.ids()
    server.answers["/feed"] = lambda _: (410, {}, b"")
    first, _ = site.fetch("--quiet")
    assert (
        "/feed: the server says 410 Gone; it is not fetched any more: remove it from the sources"
        in first.stderr
    )
    second, asked = site.fetch("--quiet")
    assert (asked, second.returncode, second.stdout + second.stderr) == ([], 1, "")
    assert site.fetch()[0].stdout.startswith("gone ")
    for line in ("check", "status"):
        assert re.search(
            r"/feed has been gone since \d{4}-\d\d-\d\d \(the server says 410 Gone\); it is not fetched any more",
            site.run(line).stdout,
        )
    assert site.ids() == ids
    server.answers["/feed"] = feed("a")
    third, asked = site.fetch("--quiet", "--force")
    assert (asked, third.returncode, third.stderr) == (["/feed"], 0, "")
    assert "gone" not in site.run("status").stdout


def test_a_failure_is_told_when_it_begins_and_kept_with_its_time_until_it_ends(server, site):
    site.sources("/feed", "/other")
    server.answers.update({"/feed": lambda _: (500, {}, b""), "/other": feed("a")})
    runs = [site.fetch("--quiet")[0] for _ in range(2)]
    assert [done.returncode for done in runs] == [1, 1]
    assert [done.stderr.count("/feed: the server says 500") for done in runs] == [1, 0]
    assert re.search(
        r"/feed failed at \d{4}-\d\d-\d\d \d\d:\d\d UTC: the server says 500", site.run("status").stdout
    )
    first, second = json.loads(site.run("status --format json").stdout)["fetched"]
    assert first["failure"].startswith("the server says 500")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", first["failed_at"])
    assert second == {
        "url": f"{site.address}/other", "failure": None, "failed_at": None, "gone": False, "moved_to": None,
    }  # fmt: skip
    metrics = site.run("status --format prometheus").stdout
    assert f'feedpub_source_failing{{url="{site.address}/feed"}} 1\n' in metrics
    assert f'feedpub_source_failing{{url="{site.address}/other"}} 0\n' in metrics
    server.answers["/feed"] = lambda _: (503, {"Retry-After": "0"}, b"")
    assert "the server says 503" in site.fetch("--quiet")[0].stderr
    server.answers["/feed"] = feed("b")
    assert site.fetch("--quiet")[0].returncode == 0
    assert "failed" not in site.run("status").stdout


def test_a_fetch_that_brings_nothing_new_touches_nothing(server, site):
    site.sources("/feed")
    server.answers["/feed"] = feed("a")
    site.fetch()
    folder = site.folder / ".feedpub/fetched"
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    site.fetch()
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.mark.parametrize(("status", "asked_again"), [(301, []), (302, ["/feed"]), (307, ["/feed"])])
def test_an_address_that_leads_elsewhere_for_a_time_is_not_gone_with_what_is_there(
    status, asked_again, server, site
):
    site.sources("/feed")
    server.answers.update({"/feed": redirect(status, "/new"), "/new": lambda _: (410, {}, b"")})
    assert site.fetch()[0].returncode == 1
    server.answers["/feed"] = feed("a")
    done, asked = site.fetch()
    assert (done.returncode, asked) == (0 if asked_again else 1, asked_again)


def test_a_failure_lasts_while_a_server_asks_to_wait(server, site):
    site.sources("/feed")
    server.answers["/feed"] = lambda _: (503, {"Retry-After": "600"}, b"")
    first, asked = site.fetch("--quiet")
    assert (first.returncode, asked) == (1, ["/feed"])
    assert "503 Service Unavailable; it asks to wait 600 s" in first.stderr
    second, asked = site.fetch("--quiet")
    assert (second.returncode, asked, second.stdout + second.stderr) == (1, [], "")
    third, asked = site.fetch()
    assert asked == []
    assert "503 Service Unavailable; the server asked to wait" in third.stdout
