"""The upgrade corpora, and a way to read published documents that shares nothing with feedpub."""

import importlib.util
import json
from pathlib import Path

import pytest
from lxml import etree

SPEC = importlib.util.spec_from_file_location("make", Path(__file__).with_name("make.py"))
make = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(make)

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT_FIELDS = {"title", "content", "description", "encoded", "content_html"}
"""Where a text that changed shows. Only with one of them may ``updated`` change."""
DATES = {"published", "pubDate", "date_published"}
UPDATED = {"updated", "date_modified", "modified"}
SAID_SINCE = {"modified", "valid"}
"""What 0.1.0 did not say in RSS at all; a test of documents holds it against what Atom says."""


def pytest_generate_tests(metafunc):
    if "corpus" in metafunc.fixturenames:
        corpora = sorted(make.CORPORA.iterdir())
        slow = {"sample": pytest.mark.slow}  # because it has many rules
        metafunc.parametrize(
            "corpus", [pytest.param(path, marks=slow.get(path.name, ()), id=path.name) for path in corpora]
        )


@pytest.fixture
def upgrade():
    """The script that makes the corpora, for its functions that lay out and restore a site."""
    return make


def published(folder):
    """Read all feed documents of a folder: path → (head, entries by id), each as field → values."""
    return {
        path.name: (_json if path.suffix == ".json" else _xml)(path.read_bytes())
        for path in sorted(folder.iterdir())
        if path.suffix in (".rss", ".atom", ".json") and path.name != "manifest.json"
    }


def closed(documents):
    """Return the names of the archive documents that no build may ever write again."""
    found = set()
    for name in documents:
        if name.count(".") == 1:
            chain = [name]
            while (back := previous(documents[chain[-1]][0])) and back not in chain:
                chain.append(back)
            found.update(chain[2:])
    return found


def previous(head):
    """Return the name of the document with older entries."""
    if "next_url" in head:
        return json.loads(head["next_url"][0]).rpartition("/")[2]
    links = [dict(attributes) for _, attributes, _, _ in head.get("link", ())]
    return next((x["href"].rpartition("/")[2] for x in links if x.get("rel") == "prev-archive"), None)


def differences(before, after):
    """Yield (entry, what changed) between the documents of two folders; the entry ``feed`` means the head."""
    for name in before.keys() - after.keys():
        yield name, "goes"
    for name in after.keys() - before.keys():
        yield name, "appears"
    for name in before.keys() & after.keys():
        (head, entries), (new_head, new_entries) = before[name], after[name]
        for field in changed(head, new_head):
            yield "feed", field
        common = entries.keys() & new_entries.keys()
        if [e for e in entries if e in common] != [e for e in new_entries if e in common]:
            yield "feed", "order"
        for entry in entries.keys() - new_entries.keys():
            yield entry, "goes"
        for entry in new_entries.keys() - entries.keys():
            yield entry, "appears"
        for entry in common:
            for field in changed(entries[entry], new_entries[entry]):
                yield entry, field


def changed(old, new):
    fields = [field for field in old.keys() | new.keys() if old.get(field) != new.get(field)]
    return [field for field in fields if field in old or field not in SAID_SINCE]


def _xml(data):
    root = etree.fromstring(data)
    head = root if root.tag == f"{ATOM}feed" else root.find("channel")
    tag, key = (f"{ATOM}entry", f"{ATOM}id") if head is root else ("item", "guid")
    entries = {entry.findtext(key): _fields(entry, None) for entry in head.iterfind(tag)}
    return _fields(head, tag), entries


def _fields(element, without):
    fields = {}
    for child in element:
        if child.tag != without:
            fields.setdefault(etree.QName(child).localname, []).append(_said(child))
    return fields


def _said(element):
    children = tuple((_said(child), child.tail) for child in element)
    return element.tag, tuple(sorted(element.attrib.items())), element.text, children


def _json(data):
    content = json.loads(data)
    items = {item["id"]: _members(item) for item in content.pop("items")}
    return _members(content), items


def _members(content):
    return {name: [json.dumps(value, sort_keys=True)] for name, value in content.items()}


@pytest.fixture
def oracle():
    """Functions that read a folder of feeds without feedpub."""

    class Oracle:
        published = staticmethod(published)
        closed = staticmethod(closed)
        differences = staticmethod(differences)
        texts, dates, updated = CONTENT_FIELDS, DATES, UPDATED

    return Oracle
