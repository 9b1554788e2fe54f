"""People: e-mail addresses in Atom, contacts in RSS, and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feedpub.validator.check_kinds import (
    Context,
    Problem,
    element_check,
    here,
    named,
    quoted,
    shown,
    value_check,
)
from feedpub.validator.finding import Level
from feedpub.validator.grammar import tokens
from feedpub.validator.vocabulary.element import Kind

_RFC4287: Final = "https://www.rfc-editor.org/rfc/rfc4287.html#section-"
_EMAIL: Final = re.compile(r"[\w+-]@[\w-]+\.\w")


@value_check(
    "invalid-address",
    Level.ERROR,
    Kind.ADDRESS,
    spec="https://www.rfc-editor.org/rfc/rfc4287.html#section-3.2.3",
    remedy="write only the address; the name has its own element",
)
def invalid_address(about: Context) -> str | None:
    """An e-mail address is not valid, or has a name next to it.

    Nobody can write to it.

    Wrong:

        <email>Ada &lt;ada@example.org&gt;</email>

    Right:

        <email>ada@example.org</email>
    """
    return None if tokens.is_email(about.text) else "is not an e-mail address"


@value_check(
    "local-host",
    Level.WARNING,
    Kind.ADDRESS,
    spec="https://www.rfc-editor.org/rfc/rfc4287.html#section-3.2.3",
    remedy="write the full domain",
)
def local_host(about: Context) -> str | None:
    """The host of an e-mail address is a single word, so it only works inside one network.

    Wrong:

        <email>ada@mailhost</email>

    Right:

        <email>ada@example.org</email>
    """
    text = about.text
    host = tokens.email_host(text)
    return (
        f"has the host {host!r}, which is not a full domain"
        if tokens.is_email(text) and host.isalnum()
        else None
    )


@value_check(
    "invalid-contact",
    Level.ERROR,
    Kind.CONTACT,
    spec="https://www.rssboard.org/rss-profile#data-types-email",
    remedy="write user@example.org (Real Name), or put a name without an address in dc:creator",
)
def invalid_contact(about: Context) -> str | None:
    """A person in an RSS feed has no e-mail address.

    RSS requires one here. A name alone belongs in ``dc:creator``.

    Wrong:

        <author>Ada Lovelace</author>

    Right:

        <author>ada@example.org (Ada Lovelace)</author>
    """
    return "has no valid e-mail address" if tokens.contact(about.text) == "none" else None


@value_check(
    "nameless-contact",
    Level.WARNING,
    Kind.CONTACT,
    spec="https://www.rssboard.org/rss-profile#data-types-email",
    remedy="write user@example.org (Real Name)",
)
def nameless_contact(about: Context) -> str | None:
    """A person has an e-mail address but no name. Readers have no name to show.

    Wrong:

        <author>ada@example.org</author>

    Right:

        <author>ada@example.org (Ada Lovelace)</author>
    """
    return "has no name after the address" if tokens.contact(about.text) == "nameless" else None


@value_check(
    "contact-form",
    Level.WARNING,
    Kind.CONTACT,
    spec="https://www.rssboard.org/rss-profile#data-types-email",
    remedy="write user@example.org (Real Name)",
)
def contact_form(about: Context) -> str | None:
    """A person has an address and a name, but not in the form that RSS readers expect.

    Readers may show all of it as the name.

    Wrong:

        <author>Ada Lovelace &lt;ada@example.org&gt;</author>

    Right:

        <author>ada@example.org (Ada Lovelace)</author>
    """
    return "does not have the form address (name)" if tokens.contact(about.text) == "other" else None


@element_check(
    "name-holds-address",
    Level.WARNING,
    named("atom:name"),
    needs="text",
    spec=f"{_RFC4287}3.2.1",
    remedy="put the address in <email>",
)
def name_holds_address(about: Context) -> Iterator[Problem]:
    """A person's name contains an e-mail address, which has an element of its own.

    Readers show the address to everybody, as part of the name.

    Wrong:

        <name>Ada (ada@example.org)</name>

    Right:

        <name>Ada</name><email>ada@example.org</email>
    """
    node = about.node
    if _EMAIL.search(node.text):
        yield here(node, f"{shown(node)}: {quoted(node.text.strip())} contains an e-mail address")
