"""Media RSS: the rules that its tables cannot express."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from feedpub.validator.check_kinds import element_check, here, named, quoted, shown
from feedpub.validator.finding import Level
from feedpub.validator.grammar import iris
from feedpub.validator.vocabulary.media_rss import COUNTRIES, ROLES, SPEC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedpub.validator.check_kinds import Context, Problem

_ICRA: Final = re.compile(r"r \((?:(?:[nsvl][a-z]|cz|lz|nz|oz|vz|c[a-z]|o[a-z]) [01] ?)+\)\Z")
_RATINGS: Final = {
    "urn:simple": frozenset({"adult", "nonadult"}),
    "urn:mpaa": frozenset({"g", "pg", "pg-13", "r", "nc-17", "x", "m", "gp", "nr", "ur"}),
    "urn:v-chip": frozenset(
        {
            "all",
            "tv-y",
            "tv-y7",
            "tv-y7-fv",
            "tv-g",
            "tv-pg",
            "tv-14",
            "tv-ma",
            "c",
            "c8",
            "g",
            "pg",
            "14+",
            "18+",
        }
    ),
}
_HASH_DIGITS: Final = {"md5": 32, "sha-1": 40}


@element_check(
    "media-group-of-one",
    Level.ERROR,
    named("media:group"),
    spec=f"{SPEC}#media-group",
    remedy="add the other versions, or move the content out of the group",
)
def media_group_of_one(about: Context) -> Iterator[Problem]:
    """A ``media:group`` has fewer than two contents, but is meant for several versions of one file.

    Wrong:

        <media:group><media:content url="https://example.org/1.mp4"/></media:group>

    Right:

        <media:content url="https://example.org/1.mp4"/>
    """
    node = about.node
    if len(node.all("media:content")) < 2:
        yield here(node, f"{shown(node)} has fewer than two contents")


@element_check(
    "media-content-without-target",
    Level.ERROR,
    named("media:content"),
    spec=f"{SPEC}#media-content",
    remedy="add a url, or a media:player",
)
def media_content_without_target(about: Context) -> Iterator[Problem]:
    """A ``media:content`` has neither a ``url`` nor a player, so there is nothing to play.

    Wrong:

        <media:content type="video/mp4"/>

    Right:

        <media:content type="video/mp4" url="https://example.org/1.mp4"/>
    """
    node = about.node
    if "url" not in node.attributes and not node.first("media:player"):
        yield here(node, f"{shown(node)} has neither 'url' nor <media:player>")


@element_check(
    "invalid-media-rating",
    Level.ERROR,
    named("media:rating"),
    spec=f"{SPEC}#media-rating",
    remedy="use a rating of the scheme, such as nonadult for the default scheme",
)
def invalid_media_rating(about: Context) -> Iterator[Problem]:
    """A rating does not belong to its scheme. The default scheme is ``urn:simple``.

    Readers cannot tell who the content is suitable for.

    Wrong:

        <media:rating scheme="urn:mpaa">tv-ma</media:rating>

    Right:

        <media:rating scheme="urn:mpaa">pg-13</media:rating>
    """
    node = about.node
    scheme = node.attributes.get("scheme", "urn:simple").strip().lower()
    text = node.text.strip()
    known = _RATINGS.get(scheme)
    wrong = known is not None and text.lower() not in known
    if wrong or (scheme == "urn:icra" and not _ICRA.match(text)):
        yield here(node, f"{shown(node)}: {quoted(text)} is not a rating of {scheme}")


@element_check(
    "invalid-media-role",
    Level.ERROR,
    named("media:credit"),
    needs="attributes",
    spec=f"{SPEC}#media-credit",
    remedy="use a role from the EBU list in lower case, or name another scheme",
)
def invalid_media_role(about: Context) -> Iterator[Problem]:
    """The role of a credit is not in the list of its scheme, or not in lower case.

    Readers ignore it.

    Wrong:

        <media:credit role="Author">Ada</media:credit>

    Right:

        <media:credit role="author">Ada</media:credit>
    """
    node = about.node
    scheme = node.attributes.get("scheme", "urn:ebu").strip().lower()
    role = node.attributes.get("role")
    if role is None:
        return
    if role != role.lower():
        yield here(node, f"{shown(node)}: the role {quoted(role)} is not in lower case")
    elif scheme == "urn:ebu" and role not in ROLES:
        yield here(node, f"{shown(node)}: {quoted(role)} is not a role of urn:ebu")


@element_check(
    "invalid-media-hash",
    Level.ERROR,
    named("media:hash"),
    spec=f"{SPEC}#media-hash",
    remedy="write the digest in hexadecimal digits",
)
def invalid_media_hash(about: Context) -> Iterator[Problem]:
    """A hash does not have the length or the digits of its algorithm. The default algorithm is MD5.

    Readers cannot check the file that they downloaded.

    Wrong:

        <media:hash algo="md5">deadbeef</media:hash>

    Right:

        <media:hash algo="md5">dfdec888b72151965a34b4b59031290a</media:hash>
    """
    node = about.node
    text = node.text.strip()
    digits = _HASH_DIGITS.get(node.attributes.get("algo", "md5").strip())
    if digits is not None and not re.fullmatch(f"[0-9A-Fa-f]{{{digits}}}", text):
        yield here(node, f"{shown(node)}: {quoted(text)} is not {digits} hexadecimal digits")


@element_check(
    "invalid-media-restriction",
    Level.ERROR,
    named("media:restriction"),
    spec=f"{SPEC}#media-restriction",
    remedy="list country codes or full addresses separated by spaces, or write all or none",
)
def invalid_media_restriction(about: Context) -> Iterator[Problem]:
    """A restriction lists something that is neither an ISO 3166 country code nor a full address.

    Readers cannot apply it.

    Wrong:

        <media:restriction relationship="allow" type="country">Austria</media:restriction>

    Right:

        <media:restriction relationship="allow" type="country">at de</media:restriction>
    """
    node = about.node
    kind = node.attributes.get("type", "").strip()
    text = node.text.strip()
    if text.lower() in {"all", "none"} or (not text and not kind):
        return
    for word in text.split():
        if kind == "country" and word.lower() not in COUNTRIES:
            yield here(node, f"{shown(node)}: {quoted(word)} is not a country code")
        elif kind == "uri" and not iris.is_absolute(word):
            yield here(node, f"{shown(node)}: {quoted(word)} is not a full address")
        elif not kind:
            yield here(
                node, f"{shown(node)}: {quoted(word)} is neither 'all' nor 'none', and there is no type"
            )
