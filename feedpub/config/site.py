"""The section ``site:`` of a config → :class:`~feedpub.documents.channel.Site`."""

from __future__ import annotations

from feedpub.articles.article import Author
from feedpub.articles.ids import is_authority
from feedpub.config.scalars import AUTHOR, BASE_URL, LANGUAGE, LINE, URL
from feedpub.core.declaration import Key, Kind, Section, Value
from feedpub.core.yaml_node import Node
from feedpub.documents.channel import Site


def _authority(node: Node) -> str:
    authority = node.text()
    if not is_authority(authority):
        raise node.error(
            f"{authority!r} is not a tagging entity (RFC 4151)",
            'write a domain you own and a year in which you owned it, as in "example.org,2023"',
        )
    return authority


_DAY = "(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_AUTHORITY: Kind[str] = Value(_authority, {"type": "string", "pattern": f"^[^,]+,[0-9]{{4}}{_DAY}$"})


def _site(
    title: str,
    base_url: str,
    link: str | None,
    id_authority: str,
    author: Author | None,
    language: str | None,
    rights: str | None,
    icon: str | None,
    image: str | None,
    hub: str | None,
    license: str | None,  # noqa: A002 - it is the name of the key
) -> Site:
    return Site(
        title=title,
        base_url=base_url,
        link=link or base_url,
        id_authority=id_authority,
        author=author or Author(title),
        language=language,
        rights=rights,
        icon=icon,
        image=image,
        hub=hub,
        license=license,
    )


SITE = Section(
    keys=(
        Key(
            "title", LINE, "the site's name; the full title of a feed is `title: feed's title`", required=True
        ),
        Key("base_url", BASE_URL, "where the output folder is served", required=True),
        Key("link", URL, "the site's page for people", without="`base_url`"),
        Key(
            "id_authority",
            _AUTHORITY,
            "a domain or e-mail address and a date on which it was yours, such as"
            ' `"example.org,2023"` ([RFC 4151](https://www.rfc-editor.org/rfc/rfc4151)). It is part of the id of every'
            " article, so never change it; a build refuses a change without `--allow-vanished`",
            required=True,
        ),
        Key("author", AUTHOR, "a name, or `{name, email, uri}`", without="`title`"),
        Key("language", LANGUAGE, 'a language tag, such as `en` or `"pt-BR"`'),
        Key("rights", LINE, "a line about copyright"),
        Key(
            "license",
            URL,
            "the address of the licence of the site's own articles, such as"
            " `https://creativecommons.org/licenses/by/4.0/`, see [below](#licence)",
        ),
        Key(
            "icon",
            URL,
            "the address of a small square picture (64×64 or SVG) that readers show beside feeds and browsers beside"
            " pages",
            without="on pages, feedpub's",
        ),
        Key(
            "image",
            URL,
            "the address of a larger picture: PNG, JPEG or GIF",
        ),
        Key(
            "hub",
            URL,
            "the address of a WebSub hub, which passes news on at once; `feedpub ping` notifies it, see"
            " [publishing](publishing.md#telling-a-hub)",
        ),
    ),
    make=_site,
)
