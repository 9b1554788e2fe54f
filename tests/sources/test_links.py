"""A source says how its site makes addresses and where dates are; ids do not depend on that."""

from __future__ import annotations

import pytest

from feedpub.articles.article import Article, Boilerplate, Notice
from feedpub.config.sources import parse_source
from feedpub.core.errors import ConfigError
from feedpub.core.yaml_node import read_yaml
from feedpub.sources import read

AUTHORITY = "example.org,2023"
FRONT = "---\ntitle: A title\ndate: 2023-10-09 14:25\n{}---\nBody\n"


@pytest.fixture
def placed(source, tmp_path):
    """A function that returns the items of a file, from its name, its text and lines of config."""

    def place(name, text, extra=""):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return list(read(source(extra), path, AUTHORITY))

    return place


@pytest.mark.parametrize(
    ("name", "front", "template", "wanted"),
    [
        ("posts/2023-10-09-ferry.md", "", "{year}/{month}/{day}/{slug}/", "2023/10/09/ferry/"),
        ("posts/2023-10-09-ferry.md", "", "{stem}.html", "2023-10-09-ferry.html"),
        ("posts/ferry.en.md", "", "{path}/", "posts/ferry.en/"),
        ("posts/ferry/index.md", "", "{path}/", "posts/ferry/"),
        ("posts/2023-10-09-ferry/index.md", "", "{slug}/", "ferry/"),
        ("posts/ferry.md", "slug: the-boat\n", "{slug}/", "the-boat/"),
        ("posts/ferry.md", "Slug: the-boat\n", "{slug}/", "the-boat/"),
        ("posts/ferry.md", "section: port\n", "{section}/{slug}/", "port/ferry/"),
        ("posts/ferry.md", "extra: {place: quay}\n", "{extra.place}/{slug}/", "quay/ferry/"),
        ("posts/a ferry?.md", "", "{slug}/", "a%20ferry%3F/"),
        ("posts/fähre.md", "", "{slug}/", "f%C3%A4hre/"),
        ("posts/ferry.md", "id: 7\n", "p/{id}", "p/7"),
        ("posts/ferry.md", "link: https://other.example.org/\n", "{slug}/", None),
        ("posts/ferry.md", "", "{section}/{slug}/", ""),
    ],
)
def test_a_link_is_made_of_names_days_and_fields(name, front, template, wanted, placed):
    """The record's own link wins; missing parts of the template are reported; the id is that without a template."""
    without = placed(name, FRONT.format(front))[0]
    item, *told = placed(name, FRONT.format(front), f"link: 'https://quay.example.org/{template}'")
    assert item.id == without.id
    if wanted is None:
        assert item.link == without.link
    else:
        assert item.link == (f"https://quay.example.org/{wanted}" if wanted else None)
    assert [notice.kind for notice in told] == (["bad-address"] if wanted == "" else [])


def test_records_of_one_file_have_the_slugs_of_their_titles(placed):
    """This includes plain text."""
    extra = "link: 'https://quay.example.org/{slug}'"
    items = placed(
        "in.txt", "Ferry über Nacht!\nBody\n2023-10-09 14:25\nCrane\nBody\n2023-10-09 14:26\n", extra
    )
    assert [item.link for item in items] == [
        "https://quay.example.org/ferry-uber-nacht",
        "https://quay.example.org/crane",
    ]


def test_a_relative_link_is_resolved_against_the_base_and_makes_the_same_id(placed):
    """Sites write such links: permalink: /2023/ferry/."""
    text = FRONT.format("permalink: /2023/ferry/\n")
    without = placed("a.md", text)[0]
    item = placed("a.md", text, "link_base: https://quay.example.org/blog/")[0]
    assert (without.link, item.link) == (None, "https://quay.example.org/2023/ferry/")
    assert item.id == without.id


@pytest.mark.parametrize(
    ("name", "dated"),
    [
        ("2023-10-09.txt", True),
        ("20231009_ferry.txt", True),
        ("ferry_2023_10_09.txt", True),
        ("20231009/ferry.txt", True),
        ("ferry-120231009.txt", False),
        ("ferry.txt", False),
    ],
)
def test_a_text_file_is_one_article_that_its_name_dates(name, dated, placed):
    """The first line is the title, and a date within the text ends nothing."""
    items = placed(
        name, "\nFerry back\n\nIt left at noon.\n2020-01-01 10:00\nAnd came back.\n", "date: filename"
    )
    assert isinstance(items[0], Article) is dated
    if dated:
        assert f"{items[0].title} {items[0].published:%F}" == "Ferry back 2023-10-09"
        assert items[0].body.endswith("And came back.")
        assert all(isinstance(item, Notice) for item in items[1:])
    assert isinstance(placed(name, "\n\n", "date: filename")[0], Boilerplate)


@pytest.mark.parametrize(
    "line",
    [
        "link: 'https://quay.example.org/'",
        "link: 'quay/{slug}'",
        "link: 'https://quay.example.org/{slug'",
        "link: 'https://quay.example.org/{}'",
        "link_base: quay",
        "date: ctime",
    ],
)
def test_a_template_that_makes_no_link_is_an_error(line, tmp_path):
    """The error names the file and the line."""
    with pytest.raises(ConfigError) as error:
        parse_source(read_yaml(f"path: x\n{line}".encode(), "config.yaml"), tmp_path)
    assert "config.yaml:2" in str(error.value)
