"""explain, diff and report, as a person at a terminal or a script sees them."""

import json
import re
import shutil
import subprocess

import html5lib
import pytest
from lxml import html

CONFIG = """\
version: 1
site: {title: Test News, base_url: "http://localhost/", id_authority: "example.org,2023"}
sources: [{path: in/*.txt, timezone: UTC}]
output: {dir: out}
lists:
  energy: [oil, gas, "wind*", hydrogen]
feeds:
  all: {title: All}
  energy: {title: Energy & more, any: [{list: energy}], none: [painting]}
  prices: {title: Prices, all: [{list: energy}, price]}
"""
ARTICLES = """\
Oil price rises
The gas price rises with it.
2024-01-01 10:00
An oil painting
It fetches a record.
2024-01-09 10:00
Windmills <turn> & turn
They do.
2024-01-20 10:00
A quiet day
Nothing at all happened anywhere in the whole country on this long and grey Sunday in January.
2024-01-21 10:00
"""


@pytest.fixture
def run(tmp_path, monkeypatch, command):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/news.txt").write_text(ARTICLES)
    (tmp_path / "config.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        return command(tmp_path, *arguments)

    invoke.folder = tmp_path
    return invoke


def test_explain_answers_at_a_glance(run):
    done = run("explain", "oil price")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "Oil price rises"
    assert lines[1].startswith("in/news.txt:1  tag:example.org,2023:")
    assert "✓ in all  it takes everything" in lines
    assert "✓ in energy  its rule matches" in lines
    assert "    found      gas  body 4-7  The gas price rises with it." in lines


def test_explain_shows_what_refused_and_what_nearly_matched(run):
    refused = run("explain", "an oil painting").stdout
    assert "✗ not in energy  refused\n    refused by painting  title 7-15  An oil painting" in refused
    assert "near miss  price: is all that is missing" in refused


def test_explain_says_of_each_feed_why_nothing_in_it_matches(run):
    feeds = (
        "  none: {title: None, any: [hydrogen]}\n  odd: {title: Odd, any: [{none: [quiet]}]}\n"
        "  both: {title: Both, include: [energy, prices]}\n  rest: {title: Rest, fallback: true}\n"
    )
    (run.folder / "config.yaml").write_text(CONFIG + feeds)
    assert run("explain", "quiet").stdout.splitlines()[2:] == [
        "✓ in all  it takes everything",
        "    documents  all.rss, all.atom",
        "✓ in rest  no other feed takes it",
        "    documents  rest.rss, rest.atom",
        "✗ not in energy  none of its 4 terms is in the article",
        "✗ not in prices  none of its 5 terms is in the article",
        "✗ not in none  its only term is not in the article",
        "✗ not in odd  its rule does not match",
        "✗ not in both  none of the feeds that it includes takes it",
    ]
    assert "✗ not in rest  another feed takes it" in run("explain", "oil price").stdout


def test_explain_names_many_feeds_in_which_nothing_matches_in_one_line(run):
    (run.folder / "config.yaml").write_text(
        CONFIG + "".join(f"  f{n}: {{title: F, any: [word{n}]}}\n" for n in range(7))
    )
    told = " ".join(run("explain", "quiet").stdout.split())
    assert "· not in energy, prices, f0, f1, f2, f3, f4, f5, f6 none of their terms is in the article" in told
    assert "✗" not in told


def test_explain_first_says_what_becomes_of_an_article_that_no_feed_will_have(run):
    (run.folder / "in/more.jsonl").write_text(
        '{"id": "1", "title": "A past thing", "published": "2024-01-01", "expires": "2024-01-02"}\n'
        '{"id": "2", "title": "A lost gas thing", "link": "https://a.example/2", "published": "2024-01-01"}\n'
        '{"id": "3", "title": "A coming thing", "published": "2099-01-01"}\n'
        '{"id": "4", "title": "An old thing", "published": "2014-01-01"}\n'
    )
    config = CONFIG.replace("in/*.txt", "in/*").replace("{title: All}", "{title: All, max_items: 4}")
    (run.folder / "config.yaml").write_text(config + "withdrawn: [https://a.example/2]\n")
    for title, fate in [
        ("past", "left out: it has expired"),
        ("coming", "held until 2099"),
        ("lost", "withdrawn: "),
    ]:
        lines = run("explain", title).stdout.splitlines()
        assert lines[2].startswith(fate)
        assert lines[3] == "· would be in all  it takes everything"
        assert not [line for line in lines if "✓" in line]
    assert "· would be in energy  its rule matches" in run("explain", "lost gas").stdout
    full = run("explain", "old thing").stdout
    assert "· would be in all  it takes everything\n    left out   all has room for 4 entries" in full


def test_explain_finds_a_file_by_the_end_of_its_path_if_it_is_the_only_one(run):
    (run.folder / "in/wire").mkdir()
    (run.folder / "in/wire/09-bus.txt").write_text("Bus\nIt came.\n2024-01-01 10:00\n")
    (run.folder / "config.yaml").write_text(CONFIG.replace("in/*.txt", "in/**/*.txt"))
    for wish in ("09-bus.txt", "wire/09-bus.txt", "./09-bus.txt", "in/wire/09-bus.txt"):
        assert run("explain", wish).stdout.startswith("Bus\n")
    assert run("explain", "--file", "09-bus.txt", "--line", "2").stdout.startswith("Bus\n")
    assert run("explain", "bus.tx").returncode == run("explain", "s.txt").returncode == 1
    (run.folder / "in/09-bus.txt").write_text("Bus two\nIt came.\n2024-01-01 10:00\n")
    assert "looked at titles, ids, links, keys and files" in run("explain", "09-bus.txt").stderr
    assert run("explain", "wire/09-bus.txt").stdout.startswith("Bus\n")


PLANET = """\
<rss version="2.0"><channel><title>Planet Energy</title><link>https://planet.example/</link><description>d</description>
<language>en-GB</language>
<item><title>Gas</title><link>https://www.example.org/sport/gas</link><guid isPermaLink="false">tag:x,2024:1</guid>
<pubDate>Mon, 01 Jan 2024 10:00:00 GMT</pubDate></item></channel></rss>
"""


def test_terms_of_source_link_and_language_are_explained_counted_and_compared(run):
    (run.folder / "in/planet.xml").write_text(PLANET)
    config = CONFIG.replace("in/*.txt, timezone: UTC}", "in/*.txt, timezone: UTC}, {path: in/*.xml}").replace(
        "[painting]", "[painting, {source: Planet}]"
    )
    (run.folder / "config.yaml").write_text(config)
    shown = run("explain", "Gas").stdout
    assert "✗ not in energy  refused\n    refused by source: Planet  source 0-6  Planet Energy" in shown
    changed = "  new: {title: New, any: [{link: [example.org/sport, /games/]}, {source: news.txt}, {language: en}]}\n"
    (run.folder / "new.yaml").write_text(config + changed)
    found = json.loads(run("explain", "Gas", "--config", "new.yaml", "--format", "json").stdout)["feeds"][-1]
    assert [(hit["term"], hit["field"], hit["text"]) for hit in found["hits"]] == [
        ("link: example.org/sport", "link", "example.org/sport"),
        ("language: en", "language", "en"),
    ]
    told = json.loads(run("report", "--config", "new.yaml", "--format", "json").stdout)
    terms = {term["term"]: term["hits"] for term in told["feeds"][-1]["terms"]}
    assert terms == {
        "link: example.org/sport": 1,
        "link: /games": 0,
        "source: news.txt": 4,
        "language: en": 1,
    }
    assert "new" in run("diff", "new.yaml").stdout


def test_explain_as_json_has_the_documented_shape(run):
    explained = json.loads(run("explain", "--text", "Oil\nis a gas", "--format", "json").stdout)
    assert explained["article"] == {"id": "", "title": "Oil"}
    assert explained["feeds"][1] == {
        "slug": "energy",
        "in": True,
        "why": "rule",
        "hits": [
            {"term": "oil", "field": "title", "start": 0, "end": 3, "text": "Oil"},
            {"term": "gas", "field": "body", "start": 5, "end": 8, "text": "gas"},
        ],
        "vetoed_by": [],
        "near_misses": [],
        "included_by": [],
        "excluded_by": [],
        "hand": None,
        "placement": None,
    }
    assert (explained["fate"], explained["left_out"], explained["duplicate_of"]) == (None, [], None)


def test_explain_finds_an_article_by_its_id_and_by_a_line_of_its_file(run):
    found = json.loads(run("explain", "quiet", "--format", "json").stdout)["article"]
    assert json.loads(run("explain", found["id"], "--format", "json").stdout)["article"] == found
    by_line = run("explain", "--file", "in/news.txt", "--line", "11", "--format", "json").stdout
    assert json.loads(by_line)["article"] == found


@pytest.mark.slow
@pytest.mark.parametrize("lost", [False, True], ids=["state kept", "state lost"])
def test_explain_knows_an_edited_article_by_the_id_that_is_published(run, lost):
    assert run("build", "--quiet").returncode == 0
    published = json.loads(run("explain", "quiet", "--format", "json").stdout)["article"]["id"]
    assert published in (run.folder / "out/all.atom").read_text()
    (run.folder / "in/news.txt").write_text(ARTICLES.replace("A quiet day", "A quiet, cold day"))
    if lost:
        shutil.rmtree(run.folder / ".feedpub")
    for _ in range(2):
        for wish in ("cold day", published):
            found = json.loads(run("explain", wish, "--format", "json").stdout)["article"]
            assert found == {"id": published, "title": "A quiet, cold day"}
        several = run("explain", "i").stderr
        assert f"A quiet, cold day ({published})" in several
        assert run("build", "--quiet").returncode == 0


def test_explain_and_build_say_of_a_duplicate_which_record_stays(run):
    """The last two records are one article, which was edited to say what the first one says."""
    records = (("a", "x", "01", "02"), ("b", "x", "03", "03"), ("c", "y", "04", "04"), ("c", "x", "04", "05"))
    (run.folder / "in/more.jsonl").write_text(
        "".join(
            f'{{"id": "{id_}", "title": "T", "body": "{body}", "published": "2024-01-{day}",'
            f' "updated": "2024-01-{changed}"}}\n'
            for id_, body, day, changed in records
        )
    )
    config = CONFIG.replace("in/*.txt", "in/*") + "dedup: {exact: all}\n"
    (run.folder / "config.yaml").write_text(config)

    def explained(line, report_format):
        asked = ("--file", "in/more.jsonl", "--line", str(line), "--format", report_format)
        return run("explain", *asked).stdout

    kept = json.loads(explained(1, "json"))
    assert (kept["left_out"], kept["duplicate_of"]) == ([], None)
    reason = "left out of every feed as a duplicate of in/more.jsonl:1, which stays"
    for line in (2, 3, 4):
        assert reason in explained(line, "text").splitlines()
        answer = json.loads(explained(line, "json"))
        assert answer["left_out"] == [reason]
        assert answer["duplicate_of"] == {"id": kept["article"]["id"], "file": "in/more.jsonl", "line": 1}
    details = run("build", "--verbose").stdout
    assert "3 duplicates" in details
    assert [row for row in details.splitlines() if "duplicate of" in row] == [
        f"in/more.jsonl:{line}: {reason}" for line in (2, 3, 4)
    ]


def test_explain_asks_which_of_the_articles_that_share_a_line_is_meant(run):
    (run.folder / "in/news.txt").write_text(
        '[{"title": "Oil", "date": "2024-01-01T10:00Z"}, {"title": "Gas", "date": "2024-01-01T10:00Z"}]'
    )
    (run.folder / "config.yaml").write_text(CONFIG.replace("timezone: UTC", "format: json"))
    asked = run("explain", "--file", "in/news.txt", "--line", "1")
    assert asked.returncode == 1
    assert "in/news.txt:1:2: Oil" in asked.stderr
    assert "in/news.txt:1:49: Gas" in asked.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["explain", "nowhere"], 1, "the sources have no article 'nowhere'"),
        (["explain", "r"], 1, "matches several articles"),
        (
            ["explain", "--file", "in/news.txt", "--line", "99"],
            1,
            "the sources have no article in/news.txt:99",
        ),
        (["explain"], 2, "name one article"),
        (["explain", "x", "--text", "y"], 2, "name one article"),
        (["explain", "--line", "4"], 2, "name one article"),
        (["diff", "--config", "a", "--git", "b"], 2, "compare with one config"),
        (["diff", "--git", "--help-me"], 2, "is not a revision"),
        (["report", "--html", "nowhere/page.html"], 1, "cannot be written"),
    ],
)
def test_a_wrong_question_is_answered_with_a_sentence(run, arguments, status, says):
    done = run(*arguments)
    assert done.returncode == status
    assert says in done.stderr


def test_diff_with_another_config_says_what_enters_and_leaves_and_writes_nothing(run):
    (run.folder / "old.yaml").write_text(CONFIG.replace('"wind*", ', "").replace(", none: [painting]", ""))
    done = run("diff", "--config", "old.yaml")
    assert done.returncode == 0
    assert "energy  1 added, 1 removed\n  + Windmills <turn> & turn\n  - An oil painting\n" in done.stdout
    assert "unchanged: all, prices" in done.stdout
    assert run("diff", "--config", "old.yaml", "--exit-code").returncode == 1
    assert run("diff", "--config", "config.yaml", "--exit-code").returncode == 0
    assert sorted(path.name for path in run.folder.iterdir()) == ["config.yaml", "in", "old.yaml"]


def test_diff_with_what_is_published_knows_edited_articles(run):
    assert json.loads(run("diff", "--format", "json").stdout)["feeds"][0]["status"] == "new"
    assert run("build", "--quiet").returncode == 0
    assert run("diff", "--exit-code").returncode == 0
    edited = ARTICLES.replace("A quiet day", "A quiet, cold day")
    (run.folder / "in/news.txt").write_text(edited)
    assert run("diff", "--exit-code").returncode == 0
    (run.folder / "config.yaml").write_text(
        CONFIG.replace("  prices: {", "  dear: {").replace("[painting]", "[price]")
    )
    changes = json.loads(run("diff", "--format", "json").stdout)
    by_slug = {feed["slug"]: feed for feed in changes["feeds"]}
    assert changes["changed"]
    assert {slug: feed["status"] for slug, feed in by_slug.items()} == {
        "all": "same",
        "energy": "changed",
        "dear": "new",
        "prices": "gone",
    }
    assert [entry["title"] for entry in by_slug["energy"]["enter"]] == ["An oil painting"]
    assert [entry["title"] for entry in by_slug["energy"]["leave"]] == ["Oil price rises"]


def test_diff_sees_what_a_change_of_a_pack_does(run):
    """diff compares the published feeds with another config, with its own pack, and with the pack of a revision."""
    pack = "rules: {energy: {any: [oil, gas, painting]}}\n"
    config = (
        CONFIG.replace("any: [{list: energy}], none: [painting]", "rule: ours/energy") + "packs: ours.yaml\n"
    )
    for place in (run.folder, run.folder / "before"):
        place.mkdir(exist_ok=True)
        (place / "config.yaml").write_text(config.replace("in/", f"{run.folder}/in/"))
        (place / "ours.yaml").write_text(pack)
    assert run("build", "--quiet").returncode == 0
    for command in (["init", "-q"], ["add", "config.yaml", "ours.yaml"]):
        subprocess.run(["git", *command], check=True)
    author = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *author, "commit", "-q", "-m", "first"], check=True)
    assert run("diff", "--exit-code").returncode == 0
    (run.folder / "ours.yaml").write_text("rules: {energy: {any: [oil, wind*], none: [painting]}}\n")
    for against in ((), ("--config", "before/config.yaml"), ("--git", "HEAD")):
        done = run("diff", "--exit-code", *against)
        assert done.returncode == 1
        assert "energy  1 added, 1 removed\n  + Windmills <turn> & turn\n  - An oil painting\n" in done.stdout


def test_diff_says_where_a_feed_that_is_retired_moves_to_and_after_the_build_that_nothing_changes(run):
    assert run("build", "--quiet").returncode == 0
    retired = CONFIG.replace("all: [{list: energy}, price]", "retired: {moved_to: https://x.test/dear.atom}")
    (run.folder / "config.yaml").write_text(retired)
    (run.folder / "old.yaml").write_text(CONFIG)
    for against in ((), ("--config", "old.yaml")):
        done = run("diff", "--exit-code", *against)
        assert done.returncode == 1
        assert "prices  retired, moved to https://x.test/dear.atom\n" in done.stdout
    (change,) = (
        feed
        for feed in json.loads(run("diff", "--format", "json").stdout)["feeds"]
        if feed["slug"] == "prices"
    )
    assert (change["status"], change["moved_to"]) == ("retired", "https://x.test/dear.atom")
    assert [entry["title"] for entry in change["leave"]] == ["Oil price rises"]
    assert run("build", "--quiet").returncode == 0
    for against in ((), ("--config", "config.yaml")):
        done = run("diff", "--exit-code", *against)
        assert (done.returncode, done.stdout) == (0, "unchanged: all, energy, prices\n")


def test_diff_foretells_what_a_build_of_an_archived_feed_has_room_for(run):
    limits = "{title: All, archive: 2, max_bytes: 4 KB}"
    (run.folder / "config.yaml").write_text(CONFIG.replace("{title: All}", limits))
    words = " ".join(f"word{number}" for number in range(200))
    stories = (f"Story {day}\n{day} {words}\n2024-02-{day:02} 10:00\n" for day in range(1, 9))
    (run.folder / "in/long.txt").write_text("".join(stories))
    foretold = json.loads(run("diff", "--format", "json").stdout)["feeds"][0]["enter"]
    assert run("build", "--quiet").returncode == 0
    assert len(foretold) == (run.folder / "out/all.atom").read_text().count("<entry>") == 1
    assert run("diff", "--exit-code").returncode == 0


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_diff_with_a_revision_reads_the_config_from_git(run):
    for command in (["init", "-q"], ["add", "config.yaml"]):
        subprocess.run(["git", *command], cwd=run.folder, check=True)
    author = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *author, "commit", "-qm", "Begin"], cwd=run.folder, check=True)
    (run.folder / "config.yaml").write_text(CONFIG.replace("[painting]", "[rises]"))
    done = run("diff", "--git", "HEAD")
    assert "energy  1 added, 1 removed\n  + An oil painting\n  - Oil price rises\n" in done.stdout
    assert "git cannot read config.yaml in nowhere" in run("diff", "--git", "nowhere").stderr


def test_report_counts_terms_alone_and_dead_overlaps_and_what_is_nowhere(run):
    report = json.loads(run("report", "--format", "json").stdout)
    assert (report["articles"], report["unrouted"]) == (4, 2)
    assert [a["title"] for a in report["unrouted_articles"]] == ["An oil painting", "A quiet day"]
    energy = report["feeds"][1]
    assert (energy["articles"], energy["oldest"][:10], energy["newest"][:10]) == (
        2,
        "2024-01-01",
        "2024-01-20",
    )
    assert energy["weeks"] == {"2024-01-01": 1, "2024-01-15": 1}
    assert energy["per_week"] == 0.74
    counts = {term["term"]: (term["seen"], term["hits"], term["alone"]) for term in energy["terms"]}
    assert counts == {"wind*": (1, 1, 1), "oil": (2, 1, 0), "gas": (1, 1, 0), "hydrogen": (0, 0, 0)}
    assert energy["terms"][-1]["where"] == "config.yaml:6:31: lists.energy[3]"
    assert {"feeds": ["energy", "prices"], "articles": 1} in report["overlaps"]


def test_report_as_text_names_dead_terms_once_there_are_articles_enough(run):
    text = run("report").stdout
    assert "4 articles, 2 of them in no feed that has a rule:\n  in/news.txt:4: An oil painting\n" in text
    assert "1 of 4 terms not found yet; 4 articles are too few to expect each" in text
    assert re.search(r"energy +2 .* 4 +–\n", text)
    assert "never found in" not in text
    assert re.search(r"1  energy, prices", text)
    more = "".join(f"\nOil and wind of day {day}\nGas.\n2024-02-{day:02} 10:00\n" for day in range(1, 11))
    with (run.folder / "in/news.txt").open("a", encoding="utf-8") as file:
        file.write(more)
    text = run("report").stdout
    assert "never found in 14 articles: hydrogen" in text
    assert re.search(r"energy +12 .* 4 +1\n", text)
    never = [feed["never_found"] for feed in json.loads(run("report", "--format", "json").stdout)["feeds"]]
    assert never[1] == 1


def test_the_page_is_whole_escaped_and_needs_no_network(run):
    assert run("report", "--html", "page.html").returncode == 0
    source = (run.folder / "page.html").read_text(encoding="utf-8")
    page = html.document_fromstring(source)
    assert not page.xpath("//script | //link | //img | //iframe | //*[@src]")
    assert all(link.startswith("#") for link in page.xpath("//@href"))
    assert "http" not in source
    assert "url(" not in source
    assert len(page.xpath("//svg[@class='time']")) == 3
    assert len(page.xpath("//svg[@class='terms']")) == 2
    assert len(page.xpath("//svg[@class='matrix']//rect")) == 9
    assert page.xpath("//h2[@id='feed-energy']")[0].text == "Energy & more"
    assert "A quiet day" in page.text_content()


def test_the_report_has_the_frame_and_the_style_sheet_of_the_pages_and_names_each_link_once(run):
    config = run.folder / "config.yaml"
    config.write_text(config.read_text().replace("title: Prices", "title: Energy & more"))
    run("build")
    assert run("report", "--html", "page.html").returncode == 0
    source = (run.folder / "page.html").read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(source)
    page = html.document_fromstring(source)
    (style,) = (run.folder / "out").glob("style.*.css")
    assert style.read_text() in page.xpath("//style")[0].text
    assert page.body.get("class") == "report"
    assert [e.tag for e in page.body] == ["a", "header", "main"]
    links = [link.text_content() for link in page.xpath("//main//a")]
    assert len(links) == len(set(links)) == 3
    assert {"Energy & more (energy)", "Energy & more (prices)"} < set(links)
    assert {cell.get("scope") for cell in page.xpath("//th")} == {"col", "row"}


def test_a_style_sheet_and_templates_of_ones_own_hold_for_the_report_too(run):
    (run.folder / "look").mkdir()
    (run.folder / "look/style.css").write_text("body { color: {#x#} red }")
    (run.folder / "look/report.html").write_text(
        '{% extends "default/report.html" %}{% block footer %}Ours.{% endblock %}'
    )
    config = run.folder / "config.yaml"
    config.write_text(config.read_text().replace("output: {", "output: {templates: look, "))
    assert run("report", "--html", "page.html").returncode == 0
    source = (run.folder / "page.html").read_text()
    assert "body { color: {#x#} red }" in source
    assert "Ours." in source
    (run.folder / "look/report.html").write_text("{{ nothing.there }}")
    assert "report.html:1:1: the template fails" in run("report", "--html", "page.html").stderr


def test_a_build_and_check_warn_of_an_expression_that_yaml_made_another_one(run):
    config = run.folder / "config.yaml"
    config.write_text(CONFIG.replace("none: [painting]", 'none: ["re:\\bpainting"]'))
    warning = "config.yaml:9:64: feeds.energy.none[0]: this regular expression contains the control character U+0008"
    assert warning in run("check").stdout
    assert warning in run("build").stderr
    assert "control character" not in run("build", "--quiet").stderr
