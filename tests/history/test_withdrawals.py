"""A withdrawn article stays away until a later version comes, whatever else is lost."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedpub.articles.ids import article_id, page_path
from feedpub.config import load_config
from feedpub.core.errors import GuardRefusal, PublishError
from feedpub.planning.verdicts import Fate, verdicts
from feedpub.publishing.build import build, open_plan

NOW = datetime(2024, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
STORY = {"id": "1", "title": "A harbour", "text": "The harbour was closed.", "date": "2024-01-02T10:00:00Z"}
STORY |= {"link": "https://a.test/harbour/"}
OTHERS = [
    {"id": f"o{n}", "title": f"Other {n}", "text": f"Text {n}.", "date": "2024-01-01T10:00:00Z"}
    for n in range(3)
]
GONE = STORY | {"status": "withdrawn"}


class Site:
    """A config for one file of records; each build is a day later."""

    def __init__(self, folder):
        self.folder = folder
        self.now = NOW
        self.configure()

    def configure(self, *withdrawn, more=""):
        listed = json.dumps(withdrawn)
        (self.folder / "c.yaml").write_text(f"""
version: 1
site: {{title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}}
sources: [{{path: a.jsonl, timezone: UTC, may_be_empty: true}}]
feeds: {{all: {{title: All}}}}
withdrawn: {listed}
output: {{pages: off}}
{more}
""")

    def build(self, *records, allow=frozenset({"empty", "vanished"}), others=OTHERS):
        self.write(*records, *others)
        self.now += DAY
        return build(load_config(self.folder / "c.yaml"), self.now, allow=allow)

    def write(self, *records):
        (self.folder / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))

    def lose_state(self):
        shutil.rmtree(self.folder / ".feedpub")

    @property
    def manifest(self):
        return json.loads((self.folder / "feeds/manifest.json").read_bytes())

    @property
    def is_shown(self):
        return "harbour" in (self.folder / "feeds/all.atom").read_text()


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("lost", [False, True], ids=["with the ledger", "without the ledger"])
@pytest.mark.parametrize("first", [True, False], ids=["published before", "never published"])
@pytest.mark.parametrize(
    ("gone", "later", "shown"),
    [
        (GONE, STORY, False),
        (GONE, STORY | {"updated": "2024-03-01T10:00:00Z"}, False),
        (GONE, STORY | {"updated": "2024-03-04T10:00:00Z"}, True),
        (GONE, STORY | {"version": 7}, False),
        (GONE | {"updated": "2024-02-01"}, STORY | {"updated": "2024-01-31"}, False),
        (GONE | {"updated": "2024-02-01"}, STORY | {"updated": "2024-02-01"}, False),
        (GONE | {"updated": "2024-02-01"}, STORY | {"updated": "2024-02-02"}, True),
        (GONE | {"updated": "2024-02-01"}, STORY, False),
        (GONE | {"version": 2}, STORY | {"version": 2}, False),
        (GONE | {"version": 2}, STORY | {"version": 3}, True),
        (
            GONE | {"version": 2, "updated": "2024-02-01"},
            STORY | {"version": 2, "updated": "2024-02-02"},
            False,
        ),
        (
            GONE | {"version": 2, "updated": "2024-02-01"},
            STORY | {"version": 3, "updated": "2024-01-31"},
            True,
        ),
        (GONE | {"version": 2}, STORY | {"updated": "2024-03-04"}, False),
        ({"id": "1", "status": "withdrawn"}, STORY, False),
    ],
)
def test_a_withdrawal_holds_without_its_record_until_a_later_version_comes(
    gone, later, shown, first, lost, site
):
    if first:
        site.build(STORY)
    site.build(gone)
    assert not site.is_shown
    site.build()
    if lost:
        site.lose_state()
    site.now += 2 * DAY
    site.build(later)
    assert site.is_shown == shown
    site.build(later)
    assert site.is_shown == shown


def test_what_is_back_may_be_withdrawn_again(site):
    back = STORY | {"updated": "2024-03-04T10:00:00Z"}
    site.build(GONE)
    site.now += 2 * DAY
    site.build(back)
    assert site.is_shown
    site.build(GONE)
    assert not site.is_shown
    site.build(back)
    assert not site.is_shown


def test_a_withdrawal_that_is_still_said_keeps_the_date_of_the_build_that_saw_it_first(site):
    back = STORY | {"updated": "2024-03-03T10:00:00Z"}
    site.build(GONE)
    site.build(GONE, back)
    site.now += DAY
    for _ in range(3):
        site.build(GONE, back)
        assert site.is_shown


@pytest.mark.slow
@given(
    order=st.permutations(
        [
            STORY | {"version": 1},
            GONE | {"version": 2},
            STORY | {"version": 3, "text": "The harbour was opened."},
            GONE | {"version": 4},
            STORY | {"version": 5, "text": "The harbour is open."},
        ]
    ),
    count=st.integers(1, 5),
    losses=st.lists(st.integers(1, 4), max_size=2),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_versions_and_withdrawals_in_any_order_end_the_same(order, count, losses, tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site"))
    for number in range(count):
        if number in losses:
            site.lose_state()
        site.build(*order[: number + 1])
    shown = max(order[:count], key=lambda record: record["version"])
    text = (site.folder / "feeds/all.atom").read_text()
    assert (shown["text"] in text) == ("status" not in shown)
    assert site.is_shown == ("status" not in shown)


@pytest.mark.slow
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_highest_withdrawal_counts_though_each_came_alone(order, site):
    said = [GONE | {"version": 2}, GONE | {"version": 4}, GONE | {"version": 3}]
    for number in order:
        site.build(said[number])
    site.build(STORY | {"version": 4})
    assert not site.is_shown
    site.build(STORY | {"version": 5})
    assert site.is_shown


def published_id(site):
    entries = (site.folder / "feeds/all.atom").read_text().split("<entry>")
    return next(e for e in entries if "harbour" in e).partition("<id>")[2].partition("</id>")[0]


@pytest.mark.parametrize(
    "name",
    [
        "1",
        "https://a.test/harbour/",
        "http://www.a.test/harbour",
        "https://a.test/harbour#top",
        "the published id",
    ],
)
def test_what_the_config_lists_is_withdrawn_as_long_as_it_is_listed(name, site):
    site.build(STORY)
    site.configure(published_id(site) if name == "the published id" else name)
    report = site.build(STORY, allow=frozenset())
    assert not site.is_shown
    assert (report.withdrawn, report.taken_back) == (1, 1)
    assert site.build(STORY, allow=frozenset()).taken_back == 0
    site.configure()
    site.build(STORY)
    assert site.is_shown


def test_no_guard_counts_what_the_config_lists_of_what_no_source_has_any_more(site):
    site.build(STORY, others=[])
    site.configure(published_id(site))
    assert site.build(allow=frozenset(), others=[]).taken_back == 1


def test_the_manifest_names_no_withdrawn_article(site):
    site.build(STORY)
    assert site.manifest["version"] == 1
    known = published_id(site)
    site.build(GONE | {"version": 2})
    text = json.dumps(site.manifest)
    assert site.manifest["version"] == 2
    assert site.manifest["withdrawn"]
    assert {tuple(said.items()) for said in site.manifest["withdrawn"].values()} == {(("version", 2),)}
    assert known not in text
    assert known.rpartition(":")[2] not in text


def test_a_manifest_of_a_newer_feedpub_is_told(site):
    site.build(STORY)
    manifest = site.folder / "feeds/manifest.json"
    manifest.write_text(json.dumps(site.manifest | {"version": 3}))
    with pytest.raises(PublishError, match="newer feedpub"):
        site.build(STORY)


def test_a_refused_build_says_how_many_withdrawals_wait(site):
    many = [
        STORY | {"id": f"m{n}", "title": f"M{n}", "link": f"https://a.test/{n}", "text": f"{n}"}
        for n in range(9)
    ]
    site.build(STORY, *many)
    with pytest.raises(
        GuardRefusal, match=r"would vanish or change.*; 1 withdrawal waits for a build that is not"
    ):
        site.build(GONE, allow=frozenset())
    assert site.is_shown
    site.build(GONE, *many, allow=frozenset())
    assert not site.is_shown


def test_explain_says_what_brings_an_article_back(site):
    def reasons(*records):
        site.write(*records)
        with open_plan(load_config(site.folder / "c.yaml"), site.now) as plan:
            return [verdict.reason for verdict in verdicts(plan) if verdict.fate is Fate.WITHDRAWN]

    site.build(GONE | {"version": 2})
    assert reasons(STORY | {"version": 2}) == [
        "another record withdraws it; a record with a version above 2 brings it back"
    ]
    (reason,) = reasons(GONE | {"version": 2, "updated": "2024-02-01"})
    assert reason.endswith(
        "; a record with a version above 2 or an update after 2024-02-01T00:00:00+00:00 brings it back"
    )
    site.configure("1")
    assert reasons(STORY | {"version": 9}) == [
        "the config lists it under withdrawn; remove it from that list to bring it back"
    ]


def test_a_quiet_build_tells_of_a_withdrawal_once(command, site):
    site.write(STORY, *OTHERS)
    assert command(site.folder, "build", "-q", "-c", "c.yaml").stderr == ""
    site.write(GONE, *OTHERS)
    assert command(site.folder, "build", "-q", "-c", "c.yaml").stderr == "feedpub: 1 article withdrawn\n"
    assert command(site.folder, "build", "-q", "-c", "c.yaml").stderr == ""
    assert "1 left out, 1 of them withdrawn" in command(site.folder, "build", "-c", "c.yaml").stdout
    assert "brings it back" in command(site.folder, "check", "-c", "c.yaml").stdout


AUTHORITY = "x.test,2023"
STORY_ID = article_id(AUTHORITY, key="1", published=NOW, title="")
OWN_PAGE = f"https://x.test/f/{page_path(AUTHORITY, STORY_ID)}"


@pytest.mark.parametrize("name", ["1", STORY["link"], STORY_ID, OWN_PAGE])
def test_an_article_is_listed_by_id_link_or_page_and_a_name_that_means_none_is_told(site, name):
    site.build(STORY)
    assert site.is_shown
    site.configure(name)
    assert site.build(STORY).source_warnings == ()
    assert not site.is_shown
    site.configure("A harbour", name, f"{OWN_PAGE[:-6]}0.html")
    found = site.build(STORY).source_warnings
    assert [told.split(" ", 1)[1].partition(", so nothing is withdrawn")[0] for told in found] == [
        f"withdrawn[{at}]: no article has {wrong!r} as its id, link or page"
        for at, wrong in ((0, "A harbour"), (2, f"{OWN_PAGE[:-6]}0.html"))
    ]


def test_what_the_ledger_knows_may_stay_listed_when_its_record_is_gone(site):
    site.build(STORY)
    site.configure("1")
    site.build(STORY)
    assert site.build().source_warnings == ()


def test_check_tells_of_what_is_withdrawn_in_vain(command, site):
    site.write(STORY, *OTHERS)
    site.configure("A harbour")
    done = command(site.folder, "check", "-c", "c.yaml")
    said = "withdrawn[0]: no article has 'A harbour' as its id, link or page, so nothing is withdrawn"
    assert said in done.stdout
    assert said in command(site.folder, "build", "-q", "-c", "c.yaml").stderr
