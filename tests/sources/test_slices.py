"""Slices of a large file give the same together as the whole file."""

import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.sources.files import read
from feedpub.sources.slices import InexactError, read_slice, slices
from feedpub.sources.spec import SourceSpec, TextLayout
from feedpub.text.dates import DatePolicy

AUTHORITY = "x.test,2023"
STAMPS = ("2023-10-09 14:25", "2023-10-09 14:25", "2023-10-10 09:00", "9 October 2023", "10/9/2023")
LINES = (
    "A title", "Body of it, which goes on for a while, as bodies of articles do, until it is long enough to be one",
    "You might like", "", " ", "\tx", "é ü", "\ufeffmarked", "a\x0bb", "2023", "published 9 October 2023 at 10h00",
)  # fmt: skip
OBJECT = st.fixed_dictionaries(
    {"title": st.sampled_from(["One", "Two é", "}\n{"]), "date": st.sampled_from(STAMPS)},
    optional={"text": st.sampled_from(["", "Some text", "\u2028 } {"]), "id": st.sampled_from("ab")},
)
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\n\n", "\n \n"])


def joined(lines, damage):
    text = "".join(line + end for line, end in lines).encode()
    return text.replace("é".encode(), b"\xe9") if damage else text


TEXTS = st.lists(st.tuples(st.sampled_from([*LINES, *STAMPS, *STAMPS[:2] * 3]), ENDS), max_size=40)
OBJECTS = st.lists(st.tuples(OBJECT.map(json.dumps) | st.sampled_from(["{", "[1]", " "]), ENDS), max_size=20)


def spec_of(folder, **more):
    policy = DatePolicy(zone="UTC", day_first=True)
    return SourceSpec(("a.*",), folder, dates=policy, boilerplate=frozenset(["you might like"]), **more)


def whole_and_sliced(name, data, size):
    with TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(data)
        spec = spec_of(Path(folder))
        whole = [item for item in read(spec, file, AUTHORITY) if getattr(item, "kind", "") != "no-body"]
        cut = list(slices(spec, file, size))
        try:
            found = [item for part in cut for item in read_slice(spec, file, part, AUTHORITY)]
        except InexactError:
            found = None
        return whole, cut, found


@pytest.mark.parametrize(("name", "files"), [("a.txt", TEXTS), ("a.jsonl", OBJECTS)])
def test_slices_give_what_the_whole_file_gives_or_say_that_they_do_not(name, files):
    @given(files, st.booleans(), st.integers(10, 300))
    def holds(lines, damage, size):
        whole, cut, found = whole_and_sliced(name, joined(lines, damage), size)
        assert not cut or found in (None, whole)

    holds()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("a.txt", "Title {0}\nA body of the article {0}, é\n2023-10-09 14:{0:02}\n"),
        ("a.jsonl", '{{"title": "Title {0}", "text": "A body, é", "date": "2023-10-09 14:{0:02}"}}\n'),
    ],
)
def test_usual_files_are_cut_and_agree(name, record, end):
    data = "".join(map(record.format, range(60))).replace("\n", end).encode()
    whole, cut, found = whole_and_sliced(name, data, 500)
    assert found == whole
    assert len(whole) == 60
    assert len(cut) > len(data) // 600
    assert [part.end for part in cut] == [*(part.start for part in cut[1:]), None]


def test_a_date_in_another_form_in_a_later_slice_is_for_the_whole_file_to_tell():
    record = "Title {0}\nA body of the article {0}\n2023-10-09 14:{0:02}\n"
    data = "".join(map(record.format, range(60))) + "Last\nA body of it\n9 October 2023\n"
    whole, _, found = whole_and_sliced("a.txt", data.encode(), 500)
    assert found is None
    assert "odd-date" in [getattr(item, "kind", "") for item in whole]


@pytest.mark.parametrize(
    ("name", "data", "more"),
    [
        ("a.csv", b"title,date\n" * 99, {}),
        ("a.txt", b"\xff\xfe" + "A\nB\n2023-10-09\n".encode("utf-16-le") * 99, {}),
        ("a.txt", b"A\nB\n2023-10-09\n" * 99, {"encoding": "utf-7"}),
        ("a.txt", b"A\nB\n2023-10-09\n" * 99, {"date": "mtime"}),
        ("a.txt", b"A\nB\n2023-10-09\n---\n" * 99, {"layout": TextLayout(separator="---")}),
        ("a", b"From nobody\n" + b"A\nB\n2023-10-09\n" * 99, {}),
    ],
)
def test_what_has_no_lines_of_its_own_is_not_cut(name, data, more, tmp_path):
    (tmp_path / name).write_bytes(data)
    assert list(slices(spec_of(tmp_path, **more), tmp_path / name, 100)) == []


def test_compressed_files_are_not_cut(tmp_path):
    file = tmp_path / "a.txt.gz"
    file.write_bytes(gzip.compress(b"A\nB\n2023-10-09\n" * 9999, 0))
    assert list(slices(spec_of(tmp_path), file, 100)) == []
