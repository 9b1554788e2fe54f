"""If a store of files fails, one sentence names the place in the config and says what to do."""

import ftplib
import io
import json
import logging
import socket
from pathlib import Path
from zipfile import ZipFile

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.spec import AbstractFileSystem
from hypothesis import given
from hypothesis import strategies as st

from feedpub.articles.article import Article
from feedpub.config.sources import parse_source
from feedpub.core.errors import SourceError
from feedpub.core.stores import listed, store_problem
from feedpub.core.yaml_node import read_yaml
from feedpub.sources import files, read

RECORD = b"Title\nBody\n2023-10-09 14:25\n"


class NoCredentialsError(Exception):
    """Named like the exceptions of the libraries for stores."""


class EndpointConnectionError(Exception):
    """Another one."""


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("url", "error", "says"),
    [
        (
            "s3://b/x",
            caused(ImportError("Install s3fs to access S3"), ModuleNotFoundError("no", name="s3fs")),
            ("needs the package s3fs; install it with: ", "pip install ", " s3fs"),
        ),
        (
            "smb://h/x",
            caused(ImportError(), ModuleNotFoundError("no", name="smbclient.path")),
            ("needs the package smbprotocol",),
        ),
        ("s3://b/x", ImportError("cannot import name 'x'"), ("driver cannot be loaded: cannot import",)),
        ("gss://b/x", ValueError("Protocol not known: gss"), ("no driver for gss://", "did you mean 'gs'")),
        ("x-y://b/x", ValueError("Protocol not known"), ("no driver for x-y://", "write one such as s3, gs")),
        ("simplecache::x-y://b/x", ValueError("Protocol not known"), ("no driver for x-y://",)),
        ("s3://b/x", NoCredentialsError("Unable to"), ("access is refused", "set AWS_ACCESS_KEY_ID and")),
        ("gs://b/x", OSError("Forbidden: x"), ("access is refused: Forbidden", "set GOOGLE_APPLICATION")),
        (
            "az://b/x",
            PermissionError(13, "Access denied"),
            ("access is refused", "AZURE_STORAGE_ACCOUNT_NAME"),
        ),
        (
            "ftp://h/x",
            ftplib.error_perm("530 Login incorrect."),
            ("access is refused: 530 Login incorrect;", "set FSSPEC_FTP_USERNAME and FSSPEC_FTP_PASSWORD"),
        ),
        (
            "ftp://h/x",
            socket.gaierror(-2, "Name or service not known"),
            ("cannot be reached", "check the host"),
        ),
        (
            "s3://b/x",
            EndpointConnectionError("Could not"),
            ("cannot be reached: Could not", "check the host"),
        ),
        (
            "s3://b/x",
            caused(RuntimeError("failed"), ConnectionResetError(104, "reset")),
            ("be reached: failed",),
        ),
        ("s3://authors/x", FileNotFoundError("authors/x"), ("does not exist: authors/x",)),
        ("s3://b/x", KeyError("Contents"), ("its driver fails: 'Contents'",)),
        ("s3://b/x", AssertionError(), ("its driver fails: AssertionError",)),
        (
            "ftp:///x",
            TypeError("f() missing 1 required positional argument: 'host'"),
            ("set FSSPEC_FTP_HOST",),
        ),
        ("s3://b/x", OSError("first\nsecond\x1b[2J"), ("its driver fails: first",)),
    ],
)
def test_an_error_of_a_driver_is_told_by_what_it_means_with_the_remedy(url, error, says):
    said = store_problem(url, error)
    assert all(part in said for part in says), said
    assert "\n" not in said


def test_no_error_repeats_a_password_or_a_signature_of_an_address():
    error = OSError("no sftp://me:geheim@host/x, nor https://store.example/x?X-Amz-Signature=geheim")
    assert "geheim" not in store_problem("sftp://me:geheim@host/x", error)


class Failing(MemoryFileSystem):
    """A store with one file that fails with ``error`` at the operation ``at``."""

    protocol = "failing"
    cachable = False
    at = ""
    error: Exception = OSError()

    def __init__(self, **options):
        super().__init__(**options)
        self._fail("connect")

    def _fail(self, at):
        if self.at == at:
            logging.getLogger("some.driver").error("a long story")
            raise self.error

    def ls(self, path, **_):
        self._fail("list")
        if path == "/drop":
            return [{"name": "/drop/a.txt", "type": "file"}, {"name": "/drop/in", "type": "directory"}]
        self._fail("list deeper")
        return [{"name": f"{path}/b.txt", "type": "file"}]

    def info(self, path, **_):
        self._fail("look")
        return {"name": path, "type": "file"}

    def open(self, _path, _mode="rb", **_):
        self._fail("open")
        return _File(self)


class _File(io.BytesIO):
    def __init__(self, store):
        super().__init__(RECORD)
        self._store = store

    def read(self, size=-1):
        self._store._fail("read")
        return super().read(size)

    def close(self):
        super().close()
        self._store._fail("close")


@pytest.fixture(scope="module", autouse=True)
def failing():
    fsspec.register_implementation("failing", Failing, clobber=True)
    yield
    Failing.at = ""


def all_of(spec):
    return [item for file in files(spec) for item in read(spec, file, "example.org,2023")]


ERRORS = st.sampled_from(
    [
        OSError,
        PermissionError,
        ConnectionRefusedError,
        TimeoutError,
        ValueError,
        KeyError,
        RuntimeError,
        EOFError,
        TypeError,
        AttributeError,
        MemoryError,
        StopIteration,
    ]
)


@given(
    at=st.sampled_from(["connect", "list", "open", "read", "close"]), kind=ERRORS, text=st.text(max_size=30)
)
def test_whatever_a_driver_raises_wherever_it_is_one_sentence_with_file_and_line(at, kind, text):
    spec = parse_source(read_yaml(b"\npath: failing://drop/*.txt\n", "config.yaml"), Path())
    Failing.at, Failing.error = at, kind(text)
    with pytest.raises(SourceError) as raised:
        all_of(spec)
    said = str(raised.value)
    assert said.startswith("config.yaml:2:1: failing://drop/")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("kind", [OSError, PermissionError, ConnectionRefusedError, TimeoutError, ValueError])
@pytest.mark.parametrize(
    ("pattern", "at"),
    [
        ("drop/*.txt", "list"),
        ("drop/**/*.txt", "list deeper"),
        ("drop/*/b.txt", "list deeper"),
        ("drop/a.txt", "look"),
    ],
)
def test_a_store_that_cannot_be_searched_is_none_that_has_no_files(pattern, at, kind):
    spec = parse_source(read_yaml(f"path: failing://{pattern}\n".encode(), "config.yaml"), Path())
    Failing.at, Failing.error = at, kind("no")
    with pytest.raises(SourceError, match="failing://drop/"):
        files(spec)
    Failing.error = FileNotFoundError("gone meanwhile")
    assert all(str(file).endswith("a.txt") for file in files(spec))


NAMES = st.sampled_from(["a", "b.txt", "ab.txt", ".txt", "c[1].txt", "a b", "é.txt"])
PARTS = st.sampled_from(
    ["*", "**", "a", "a*", "*.txt", "?.txt", "[ab].txt", "[!a]*", "*b*", "c[[]1].txt", "b.txt"]
)


class Tree(AbstractFileSystem):
    """A store of names, none of which is both a file and a folder."""

    cachable = False
    names: tuple[str, ...] = ()

    def info(self, path, **_):
        if path in self.names:
            return {"name": path, "type": "file"}
        if not path or self._inside(path):
            return {"name": path, "type": "directory"}
        raise FileNotFoundError(path)

    def ls(self, path, **_):
        path = self._strip_protocol(path)
        if self.info(path)["type"] == "file":
            return [self.info(path)]
        return [self.info(f"{path}/{name}" if path else name) for name in self._inside(path)]

    def _inside(self, path):
        before = f"{path}/" if path else ""
        found = {
            name.removeprefix(before).partition("/")[0] for name in self.names if name.startswith(before)
        }
        return sorted(found)


@given(
    tree=st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), max_size=8),
    parts=st.lists(PARTS, min_size=1, max_size=4),
)
def test_a_store_gives_the_files_that_the_glob_of_fsspec_finds(tree, parts):
    store, path = Tree(), "/".join(parts)
    store.names = tuple(name for name in tree if not any(other.startswith(f"{name}/") for other in tree))
    assert listed("tree://", store, path) == sorted(name for name in store.glob(path) if store.isfile(name))


def test_a_question_mark_in_an_address_of_the_web_is_its_query():
    store = Tree()
    store.names = ("https://h.example/a.csv?day=1",)
    assert listed("filecache::https://h.example/a.csv?day=1", store, *store.names) == list(store.names)


@pytest.mark.parametrize("asked", ["check", "build", "report", "diff", "explain"])
def test_every_command_ends_with_1_and_that_sentence_alone(asked, tmp_path, command):
    (tmp_path / "config.yaml").write_text(
        "version: 1\n"
        "site: {title: T, base_url: 'https://f.example/', id_authority: 'f.example,2024'}\n"
        "sources:\n"
        "  - path: failing://drop/*.txt\n"
        "feeds: {all: {title: All}}\n"
    )
    Failing.at, Failing.error = "list", NoCredentialsError("Unable to locate credentials")
    done = command(tmp_path, asked, *(["Title"] if asked == "explain" else []))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "config.yaml:4:5: sources[0]: failing://drop/*.txt: access is refused: Unable to" in done.stderr


class Hosted(MemoryFileSystem):
    """A store whose file names do not include the host, as in FTP."""

    protocol = "hosted"
    cachable = False

    def __init__(self, host, **options):
        super().__init__(**options)
        self.host = host

    @classmethod
    def _strip_protocol(cls, path):
        return "/" + path.removeprefix("hosted://").partition("/")[2] if "://" in path else path

    @staticmethod
    def _get_kwargs_from_urls(path):
        host = path.removeprefix("hosted://").partition("/")[0]
        return {"host": host} if host else {}

    def ls(self, path, **_):
        return [{"name": f"{path}/a.txt", "type": "file"}]

    def open(self, _path, _mode="rb", **_):
        return io.BytesIO(RECORD)


def test_a_file_is_opened_where_its_pattern_found_it(tmp_path, source):
    fsspec.register_implementation("hosted", Hosted, clobber=True)
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("in/b.txt", RECORD)
    for pattern in ("hosted://h.example/drop/*.txt", f"zip://in/*.txt::{tmp_path}/a.zip"):
        spec = source(f"path: {json.dumps(pattern)}")
        (url,) = files(spec)
        (article,) = read(spec, url, "example.org,2023")
        assert isinstance(article, Article)
        assert article.origin.file == pattern.replace("*", "ab"[pattern.startswith("zip")])
