"""docs/sources.md agrees with the code."""

from __future__ import annotations

import re
from pathlib import Path

import feedpub
from feedpub.sources import decoding
from feedpub.sources.field_names import NAMES, NAMES_ELSEWHERE
from feedpub.sources.readers import (
    INPUT_FORMATS,
    text,
)
from feedpub.sources.readers import (
    _text_layout as separated,
)
from feedpub.sources.readers import (
    csv as table,
)
from feedpub.sources.readers import (
    feed as syndication,
)
from feedpub.sources.readers import (
    html as webpage,
)
from feedpub.sources.readers import (
    json as json_array,
)
from feedpub.sources.readers._feed_parts import MAX_ENTRY, MAX_FRAME
from feedpub.sources.readers.markdown import MAX_DOTS, MAX_MATTER
from feedpub.sources.spec import ORDERS
from feedpub.sources.streams import FREE, MAX_RATIO

PAGE = (Path(__file__).parents[2] / "docs/sources.md").read_text("utf-8")


def rows(heading):
    """Return the cells of the first table below a heading."""
    section = PAGE.partition(f"# {heading}\n")[2]
    found = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    lines_of_table = found[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines_of_table]


def test_every_format_is_listed_with_its_extensions_and_extra():
    wanted = [
        [f"`{f.name}`", " ".join(f"`{e}`" for e in f.extensions), f"`feedpub[{f.extra}]`" if f.extra else ""]
        for f in INPUT_FORMATS.values()
    ]
    assert [cells[:3] for cells in rows("Formats")] == wanted


def test_every_name_of_a_field_is_listed():
    listed = {
        cells[0].strip("`"): tuple(cells[1].split(", "))
        for cells in rows("Records with names (json, jsonl, csv, tsv, parquet, front matter)")
    }
    assert listed == dict(NAMES)


def test_every_name_of_another_language_is_listed():
    table = PAGE.partition("<!-- names of other languages -->")[2].partition("<!-- end of names -->")[0]
    assert [line for line in table.splitlines() if line][2:] == [
        f"| {language} | {'; '.join(named(*each) for each in fields.items())} |"
        for language, fields in NAMES_ELSEWHERE.items()
    ]


def named(field, names):
    return f"`{field}`: {', '.join(names)}"


def test_every_name_of_a_list_is_listed():
    listed = re.search(r"where its name is one of ([\w\s,]+)\.", PAGE)[1]
    assert tuple(re.split(r",\s", listed)) == json_array.LISTS


def test_the_bounds_are_those_of_the_code():
    bounds: dict[str, str] = {}
    for cells in rows("Limits"):
        bounds[cells[0]] = "; ".join(filter(None, (bounds.get(cells[0]), cells[1])))
    assert decoding.MAX_LINE == json_array.MAX_LINE == 4 << 20
    assert bounds["a line, a JSON element"] == "4 MB"
    assert text.MAX_RECORD == separated.MAX_RECORD == 16 << 20
    assert bounds["a text record"] == "16 MB"
    assert bounds["a quoted field"] == f"{table.MAX_LINES:,} lines"
    assert decoding.MAX_FILE == syndication.WHOLE == MAX_ENTRY == 16 << 20
    assert bounds["a Markdown or HTML file"] == bounds["an entry of a feed of more than 16 MB"] == "16 MB"
    assert bounds["what is outside the entries of such a feed"] == f"{MAX_FRAME >> 20} MB"
    assert bounds["front matter"] == f"{MAX_MATTER >> 10} KB, and {MAX_DOTS} dots in a key of TOML"
    assert bounds["an element of a feed"] == (
        f"{syndication.MAX_ATTRIBUTES} attributes, {syndication.MAX_CATEGORIES:,} categories,"
        f" {syndication.MAX_COMMENTS} unclosed comments"
    )
    assert bounds["a feed"] == f"elements of {syndication.MAX_PREFIXES} namespace prefixes"
    assert bounds["the elements of a page"] == f"{webpage.MAX_COMPARED:,}; {webpage.MAX_ELEMENTS:,}"
    assert bounds["compressed data"] == f"grow {MAX_RATIO} times, once past {FREE >> 20} MB"


def test_the_orders_of_a_layout_are_listed():
    listed = " ".join(PAGE.split("The orders are ")[1].split(".", 1)[0].split())
    assert all(order in listed for order in ORDERS)


def test_every_kind_of_notice_is_explained():
    package = Path(feedpub.__file__).parent
    code = "".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    given = set(re.findall(r'(?:notes\.add|DateWarning|Notice)\(\s*(?:[\w.]+,\s*)?"([a-z-]+)"', code))
    assert {cells[0].strip("`") for cells in rows("Notices")} == given
