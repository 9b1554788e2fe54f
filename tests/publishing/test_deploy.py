"""A deploy copies the published set to a store, completely and in order, and leaves other files alone."""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.config import load_config
from feedpub.core.errors import Locked, PublishError
from feedpub.publishing.build import build
from feedpub.publishing.deploy import LOCK, STALE, deploy, read_outcomes
from feedpub.publishing.store import FsspecStore

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
TO = "test://there/feeds"
SECONDS = int(NOW.timestamp())
CONFIG = """
version: 1
site: {title: Sample, base_url: "https://news.press/", id_authority: "news.press,2023"}
sources: [{path: articles.jsonl, may_be_empty: true}]
feeds: {all: {title: All}, rain: {title: Rain, any: [rain]}}
guards: {max_vanished: 100%}
output: {max_items: 2, archive: 2}
"""


class Cut(PublishError):
    """The connection broke."""


class FakeStore:
    """A store in memory that breaks at its nth call, before or after it does what was asked."""

    def __init__(self):
        self.files = {}
        self.headers = {}
        self.writes = []
        self.left = None
        self.after = False

    def _call(self, act):
        if self.left is None:
            return act()
        if self.left == 0:
            if self.after:
                act()
            raise Cut("the connection broke")
        self.left -= 1
        return act()

    def read(self, name):
        return self._call(lambda: self.files.get(name))

    def names(self, inside=""):
        return self._call(
            lambda: frozenset(n.rpartition("/")[2] for n in self.files if n.rpartition("/")[0] == inside)
        )

    def write(self, files, media_type, cache_control):
        def act():
            self.files.update(files)
            self.writes += files
            self.headers |= dict.fromkeys(files, (media_type, cache_control))

        self._call(act)

    def remove(self, name):
        self._call(lambda: self.files.pop(name, None))


class Site:
    def __init__(self, folder):
        self.folder = folder
        self.now = NOW
        (folder / "config.yaml").write_text(CONFIG)

    def build(self, *numbers, text="There was rain."):
        records = [
            {"id": f"s{n}", "title": f"Story {n}", "body": text, "date": f"2024-01-{10 + n}T10:00:00Z"}
            for n in numbers
        ]
        (self.folder / "articles.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in records))
        self.now += timedelta(hours=1)
        build(load_config(self.folder / "config.yaml"), self.now, allow=("vanished", "empty", "removed"))

    def deploy(self, store, now=SECONDS):
        return deploy(self.folder / "feeds", self.folder / ".feedpub", TO, store, now)

    def published(self):
        found = (self.folder / "feeds").rglob("*")
        return {str(f.relative_to(self.folder / "feeds")): f.read_bytes() for f in found if f.is_file()}


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@pytest.fixture
def store():
    return FakeStore()


def dangling(files):
    """Return missing targets of links in documents that readers poll, and missing entries of archive documents."""
    found = set()
    for name, data in files.items():
        if name.endswith((".atom", ".rss")):
            links = {link.decode() for link in re.findall(rb'https://news\.press/([^"<]+)', data)}
            is_archive = name.count(".") > 1
            # Archive documents also link to newer ones, which are copied after them.
            found |= {link for link in links if link.startswith("article/") or not is_archive} - files.keys()
    return found


def test_the_store_holds_what_is_published_and_after_that_only_what_changed_is_copied(site, store):
    site.build(1, 2, 3)
    first = site.deploy(store)
    assert store.files == site.published()
    assert set(first.uploaded) == site.published().keys() - {"manifest.json"}
    before = site.published()
    site.build(1, 2, 3, 4)
    second = site.deploy(store)
    after = site.published()
    assert store.files == after
    changed = {name for name in after if before.get(name) != after[name]} - {"manifest.json"}
    assert set(second.uploaded) == changed
    assert set(second.removed) == before.keys() - after.keys()


def test_with_nothing_to_do_nothing_is_written(site, store):
    site.build(1, 2)
    site.deploy(store)
    store.writes.clear()
    found = site.deploy(store)
    assert (found.uploaded, found.removed, store.writes) == ((), (), [])


def test_what_is_handed_out_says_its_type_its_charset_and_how_long_it_holds(site, store):
    config = site.folder / "config.yaml"
    config.write_text(config.read_text().replace("{max_items", "{gzip: true, max_items"))
    site.build(1)
    site.deploy(store)
    assert store.headers["all.rss"] == ("application/rss+xml; charset=utf-8", "public, max-age=300")
    assert store.headers["all.html"] == ("text/html; charset=utf-8", "public, max-age=300")
    assert store.headers["all.rss.gz"] == ("application/gzip", "public, max-age=300")
    (style,) = (name for name in store.files if name.endswith(".css"))
    assert store.headers[style] == ("text/css; charset=utf-8", "public, max-age=31536000, immutable")


@pytest.mark.slow
@given(
    steps=st.lists(
        st.tuples(
            st.sets(st.integers(0, 5), min_size=1),
            st.sampled_from(["There was rain.", "There was snow."]),
            st.none() | st.integers(0, 40),
            st.booleans(),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=15)
def test_wherever_deploys_are_cut_short_the_next_that_is_not_makes_it_right(tmp_path_factory, steps):
    site, store = Site(tmp_path_factory.mktemp("site")), FakeStore()
    store.files["mine.html"] = b"mine"
    for numbers, text, left, after in steps:
        site.build(*sorted(numbers), text=text)
        store.left, store.after = left, after
        with suppress(Cut):
            site.deploy(store)
        store.left = None
    site.deploy(store)
    assert store.files == site.published() | {"mine.html": b"mine"}


def test_at_any_moment_of_a_first_deploy_no_document_leads_to_what_is_not_there(site):
    site.build(*range(6))
    for left in range(200):
        store = FakeStore()
        store.left = left
        try:
            site.deploy(store)
        except Cut:
            assert dangling(store.files) == set()
        else:
            break
    assert left > 5
    assert any(name.startswith("all.2") for name in store.files)


def test_a_deploy_that_was_cut_short_goes_on_where_it_was(site, store):
    site.build(*range(6))
    store.left = 7
    with pytest.raises(Cut):
        site.deploy(store)
    done = {name for name in store.writes if name != LOCK}
    assert done
    store.left = None
    assert not done & set(site.deploy(store).uploaded)


def test_without_its_notes_a_deploy_takes_nothing_to_be_there_that_one_cut_short_may_have_changed(
    site, store
):
    site.build(1, 2)
    site.deploy(store)
    site.build(1, 2, text="There was snow.")
    store.left = 8
    with pytest.raises(Cut):
        site.deploy(store)
    store.left = None
    for note in (site.folder / ".feedpub").glob("deploy-*"):
        note.unlink()
    # Back to what the store's manifest lists, although the files differ from it now.
    site.build(1, 2)
    site.deploy(store, SECONDS + STALE)
    assert store.files == site.published()


def test_notes_of_a_deploy_whose_lock_is_gone_count_no_more(site, store):
    site.build(1, 2)
    store.left = 7
    with pytest.raises(Cut):
        site.deploy(store)
    # Somebody emptied the store, and the next deploys are cut short, too.
    store.files.clear()
    for left in range(6, 12):
        store.left = left
        with suppress(Cut):
            site.deploy(store)
    store.left = None
    site.deploy(store)
    assert store.files == site.published()


@pytest.mark.slow
def test_what_one_deploy_cut_short_copied_and_the_next_removed_is_copied_again(site):
    for left in range(6, 24):
        store = FakeStore()
        site.build(1, 2, 3, 4)
        # Everything but the manifest is there.
        store.left = 20
        with suppress(Cut):
            site.deploy(store)
        site.build(1)
        store.left = left
        with suppress(Cut):
            site.deploy(store)
        store.left = None
        site.build(1, 2, 3, 4)
        site.deploy(store)
        assert store.files == site.published()
        for note in (site.folder / ".feedpub").glob("deploy-*"):
            note.unlink()


def test_while_a_deploy_from_elsewhere_runs_another_does_nothing(site, store):
    site.build(1)
    store.files[LOCK] = json.dumps({"token": "theirs", "at": SECONDS - 600, "changed": []}).encode()
    before = dict(store.files)
    with pytest.raises(Locked, match="began 10 minutes ago"):
        site.deploy(store)
    assert store.files == before
    site.deploy(store, SECONDS + STALE)
    assert store.files == site.published()


@pytest.mark.parametrize("lock", [b"", b"{", b"[]", b'{"token": 1}'])
def test_half_a_lock_is_none(site, store, lock):
    site.build(1)
    store.files[LOCK] = lock
    site.deploy(store)
    assert store.files == site.published()


def test_files_of_the_owner_stay_and_pages_give_way_to_them(site, store):
    site.build(1)
    store.files |= {"index.html": b"mine", "notes.txt": b"mine", "all.rss": b"old"}
    found = site.deploy(store)
    assert found.foreign == ("index.html",)
    assert store.files["index.html"] == store.files["notes.txt"] == b"mine"
    assert store.files["all.rss"] == site.published()["all.rss"]


def test_pages_of_ours_are_known_where_the_manifest_is_lost(site, store):
    site.build(1)
    site.deploy(store)
    del store.files["manifest.json"]
    site.build(2)
    assert site.deploy(store).foreign == ()
    assert store.files == site.published()


def test_a_manifest_that_is_not_ours_stops_the_deploy(site, store):
    site.build(1)
    store.files["manifest.json"] = b'{"name": "an app"}'
    with pytest.raises(PublishError, match="is not a manifest of feedpub"):
        site.deploy(store)
    assert store.files == {"manifest.json": b'{"name": "an app"}'}


def test_a_file_that_somebody_changed_is_not_copied(site, store):
    site.build(1)
    (site.folder / "feeds/all.rss").write_text("changed")
    with pytest.raises(PublishError, match=r"all\.rss differs from the manifest"):
        site.deploy(store)
    assert "manifest.json" not in store.files


def test_before_the_first_build_there_is_nothing_to_deploy(site, store):
    with pytest.raises(PublishError, match="run feedpub build first"):
        site.deploy(store)


@pytest.fixture(params=["file", "memory"])
def address(request, tmp_path):
    return f"file://{tmp_path}/there/feeds" if request.param == "file" else f"memory://{tmp_path.name}/feeds"


def test_drivers_of_fsspec_hold_what_is_published(site, address):
    store = FsspecStore(address)
    for numbers in ((1, 2, 3), (2, 3, 4, 5)):
        site.build(*numbers)
        site.deploy(store)
        assert {name: store.read(name) for name in site.published()} == site.published()
        assert store.names() | store.names("article") >= {
            name.rpartition("/")[2] for name in site.published()
        }
        assert not [name for name in store.names() if name.endswith("-part") or name == LOCK]


@pytest.mark.parametrize(
    ("to", "says"),
    [("nosuch://there/feeds", "there is no driver for nosuch://; "), ("sftp://localhost:1/feeds", "; ")],
)
def test_whatever_a_driver_raises_is_one_sentence_with_what_to_do(site, command, to, says):
    site.build(1)
    done = command(site.folder, "deploy", to)
    assert done.returncode == 1
    assert done.stderr.startswith(f"feedpub: {to}: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    # What cannot be opened does not exist the next time either.
    assert "deploy again" not in done.stderr


def test_the_command_copies_to_each_target_and_goes_on_when_one_fails(site, command, tmp_path):
    site.build(1)
    good = f"file://{tmp_path}/there"
    config = site.folder / "config.yaml"
    config.write_text(f'{CONFIG}deploy: [{{to: "nosuch://x"}}, {{to: "{good}"}}]\n')
    done = command(site.folder, "deploy")
    assert done.returncode == 1
    assert f"{good}: " in done.stdout
    assert (tmp_path / "there/all.rss").exists()
    outcomes = read_outcomes(site.folder / ".feedpub")
    assert bool(outcomes["nosuch://x"].error)
    assert not outcomes[good].error
    shown = command(site.folder, "status").stdout
    assert re.search(r"Deployed to nosuch://x: failed \d seconds? ago: nosuch://x: ", shown)
    assert re.search(rf"Deployed to {good}: \d seconds? ago\n", shown)
    site.build(1, 2)
    config.write_text(config.read_text())
    assert "there is something to copy" in command(site.folder, "status").stdout
    command(site.folder, "deploy", good)
    assert command(site.folder, "deploy", good).stdout == f"{good}: nothing to do\n"
    # The first run has said it; this one is quiet.
    done = command(site.folder, "deploy", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    found = json.loads(command(site.folder, "deploy", "--format", "json").stdout)["deployed"]
    assert [set(each) for each in found] == [{"to", "error"}, {"to", "uploaded", "removed"}]


@pytest.mark.parametrize(
    ("to", "told"),
    [("/srv/feeds", "is not an address"), ("sftp://me:secret@host/x", "may not contain a password")],
)
def test_a_target_that_is_none_is_refused_without_repeating_a_password(site, command, to, told):
    site.build(1)
    done = command(site.folder, "deploy", to)
    assert done.returncode == 2
    assert told in done.stderr
    assert "secret" not in done.stderr
    (site.folder / "config.yaml").write_text(f'{CONFIG}deploy: [{{to: "{to}"}}]\n')
    done = command(site.folder, "deploy")
    assert done.returncode == 2
    assert re.match(r"feedpub: config\.yaml:8:\d+: deploy\[0\]\.to: ", done.stderr)
    assert "secret" not in done.stderr
