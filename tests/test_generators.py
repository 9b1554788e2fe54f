"""When a site moves from another generator to feedpub, real readers show no old entry as new.

Pelican and Hugo build a site with their own feeds; then feedpub builds it from the same files.
"""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec

import pytest

from feedpub.config import load_config
from feedpub.publishing.build import build

pytestmark = pytest.mark.slow

NOW = datetime(2024, 3, 1, tzinfo=UTC)
TITLES = [
    "Crews ask for safer hours",
    "What's on the quay: bread & boats",
    'The "night train" returns',
    "Späte Fröste kosten die halbe Ernte",
    "A library lends <b>tents</b> and drills",
]
BODY = "The quay was **full** of people who had come to see [the boats](/boats/).\n"


def run(command, folder):
    environment = os.environ | {"TZ": "Asia/Tokyo"}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr


def pelican(folder):
    """Pelican's Atom and RSS feeds of all posts."""
    if not find_spec("pelican"):
        pytest.skip("pelican is not installed")
    (folder / "content").mkdir()
    for number, title in enumerate(TITLES, 1):
        dates = f"Date: 2024-01-0{number} 10:30\nModified: 2024-01-1{number} 08:00"
        meta = f"Title: {title}\n{dates}\nSlug: post-{number}\n"
        (folder / f"content/text-{number}.md").write_text(
            f"{meta}Category: Quay\nTags: boats, bread\n\n{BODY}"
        )
    (folder / "pelicanconf.py").write_text(
        'SITENAME = "Quay"\nSITEURL = "https://quay.test"\nTIMEZONE = "Europe/Paris"\n'
        'FEED_ALL_ATOM = "feeds/all.atom.xml"\nFEED_ALL_RSS = "feeds/all.rss.xml"\n'
    )
    run([sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py", "-o", "out"], folder)
    source = "path: content/**/*.md, timezone: Europe/Paris, link: 'https://quay.test/{slug}.html'"
    return source, {"atom": folder / "out/feeds/all.atom.xml", "rss": folder / "out/feeds/all.rss.xml"}


def hugo(folder):
    """Hugo's RSS feed of the whole site; the folder also has a draft, and a page that is not a post."""
    if not shutil.which("hugo"):
        pytest.skip("hugo is not installed")
    (folder / "content/posts").mkdir(parents=True)
    for number, title in enumerate(TITLES, 1):
        quoted = title.replace("'", "''")
        meta = f"title: '{quoted}'\ndate: 2024-01-0{number}T10:30:00+01:00\ntags: [boats]\n"
        (folder / f"content/posts/post-{number}.md").write_text(f"---\n{meta}---\n{BODY}")
    (folder / "content/posts/draft.md").write_text(
        "---\ntitle: Draft\ndate: 2024-01-08\ndraft: true\n---\nNo.\n"
    )
    for name in ("_default/single", "_default/list", "index"):
        (folder / f"layouts/{name}.html").parent.mkdir(parents=True, exist_ok=True)
        (folder / f"layouts/{name}.html").write_text("<html></html>\n")
    (folder / "config.toml").write_text(
        'baseURL = "https://quay.test/"\ntitle = "Quay"\ntimeZone = "Europe/Paris"\n'
    )
    run(["hugo", "--quiet"], folder)
    source = "path: content/posts/*.md, timezone: Europe/Paris, link: 'https://quay.test/posts/{slug}/'"
    return source, {"rss": folder / "public/index.xml"}


@pytest.mark.parametrize(("generator", "extension"), [(pelican, "atom"), (pelican, "rss"), (hugo, "rss")])
def test_a_site_of_another_generator_goes_on_and_nothing_is_shown_as_new(
    tmp_path, subscribe, command, generator, extension
):
    source, feeds = generator(tmp_path)
    served, old = tmp_path / "served.xml", tmp_path / "old-feed.xml"
    shutil.copy(feeds[extension], served)
    shutil.copy(feeds[extension], old)
    reader = subscribe(f"file://{served}")
    known = reader.new()
    assert len(known) == len(TITLES)

    (tmp_path / "config.yaml").write_text(
        'version: 1\nsite: {title: Quay, base_url: "https://quay.test/", id_authority: "quay.test,2024"}\n'
        f"sources: [{{{source}, adopt: old-feed.xml}}]\nfeeds: {{all: {{title: All}}}}\n"
    )
    checked = command(tmp_path, "check").stdout
    assert f"old-feed.xml: {len(TITLES)} of {len(TITLES)} entries are articles of" in checked

    def publish():
        build(load_config(tmp_path / "config.yaml"), NOW)
        shutil.copy(tmp_path / f"feeds/all.{extension}", served)

    publish()
    assert reader.new() == {}
    assert reader.all().keys() == known.keys()
    # Then the old feed and the state are removed, and a text is edited.
    old.unlink()
    shutil.rmtree(tmp_path / ".feedpub")
    post = next((tmp_path / "content").rglob("*-1.md"))
    post.write_text(post.read_text().replace("safer hours", "safer nights").replace("full", "crowded"))
    publish()
    assert reader.new() == {}
    post.with_name("post-9.md").write_text(
        "---\ntitle: News\ndate: 2024-02-01 10:00\nslug: news\n---\nA ship.\n"
    )
    publish()
    assert list(reader.new().values()) == ["News"]
