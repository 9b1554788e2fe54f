"""A build names each value that is only fit for a first try but would become public, with its line."""

from pathlib import Path

import pytest

from feedpub.config import parse_config
from feedpub.config.placeholders import told

CONFIG = """\
version: 1
site: {{title: T, base_url: "{base_url}", id_authority: "{id_authority}"}}
sources: [{{path: "*.txt", fields: {{link: link}}, link: "{link}"}}]
feeds: {{all: {{title: All, any: ["localhost", "example.org"]}}}}
"""
OWN = {
    "base_url": "https://mill.town/feeds/",
    "id_authority": "mill.town,2024",
    "link": "https://mill.town/{slug}",
}


def placeholders(**others: str) -> list[tuple[int, str]]:
    settings = parse_config(CONFIG.format(**OWN | others).encode(), Path("config.yaml"))
    return [(found.where.line, found.where.key_path) for found in settings.placeholders]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8000",
        "news.localhost",
        "127.0.0.1:8000",
        "127.9.9.9",
        "[::1]:8000",
        "0.0.0.0",
        "example.org",
        "news.example.com",
        "example.de",
        "example.co.uk",
        "quay.example",
        "my.test",
        "a.invalid",
    ],
)
def test_an_address_that_leads_nowhere_in_public_is_a_placeholder(host):
    assert placeholders(base_url=f"http://{host}/feeds/") == [(2, "site.base_url")]


@pytest.mark.parametrize(
    "host", ["mill.town", "examples.org", "example-news.org", "192.168.0.1", "my-example.org", "test.org"]
)
def test_an_address_that_may_be_meant_is_none(host):
    assert placeholders(base_url=f"https://{host}/") == []


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("id_authority", "example.org,2024", (2, "site.id_authority")),
        ("id_authority", "desk@news.example,2024", (2, "site.id_authority")),
        ("link", "https://example.org/{slug}", (3, "sources[0].link")),
    ],
)
def test_ids_and_templates_of_links_are_looked_at_too(key, value, where):
    assert placeholders(**{key: value}) == [where]


def test_one_sentence_names_all_of_them():
    text = CONFIG.format(**OWN | {"base_url": "http://localhost:8000/", "link": "https://example.org/{slug}"})
    said = told(parse_config(text.encode(), Path("c.yaml")).placeholders)
    assert said == (
        "c.yaml:2: site.base_url is http://localhost:8000/ and line 3: sources[0].link is"
        " https://example.org/{slug}; that is fine for a try, but write your own before anybody subscribes:"
        " feeds and ids keep it"
    )
    assert told(()) == ""


def test_the_hub_and_the_pictures_of_a_site_are_looked_at_too():
    text = CONFIG.format(**OWN).replace(
        "site: {",
        "site: {hub: 'https://hub.example.org/', icon: 'https://mill.town/i.png', image: 'http://127.0.0.1/a.png', ",
    )
    found = parse_config(text.encode(), Path("c.yaml")).placeholders
    assert [each.where.key_path for each in found] == ["site.hub", "site.image"]
