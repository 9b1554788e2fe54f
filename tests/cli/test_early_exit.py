"""A build with nothing to do ends early, with the same effects, output and status as a full build."""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedpub import __main__
from feedpub.config import load_config, parse_config
from feedpub.publishing import early_exit
from feedpub.publishing.build import build
from feedpub.publishing.dependencies import dependencies, note_of
from feedpub.sources.http_cache import Copy

ADDRESS = "https://elsewhere.example/feed.xml"
CONFIG = """
version: 1
site: {title: Sample, base_url: "https://example.org/feeds/", id_authority: "example.org,2023"}
packs: [words.yaml]
sources:
  - path: articles/**/*.txt
    timezone: UTC
  - path: notes/*/index.md
    timezone: UTC
    may_be_empty: true
  - path: extra.txt
    timezone: UTC
    may_be_empty: true
    adopt: [old.xml]
  - path: $MORE/*.txt
    timezone: UTC
    may_be_empty: true
  - path: https://elsewhere.example/feed.xml
  - path: lists/planet.opml
output: {state: state, gzip: true, archive: 1, max_items: 2, templates: look}
feeds:
  all: {title: All}
  rain: {title: Rain, rule: words/weather}
"""
LISTED = "https://listed.example/feed.xml"
LIST = f"""<opml version="2.0"><body><outline text="Weather"><outline text="Elsewhere" xmlUrl="{LISTED}"/></outline>
<outline text="Here" xmlUrl="here.xml"/></body></opml>"""
PACK = """
rules:
  weather: {any: [rain, snow]}
"""
FEED = """<rss version="2.0"><channel><title>Elsewhere</title><link>https://elsewhere.example/</link>
<description>News</description><item><title>Frost</title><link>https://elsewhere.example/1</link>
<pubDate>Mon, 01 Jan 2024 10:00:00 GMT</pubDate><description>Cold.</description></item></channel></rss>"""
NOTE = "---\ntitle: A note on hail\ndate: 2024-01-05\n---\n\nIt hailed.\n"


def article(number, text="There was rain."):
    return f"Story {number}\n{text}\n2024-01-{number + 10} 10:00:00\n"


def write(file, text):
    """Write a file with the same mtime wherever it is, because edits may be dated by it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    os.utime(file, (1_704_100_000, 1_704_100_000))


def make(folder):
    write(folder / "config.yaml", CONFIG)
    write(folder / "words.yaml", PACK)
    for number in range(4):
        write(folder / f"articles/{number % 2}/{number}.txt", article(number))
    write(folder / "broken/none.txt", "no date at all\n")
    (folder / "articles/none.txt").symlink_to("../broken/none.txt")
    write(Copy.of(ADDRESS, folder).content, FEED)
    write(folder / "lists/planet.opml", LIST)
    write(folder / "lists/here.xml", FEED.replace("elsewhere", "here"))
    write(Copy.of(LISTED, folder).content, FEED.replace("elsewhere", "listed"))
    (folder / "look").mkdir()
    (folder / "more").mkdir()
    return folder


@pytest.fixture
def feedpub(capsys, monkeypatch):
    """Run the whole program in this process; return its status, its output, and whether it ended early."""
    monkeypatch.setattr(early_exit, "RACE", 0)
    monkeypatch.setenv("MORE", "more")
    repeated = early_exit.repeated
    found = []

    def note(*arguments):
        found.append(repeated(*arguments))
        return found[-1]

    monkeypatch.setattr(early_exit, "repeated", note)

    def run(folder, *arguments):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["feedpub", *arguments])
        try:
            __main__.main()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        return (status, *capsys.readouterr()), found[-1] is not None

    return run


@pytest.fixture
def built(tmp_path, feedpub):
    """A project for which the next build has nothing to do."""
    folder = make(tmp_path)
    # The second build may still write down what need not be read again.
    assert not any(feedpub(folder, "build")[1] for _ in range(3))
    return folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A project that was built once; tests change it one after the other."""
    folder = make(tmp_path_factory.mktemp("kept"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MORE", "more")
        build(load_config(folder / "config.yaml"), datetime(2024, 3, 1, tzinfo=UTC))
        yield folder


@pytest.fixture
def trusted(kept, monkeypatch):
    """That project with a note about its present state, and a function that checks the note."""
    monkeypatch.chdir(kept)
    monkeypatch.setenv("MORE", "more")
    settings = load_config("config.yaml")
    began = time.time_ns() + early_exit.RACE + 1_000_000_000
    note = early_exit.Note(early_exit.Told(0, (("done\n", False),)), began, None)
    early_exit.leave_note(note_of(settings), note, ["build"], "config.yaml", dependencies(settings))

    def ask(*arguments):
        return early_exit.repeated(arguments or ["build"], began)

    assert ask() == note.told
    return kept, ask


def published(folder):
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted((folder / "feeds").rglob("*"))
        if file.is_file()
    }


@pytest.mark.slow
def test_after_a_build_that_changed_nothing_the_next_ends_early_and_says_the_same(built, feedpub):
    before = published(built)
    lines = len((built / "state/builds.jsonl").read_text().splitlines())
    told, early = feedpub(built, "build")
    assert early
    assert told == feedpub(built, "build")[0]
    # People who check whether builds still run must see them.
    assert len((built / "state/builds.jsonl").read_text().splitlines()) == lines + 2
    Path(note_of(load_config("config.yaml"))).unlink()
    assert (told, False) == feedpub(built, "build")
    assert published(built) == before


def replace(name, old, new):
    return lambda folder: write(folder / name, (folder / name).read_text().replace(old, new))


CHANGES = {
    "an article comes": lambda folder: write(folder / "articles/0/new.txt", article(9)),
    "one comes in a new folder": lambda folder: write(folder / "articles/2/b/new.txt", article(9)),
    "one is edited": lambda folder: write(folder / "articles/0/2.txt", article(2, "There was snow.")),
    "one is edited, and no longer for it": replace("articles/0/2.txt", "rain", "snow"),
    "one goes": lambda folder: (folder / "articles/1/3.txt").unlink(),
    "one is renamed": lambda folder: (folder / "articles/1/1.txt").rename(folder / "articles/1/4.txt"),
    "one is touched": lambda folder: os.utime(folder / "articles/0/0.txt"),
    "what a link leads to changes": lambda folder: write(folder / "broken/none.txt", article(8)),
    "a link leads elsewhere": lambda folder: (
        (folder / "articles/none.txt").unlink(),
        (folder / "articles/none.txt").symlink_to("0/2.txt"),
    ),
    "a file of a fixed name comes": lambda folder: write(folder / "extra.txt", article(9)),
    "a folder for a fixed name comes": lambda folder: write(folder / "notes/hail/index.md", NOTE),
    "the config changes": replace("config.yaml", "title: All", "title: News"),
    "a pack changes": replace("words.yaml", "rain", "hail"),
    "a template comes": lambda folder: shutil.copy(
        Path(__main__.__file__).with_name("documents") / "pages/templates/message.html", folder / "look"
    ),
    "a feed is fetched again": lambda folder: write(
        Copy.of(ADDRESS, folder).content, FEED.replace("Frost", "Hoar frost")
    ),
    "a fetched feed is gone": lambda folder: Copy.of(ADDRESS, folder).content.unlink(),
    "a list of feeds changes": replace("lists/planet.opml", "Weather", "Frost"),
    "a feed of a list is fetched again": lambda folder: write(
        Copy.of(LISTED, folder).content, FEED.replace("Frost", "Hoar frost")
    ),
    "a file that a list names changes": replace("lists/here.xml", "Cold", "Colder"),
    "an old feed comes": lambda folder: write(folder / "old.xml", FEED),
    "a document is gone": lambda folder: (folder / "feeds/rain.atom").unlink(),
    "a document was edited": lambda folder: (folder / "feeds/rain.atom").write_bytes(b"<feed/>"),
    "a page of ours is gone": lambda folder: next((folder / "feeds/article").glob("*.html")).unlink(),
    "the list of documents is gone": lambda folder: (folder / "feeds/manifest.json").unlink(),
    "the ledger is gone": lambda folder: (folder / "state/ledger.sqlite").unlink(),
    "the list of rejects is gone": lambda folder: (folder / "state/rejects.jsonl").unlink(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_the_note_does_not_hold(trusted, change):
    folder, ask = trusted
    change(folder)
    assert ask() is None


@pytest.mark.parametrize(("name", "value"), [("MORE", "articles/0"), ("HOME", "/nowhere"), ("COLUMNS", "60")])
def test_under_another_variable_the_note_does_not_hold(trusted, monkeypatch, name, value):
    _, ask = trusted
    monkeypatch.setenv(name, value)
    assert ask() is None


@pytest.mark.parametrize(
    "arguments",
    [["build", "-q"], ["build", "--config", "other.yaml"], ["check"], ["build", "-c"], ["--version"]],
)
def test_for_other_arguments_the_note_does_not_hold(trusted, arguments):
    _, ask = trusted
    assert ask(*arguments) is None


@pytest.mark.parametrize(
    "damage", [b"", b"\0" * 100, b"[]", b'{"began": 0}', b'{"began": "x", "until": null}']
)
def test_a_damaged_note_does_not_hold(trusted, damage):
    _, ask = trusted
    Path(note_of(load_config("config.yaml"))).write_bytes(damage)
    assert ask() is None


@pytest.mark.parametrize(
    "state", ["{state: state,", "{dir: feeds, 'state' : 'state',", '{state:    "./state"  ,']
)
def test_the_note_is_found_however_the_config_names_the_state_folder(trusted, state):
    folder, ask = trusted
    del ask
    replace("config.yaml", "{state: state,", state)(folder)
    settings = load_config("config.yaml")
    note = early_exit.Note(early_exit.Told(0, ()), 1 << 62, None)
    early_exit.leave_note(note_of(settings), note, ["build"], "config.yaml", dependencies(settings))
    assert early_exit.repeated(["build"], 1 << 62) == note.told
    replace("config.yaml", state, "{state: state,")(folder)


def test_standard_input_is_no_file_that_could_be_compared(kept):
    settings = parse_config(CONFIG.replace("extra.txt", '"-"').encode(), kept / "config.yaml")
    assert dependencies(settings) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [["build", "-q"], ["build", "-v"], ["build", "--format", "json"], ["build", "--config=config.yaml"]],
)
def test_options_are_repeated_as_they_were(built, feedpub, arguments):
    told, early = feedpub(built, *arguments)
    assert not early
    assert (told, True) == feedpub(built, *arguments)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["build", "--dry-run"], ["build", "--allow-vanished"]])
def test_what_is_meant_for_once_is_not_repeated(built, feedpub, arguments):
    feedpub(built, *arguments)
    assert not feedpub(built, *arguments)[1]


def test_a_status_other_than_0_is_repeated_with_what_was_said(tmp_path, feedpub):
    folder = make(tmp_path)
    told = feedpub(folder, "build", "--max-rejects", "0")
    assert told[0][0] == 1
    # A refusal is worked out each time, because it may compare with data that are a day old.
    assert told == feedpub(folder, "build", "--max-rejects", "0")


@pytest.mark.slow
def test_before_something_comes_due_builds_end_early_and_from_then_on_not(built, feedpub):
    write(built / "articles/0/future.txt", article(5).replace("2024", "2099"))
    feedpub(built, "build")
    feedpub(built, "build")
    note = json.loads(Path(note_of(load_config("config.yaml"))).read_text())
    due = int(datetime(2099, 1, 15, 10, tzinfo=UTC).timestamp()) * 1_000_000_000
    assert note["until"] == due
    assert early_exit.repeated(["build"], due - 1)
    assert early_exit.repeated(["build"], due) is None


def test_with_a_clock_that_was_set_back_the_next_build_goes_the_whole_way(built, feedpub):
    assert feedpub(built, "build")[1]
    assert early_exit.repeated(["build"], 1_704_100_000_000_000_000) is None


@pytest.mark.slow
def test_a_file_that_changed_just_before_a_build_is_not_trusted(built, feedpub, monkeypatch):
    monkeypatch.setattr(early_exit, "RACE", 2_000_000_000)
    (built / "articles/0/2.txt").touch()
    feedpub(built, "build")
    feedpub(built, "build")
    assert not feedpub(built, "build")[1]


def test_a_build_that_is_killed_leaves_no_note(built, feedpub, monkeypatch):
    Path("state/rejects.jsonl").unlink()

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("feedpub.publishing.build.write_rejects", killed)
        assert feedpub(built, "build")[0][0] == 130
    assert not Path(note_of(load_config("config.yaml"))).exists()


@pytest.mark.slow
def test_all_that_a_build_opens_is_among_what_it_depends_on(built, feedpub, opened):
    write(built / "old.xml", FEED)
    write(built / "extra.txt", article(9))
    feedpub(built, "build")
    with opened() as names:
        assert not feedpub(built, "build")[1]
    there = {file.name for file in built.rglob("*")}
    known = {Path(place).name for place in dependencies(load_config("config.yaml"))}
    other = {"lock", "state", "feeds", "builds.jsonl", Path(note_of(load_config("config.yaml"))).name}
    assert {"config.yaml", "words.yaml", "none.txt", "rain.atom", "manifest.json"} <= {*names} & known
    assert {*names} & there <= known | other


@pytest.mark.slow
def test_what_ends_early_imports_next_to_nothing_and_opens_no_source(built):
    code = """
import sys
sys.argv = ["feedpub", "build"]
opened = []
sys.addaudithook(lambda event, found: opened.append(str(found[0])) if event == "open" else None)
from feedpub.__main__ import main
try:
    main()
except SystemExit:
    pass
print(*sorted(name for name in sys.modules if name.partition(".")[0] in ("feedpub", "yaml", "typer", "lxml")))
print(*sorted(name for name in opened if name.endswith((".txt", ".rss", ".atom", ".sqlite"))))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=built, capture_output=True, text=True, check=True)
    *_, modules, files = done.stdout.splitlines()
    assert modules.split() == [
        "feedpub",
        "feedpub.__main__",
        "feedpub.cli",
        "feedpub.cli.lines",
        "feedpub.publishing",
        "feedpub.publishing.early_exit",
        "feedpub.publishing.runs",
    ]
    assert files == ""
