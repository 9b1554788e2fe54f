"""The shipped rules work: those of the config on the sample, those of the pack on a labelled development set."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from feedpub.articles.article import Article, Origin
from feedpub.config import load_config
from feedpub.rules import RuleSet
from feedpub.rules.pack import ship
from feedpub.sources import files, read

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "keywords"
FLOORS = yaml.safe_load((DATA / "floors.yaml").read_text("utf-8"))
FEEDS = ["world", "ukraine-war", "politics", "business", "entertainment", "arts", "sports", "crime"]

# (beginning of the title, feeds that must have it, feeds that must not)
SAMPLE = [
    ("Satellite images show spike", "world ukraine-war", "sports"),
    ("Protesters Block Guatemala", "world", ""),
    ("Jessica Alba", "entertainment", "crime"),
    ("Klimt painting", "arts", "crime"),
    ("Who is Matt Morgan?", "entertainment", ""),
    ("Who all are part of JoJo Siwa", "entertainment", "ukraine-war"),
    ("Women’s Aid welcomes", "sports", "ukraine-war world"),
    ("Saudis and Russia Extend", "business", "ukraine-war"),
    ("Zelensky makes passionate plea", "world ukraine-war politics", "sports"),
    ("Kaitlin Cyrus", "crime", "entertainment"),
    ("China touts its Belt and Road", "business world", ""),
    ("Bruce Hough", "politics", ""),
]


@pytest.fixture(scope="module")
def settings():
    return load_config(ROOT / "config.yaml")


@pytest.fixture(scope="module")
def rules(settings):
    return settings.rules


@pytest.fixture(scope="module")
def pack():
    """The rules of the pack alone, each as a feed."""
    return RuleSet(ship("news-en").parsed)


@pytest.fixture(scope="module")
def sample(settings):
    items = [
        item
        for spec in settings.sources
        for file in files(spec)
        for item in read(spec, file, settings.site.id_authority)
    ]
    return [item for item in items if isinstance(item, Article)]


def routed(rules, article):
    return {rules.slugs[index] for index in rules.route(article)}


def articles(name):
    """Yield the articles in a file of the development set, each with its feeds."""
    written = datetime(2024, 1, 1, tzinfo=UTC)
    with (DATA / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            case = json.loads(line)
            origin = Origin(f"{name}.jsonl", number, number)
            article = Article(f"tag:example.org,2023:{number}", case["title"], case["body"], written, origin)
            yield article, set(case["feeds"])


@pytest.fixture(scope="module")
def outcomes(pack):
    """Return, for each file, pairs of the rules that take an article and the rules that should."""
    return {name: [(routed(pack, article), wanted) for article, wanted in articles(name)] for name in FLOORS}


def test_the_feeds_are_the_nine_and_the_first_takes_everything(rules, sample):
    assert list(rules.slugs) == ["all", *FEEDS]
    assert all("all" in routed(rules, article) for article in sample)


@pytest.mark.parametrize(("title", "inside", "outside"), SAMPLE, ids=[row[0] for row in SAMPLE])
def test_a_sample_article_goes_where_an_editor_would_put_it(rules, pack, sample, title, inside, outside):
    (article,) = [each for each in sample if each.title.startswith(title)]
    for feeds in (routed(rules, article), routed(pack, article)):
        assert set(inside.split()) <= feeds
        assert not set(outside.split()) & feeds


@pytest.mark.parametrize("slug", FEEDS)
@pytest.mark.parametrize("name", FLOORS)
def test_a_feed_finds_what_belongs_to_it_and_little_else(outcomes, name, slug):
    right = sum(slug in got and slug in wanted for got, wanted in outcomes[name])
    precision = right / sum(slug in got for got, _ in outcomes[name])
    recall = right / sum(slug in wanted for _, wanted in outcomes[name])
    least_precision, least_recall = FLOORS[name][slug]
    assert precision >= least_precision
    assert recall >= least_recall


@pytest.mark.parametrize("name", FLOORS)
def test_the_development_set_names_known_feeds_and_repeats_no_headline(name):
    cases = list(articles(name))
    assert all(wanted <= set(FEEDS) for _, wanted in cases)
    assert len({article.title for article, _ in cases}) == len(cases)


def test_the_shipped_config_fits_on_a_page_and_brings_examples_for_every_feed(rules):
    text = (ROOT / "config.yaml").read_text("utf-8")
    assert len(text.splitlines()) <= 150
    feeds = yaml.safe_load(text)["feeds"]
    for slug in FEEDS:
        assert feeds[slug]["examples"].keys() == {"match", "no_match"}
    by_keywords = [slug for slug in FEEDS if "rule" not in feeds[slug]]
    assert len(by_keywords) >= 2
    assert all("any" in feeds[slug] for slug in FEEDS)
    assert not rules.failing_examples


def test_no_keyword_of_the_shipped_config_is_dead_doubled_or_too_wide(rules):
    assert not [str(warning) for warning in rules.lint()]
