"""A site to publish to, and what can be seen of it from outside."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from feedpub.publishing.local.changes import Changes, Wanted
from feedpub.publishing.local.dirfd import exclusive
from feedpub.publishing.local.folder import compare, publish
from feedpub.publishing.local.in_place import staging_places
from feedpub.publishing.local.location import locate, stamps_name

DRIVER = Path(__file__).with_name("driver.py")


@dataclass(frozen=True)
class Doc:
    path: str
    data: bytes
    feed: str = "news"
    media_type: str = "application/rss+xml"
    yields: bool = False
    made_of: str = ""
    settled: bool = False


@dataclass(frozen=True)
class Site:
    """An output folder and its state folder below ``root``, and the way in which it is published."""

    root: Path
    layout: str = "files"
    gzip: bool = False
    own_state: bool = False

    @property
    def out(self) -> Path:
        return self.root / "feeds"

    @property
    def state(self) -> Path:
        return self.root / (".own-state" if self.own_state else ".state")

    def staging(self) -> tuple[Path, ...]:
        """Where staging folders may be."""
        return staging_places(locate(self.out), self.state)

    def with_(self, **options) -> "Site":
        return replace(self, **options)

    def publish(self, documents: dict[str, bytes], keep=()) -> Changes:
        with exclusive(self.state):
            docs = [Doc(name, data) for name, data in documents.items()]
            return publish(
                Wanted(documents=docs, keep=keep, gzip=self.gzip), self.out, self.state, layout=self.layout
            )

    def compare(self, documents: dict[str, bytes], keep=()) -> Changes:
        docs = [Doc(name, data) for name, data in documents.items()]
        return compare(
            Wanted(documents=docs, keep=keep, gzip=self.gzip), self.out, self.state, layout=self.layout
        )

    def command(self, documents: dict[str, bytes], keep=()) -> list[str]:
        """The command line that publishes ``documents`` in its own process."""
        job = {
            "documents": {name: data.decode() for name, data in documents.items()},
            "keep": list(keep),
            "folder": str(self.out),
            "state": str(self.state),
            "layout": self.layout,
            "gzip": self.gzip,
        }
        return [sys.executable, "-I", "-S", "-B", str(DRIVER), json.dumps(job)]

    def run(self, documents: dict[str, bytes], **options) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(documents), capture_output=True, text=True, check=False, timeout=60, **options
        )

    def tree(self) -> dict[str, bytes]:
        """What a web server can serve: the regular files of the output folder, by name."""
        if not self.out.is_dir():
            return {}
        return {
            p.name: p.read_bytes() for p in sorted(self.out.iterdir()) if p.is_file() and not p.is_symlink()
        }

    def mtimes(self) -> dict[str, int]:
        return {name: (self.out / name).stat().st_mtime_ns for name in self.tree()}

    def strays(self) -> list[str]:
        """Everything below the root that is not published, in one of the last two releases, the lock or a stamp."""
        stamps = f".state/{stamps_name(locate(self.out), self.state)}"
        allowed = {".state", ".state/lock", stamps, "feeds"}
        allowed |= {f"feeds/{name}" for name in self.tree()} if not self.out.is_symlink() else set()
        if self.out.is_symlink():
            shown = int(self.out.resolve().name)
            allowed.add("feeds.releases")
            for number in (shown, shown - 1):
                folder = self.root / "feeds.releases" / f"{number:06d}"
                if folder.is_dir():
                    listed = json.loads((folder / "manifest.json").read_bytes())["documents"]
                    names = ["manifest.json", *(document["path"] for document in listed)]
                    allowed |= {
                        f"feeds.releases/{folder.name}",
                        *(f"feeds.releases/{folder.name}/{n}" for n in names),
                    }
        found = []
        for parent, folders, files in os.walk(self.root):
            found += [os.path.relpath(Path(parent) / name, self.root) for name in (*folders, *files)]
        return sorted(set(found) - allowed)


@pytest.fixture(scope="session")
def new_site(tmp_path_factory):
    """A function that makes sites, each in an empty folder of its own."""
    return lambda: Site(tmp_path_factory.mktemp("site"))


@pytest.fixture
def site(new_site):
    return new_site()


@pytest.fixture(params=["files", "releases"])
def either(site, request):
    """A site in each layout."""
    return site.with_(layout=request.param)
