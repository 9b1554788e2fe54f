"""A table says to which page an older entry goes, by closed pages, the open page and new entries."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from feedpub.articles.article import Article, Origin
from feedpub.articles.entry import Entry, content_of
from feedpub.history.memory import ArchiveIndex, ClosedPage
from feedpub.planning.archive import ByteBudget, paginate

# (case, closed pages, name of the open page, days of the entries, resulting pages with their days)
CASES = {
    "nothing is archived yet": (2, "", None, [], {}),
    "one page is open until it overflows": (2, "", None, ["05-02", "05-01"], {"1": ["05-01", "05-02"]}),
    "the oldest fill the first page": (
        2,
        "",
        None,
        ["05-03", "05-01", "05-02"],
        {"1": ["05-01", "05-02"], "2": ["05-03"]},
    ),
    "a late one goes into the open page": (2, "1", "2", ["05-09", "01-01"], {"2": ["01-01", "05-09"]}),
    "an open page that lost its entries stays, as the closed one leads to it": (2, "1", "2", [], {"2": []}),
    "several pages fill at once": (
        1,
        "1",
        "2",
        ["05-01", "05-02", "05-03"],
        {"2": ["05-01"], "3": ["05-02"], "4": ["05-03"]},
    ),
    "each month has its page": (
        "monthly",
        "",
        None,
        ["03-01", "05-01", "03-31"],
        {"2023-03": ["03-01", "03-31"], "2023-05": ["05-01"]},
    ),
    "a late one goes into the open month": (
        "monthly",
        "2023-03",
        "2023-04",
        ["01-07", "04-02"],
        {"2023-04": ["01-07", "04-02"]},
    ),
    "a new month closes the open one": (
        "monthly",
        "2023-03",
        "2023-04",
        ["04-02", "06-01"],
        {"2023-04": ["04-02"], "2023-06": ["06-01"]},
    ),
    "a month is that of UTC": (
        "monthly",
        "",
        None,
        ["05-01 00:30 +02:00"],
        {"2023-04": ["05-01 00:30 +02:00"]},
    ),
    "from months to counts, the open page is filled under its name": (
        1,
        "2023-03",
        "2023-04",
        ["04-02", "06-01"],
        {"2023-04": ["04-02"], "3": ["06-01"]},
    ),
    "from counts to months, the open page takes its first month": (
        "monthly",
        "1 2",
        "3",
        ["04-02", "06-01"],
        {"3": ["04-02"], "2023-06": ["06-01"]},
    ),
    "after months and counts, the open page takes what is no newer than the last month": (
        "monthly",
        "2023-03 2023-06 3",
        "4",
        ["04-02", "06-20", "07-01"],
        {"4": ["04-02", "06-20"], "2023-07": ["07-01"]},
    ),
}


def entry(day: str) -> Entry:
    date, _, rest = day.partition(" ")
    time, _, zone = rest.removeprefix("large").partition(" ")
    moment = datetime.fromisoformat(f"2023-{date} {time or '12:00'}").replace(tzinfo=UTC)
    if zone:
        moment = moment.replace(tzinfo=timezone(timedelta(hours=int(zone[:3]))))
    article = Article(f"tag:{day}", day, "body", moment, Origin("f", 1, 3))
    return Entry(article, ("all",), content_of(article))


# The same, if a page has room for two entries, or for one of those that are "large".
FULL = {
    "what has no room begins a page": (
        5,
        "",
        None,
        ["05-01", "05-02", "05-03"],
        {"1": ["05-01", "05-02"], "2": ["05-03"]},
    ),
    "one that is too large has a page of its own": (
        5,
        "",
        None,
        ["05-01", "05-02 large", "05-03", "05-04"],
        {"1": ["05-01"], "2": ["05-02 large"], "3": ["05-03", "05-04"]},
    ),
    "the open page closes where the next would not fit": (
        5,
        "1",
        "2",
        ["05-01", "05-02", "05-03"],
        {"2": ["05-01", "05-02"], "3": ["05-03"]},
    ),
    "a month may fill several pages": (
        "monthly",
        "",
        None,
        ["03-01", "03-02", "03-03", "03-04", "03-05", "04-01"],
        {
            "2023-03": ["03-01", "03-02"],
            "2023-03-2": ["03-03", "03-04"],
            "2023-03-3": ["03-05"],
            "2023-04": ["04-01"],
        },
    ),
    "the next page of a month takes its next number": (
        "monthly",
        "2023-03 2023-03-2",
        "2023-03-3",
        ["03-01", "03-02", "03-03"],
        {"2023-03-3": ["03-01", "03-02"], "2023-03-4": ["03-03"]},
    ),
    "what comes late for a month of several pages goes into its open one": (
        "monthly",
        "2023-03",
        "2023-03-2",
        ["02-01", "03-02"],
        {"2023-03-2": ["02-01", "03-02"]},
    ),
    "after counts, a month begins with its own name": (
        "monthly",
        "1 2",
        "3",
        ["04-01", "04-02", "04-03"],
        {"3": ["04-01", "04-02"], "2023-04": ["04-03"]},
    ),
}


@pytest.mark.parametrize("name", [*CASES, *FULL])
def test_entries_go_to_the_page_that_the_table_says(name):
    how, closed, opened, days, expected = (CASES | FULL)[name]
    names = [*closed.split(), *([opened] if opened else [])]
    index = ArchiveIndex(tuple(ClosedPage(*pair) for pair in pairwise(names)))
    size = 2 if name in FULL else len(days)
    budget = ByteBudget(size, lambda entry: size + 1 if "large" in entry.article.title else 1)
    pages = paginate([entry(day) for day in days], how, index, budget)
    assert {page.name: [e.article.title for e in page.entries] for page in pages} == expected
    chain = [*closed.split(), *expected]
    for page in pages:
        at = chain.index(page.name)
        assert page.previous == (chain[at - 1] if at else None)
        assert page.next == (chain[at + 1] if at + 1 < len(chain) else None)
