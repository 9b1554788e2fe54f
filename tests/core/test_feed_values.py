"""The validator accepts every value that sources and config accept, in each format."""

from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from feedpub.articles.article import Article, Author, FeedSource, Origin
from feedpub.articles.entry import RoutedArticle, make_entry
from feedpub.config import parse_config
from feedpub.core.errors import ConfigError
from feedpub.core.feed_values import identifier, language_tag, mail_address, media_type
from feedpub.documents.renderer import Renderer
from feedpub.documents.verification import first_refusal
from feedpub.history.memory import ArchiveIndex
from feedpub.planning.feed_plan import plan_feed
from feedpub.planning.site_plan import check_heads
from feedpub.sources.field_mapping import authors_of, enclosure
from feedpub.sources.normalisation import build
from feedpub.sources.records import Record
from feedpub.sources.spec import ParseContext
from feedpub.validator.grammar import iris, tokens

FORMATS = ("rss", "atom", "json")
CONFIG = {
    "version": "1",
    "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
    "sources": [{"path": "*.jsonl"}],
    "feeds": {"all": {"title": "All"}},
    "output": {"formats": list(FORMATS)},
}


def written(*examples, alphabet):
    """Texts that are nearly valid: examples, and combinations of their pieces."""
    pieces = st.sampled_from([*examples, *alphabet])
    return st.lists(pieces, max_size=5).map("".join) | st.sampled_from(examples)


LANGUAGES = written(
    "en", "de-AT", "hi_IN", "english", "jp", "zh-Hant-TW", "x-a", "i-klingon", "ſk", alphabet="-_a1é"
)
MAILS = written(
    "ann@x.test", "desk@x..test", ".a@x.test", "a@-c.test", "a@b_c.test", "a+b@x.test", "a{%}?#@x.test",
    "a@bücher.test", alphabet="@.-a<>() ",
)  # fmt: skip
IDS = written(
    "urn:uuid:1225c695", "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a", "urn:isbn:1", "urn:x:1", "tag:x/2",
    "tag:x.test,2024:a", "tag:x.test,2024-13:a", "https://x.test/ü", "http:a", "https://x_y.test:80/a#b#c",
    "https://[fe80::1%25eth0]/", "mailto:a@x.test", "at://a", "12345", "foo:bar",
    alphabet=":/#?%é[]@ \ue000\ufdd0",
)  # fmt: skip
ADDRESSES = written(
    "https://x.test/", "HTTPS://X.test/a", "https://exämple.test/über", "https://x.test/%zz", "https://x.test/100%",
    "http://[fe80::1%25eth0]/", "http://[::1]:8000/", "http://[v1.a]/", "http://x.test:99999/", "//x.test/",
    "http://u:p@x.test/", "http://a b/", "http://.test/", "http://x.test:/",
    alphabet="/:#?%é[]@ ",
)  # fmt: skip
TYPES = written("audio/mpeg", "text/#", ".a/b", "a/b/c", "audio/mpeg; x=y", "a/b+xml", alphabet="/.+; é")
TEXTS = st.text(max_size=12) | written(
    "Ann", "(AP)", "<ann@x.test>", "]]>", "&#0;", "\x00", "\u0085", alphabet=" <&@"
)


@cache
def plain():
    return settings_of(CONFIG)


def settings_of(config):
    return parse_config(
        yaml.safe_dump(config, default_style='"', allow_unicode=True).encode(), Path("/c.yaml")
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "texts"),
    [
        (language_tag, tokens.is_language, LANGUAGES),
        (mail_address, tokens.is_email, MAILS),
        (media_type, tokens.split_media_type, TYPES),
        (
            identifier,
            lambda text: (
                not iris.wrong_character(text)
                and iris.is_absolute(text)
                and (iris.is_tag(text) or iris.is_urn(text) or iris.scheme(text) not in ("tag", "urn"))
                and (iris.is_uuid(text) or not text.lower().startswith("urn:uuid:"))
            ),
            IDS,
        ),
    ],
    ids=["language", "mail", "media type", "id"],
)
def test_each_value_that_is_ours_is_one_of_the_validators(ours, theirs, texts):
    @given(texts | st.text(max_size=8))
    def holds(text):
        value = ours(text)
        assert value is None or theirs(value)
        assert value is None or ours(value) == value

    holds()


AUTHORS = st.builds(Author, TEXTS, MAILS, ADDRESSES) | st.builds(
    lambda name, address: authors_of(f"{name} <{address}>")[0], TEXTS, MAILS
)
RECORDS = st.builds(
    lambda **fields: Record(**fields),  # noqa: PLW0108 - given the class, Hypothesis makes up its other fields
    title=TEXTS.map(lambda text: f"T{text}"),
    body=TEXTS,
    published=st.just("2024-01-02T03:04:05Z"),
    html=st.booleans(),
    id=IDS,
    keep_id=st.booleans(),
    link=ADDRESSES,
    authors=st.lists(AUTHORS, max_size=2).map(tuple),
    categories=st.lists(TEXTS, max_size=2).map(tuple),
    language=LANGUAGES,
    summary=TEXTS,
    image=ADDRESSES,
    enclosures=st.lists(st.builds(enclosure, ADDRESSES, TYPES, TEXTS), max_size=2).map(tuple),
    via=st.none() | st.builds(FeedSource, TEXTS, IDS, ADDRESSES),
)  # fmt: skip


@given(record=RECORDS)
def test_an_optional_value_costs_no_article(record):
    settings = plain()
    reading = ParseContext(settings.sources[0], "a", settings.site.id_authority)
    articles = [item for item in build(reading, Origin("a", 1, 1), record, str) if isinstance(item, Article)]
    assert len(articles) == 1
    entries = [make_entry(RoutedArticle(article, ("all",))) for article in articles]
    renderer = Renderer(settings.site, {}, settings.output.formats)
    assert renderer.quarantine(entries) == ()
    composed = plan_feed(settings.feeds[0], entries, settings.site, {}, ArchiveIndex())
    assert not (wrong := first_refusal(renderer.render(composed.feed).documents)), wrong


LINES = TEXTS.map(lambda text: f"T{text}")
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "title": LINES,
        "base_url": ADDRESSES,
        "link": ADDRESSES,
        "author": st.fixed_dictionaries({"name": LINES}, optional={"email": MAILS, "uri": ADDRESSES}),
        "language": LANGUAGES,
        "rights": LINES,
    },
)


@given(changes=CHANGES)
@example(changes={"base_url": "https://exämple.test/feeds/", "link": "HTTPS://x.test/über/100%"})
def test_a_config_is_refused_at_load_or_its_feeds_can_be_published(changes):
    try:
        settings = settings_of(CONFIG | {"site": CONFIG["site"] | changes})
    except ConfigError:
        return
    check_heads(settings)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("hi_IN", "hi-IN"),
        ("en", "en"),
        ("english", None),
        ("jp", None),
        ("cz", None),
        ("gb", None),
        ("", None),
    ],
)
def test_a_language_is_mended_where_it_is_clear_and_else_none(text, tag):
    assert language_tag(text) == tag


@pytest.mark.parametrize("text", ["urn:uuid:1", "tag:x/2", "urn:x"])
def test_an_id_that_atom_cannot_carry_is_derived_anew_and_its_former_one_kept_for_where_it_was_published(
    text,
):
    reading = ParseContext(plain().sources[0], "a", "x.test,2023")
    record = Record("A", "B", "2024-01-01T00:00:00Z", id=text, keep_id=True)
    article, notice = build(reading, Origin("a", 1, 1), record, str)
    assert article.id.startswith("tag:x.test,2023:")
    assert (article.former, notice.kind) == (text, "bad-id")
