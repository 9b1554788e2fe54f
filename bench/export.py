"""How long a build of a large WordPress export takes, and how much memory it needs.

    python bench/export.py [MB ...]

Writes exports of about the given sizes (by default 125, 250 and 500 MB) with posts, comments, pictures, authors and
tags. Runs a first ``feedpub build`` on each, in its own process, and prints a row of a table.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from build import measure

SPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "wp": "http://wordpress.org/export/1.2/",
}
CONFIG = """version: 1
site: {title: Bench, base_url: "http://localhost/", id_authority: "example.org,2023"}
sources: [{path: export.xml}]
feeds: {all: {title: All}}
"""
AUTHOR = (
    "<wp:author><wp:author_login>a{0}</wp:author_login>"
    "<wp:author_display_name>Ann {0}</wp:author_display_name></wp:author>\n"
)
POST = """<item><title>Story {n} of the quay</title><link>https://quay.example/{n}/</link><dc:creator>a{author}</dc:creator>
<guid isPermaLink="false">https://quay.example/?p={n}</guid><content:encoded><![CDATA[{body}]]></content:encoded>
<excerpt:encoded><![CDATA[Of story {n}]]></excerpt:encoded><wp:post_id>{n}</wp:post_id>
<wp:post_date_gmt>{date}</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<category domain="post_tag" nicename="t{tag}"><![CDATA[Tag {tag}]]></category>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>{picture}</wp:meta_value></wp:postmeta>
<wp:comment><wp:comment_id>{n}</wp:comment_id><wp:comment_content><![CDATA[{comment}]]></wp:comment_content></wp:comment>
</item>
"""
PICTURE = """<item><title>Picture {n}</title><link>https://quay.example/p/{n}/</link>
<guid isPermaLink="false">https://quay.example/?attachment_id={n}</guid><wp:post_id>{n}</wp:post_id>
<wp:post_date_gmt>{date}</wp:post_date_gmt><wp:status>inherit</wp:status><wp:post_type>attachment</wp:post_type>
<wp:attachment_url>https://quay.example/{n}.jpg</wp:attachment_url></item>
"""
WORDS = (
    "harbour",
    "wall",
    "rebuilt",
    "ferry",
    "night",
    "quay",
    "boats",
    "storm",
    "north",
    "pier",
    "council",
    "vote",
)


def write(file: Path, size: int) -> int:
    """Write an export of about ``size`` bytes; return the number of items."""
    chance = random.Random(1)
    done = number = 0
    with file.open("w", encoding="utf-8") as out:
        names = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in SPACES.items())
        done += out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {names}><channel>\n')
        done += out.write("<title>Quay</title><link>https://quay.example</link>\n")
        done += out.write("".join(AUTHOR.format(author) for author in range(20)))
        tags = (f"<wp:tag><wp:tag_slug>t{tag}</wp:tag_slug></wp:tag>\n" for tag in range(3000))
        done += out.write("".join(tags))
        while done < size:
            day = f"{2000 + number // 100_000}-{number // 672 % 12 + 1:02}-{number // 24 % 28 + 1:02}"
            text = PICTURE if number % 3 == 2 else POST
            done += out.write(
                text.format(
                    n=number,
                    author=number % 20,
                    tag=number % 3000,
                    picture=number // 3 * 3 + 2,
                    date=f"{day} {number % 24:02}:00:00",
                    body="\n\n".join(f"{' '.join(chance.choices(WORDS, k=80))} {number}." for _ in range(6)),
                    comment=" ".join(chance.choices(WORDS, k=60)),
                )
            )
            number += 1
        out.write("</channel></rss>\n")
    return number


def main() -> None:
    """Print a row for each size."""
    print("| MB | items | CPU s | peak MB |\n|---:|---:|---:|---:|")
    for megabytes in map(int, sys.argv[1:] or ("125", "250", "500")):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "config.yaml").write_text(CONFIG)
            items = write(Path(folder) / "export.xml", megabytes << 20)
            run = measure([sys.executable, "-m", "feedpub", "build", "--quiet", "--jobs", "1"], Path(folder))
        print(f"| {megabytes} | {items:,} | {run.cpu:.0f} | {run.memory:.0f} |", flush=True)


main()
