"""Styles in ``style`` attributes: properties and values that cannot cover, move or load anything."""

from __future__ import annotations

import re
from typing import Final

from feedpub.validator.words import words

# Properties that change how text looks in its own box (CSS 2.1 and the modules that grew from it).
_PROPERTIES: Final = words(
    """
    azimuth background background-color border border-bottom border-bottom-color border-bottom-left-radius
    border-bottom-right-radius border-bottom-style border-bottom-width border-collapse border-color border-left
    border-left-color border-left-style border-left-width border-radius border-right border-right-color
    border-right-style border-right-width border-spacing border-style border-top border-top-color
    border-top-left-radius border-top-right-radius border-top-style border-top-width border-width box-sizing
    clear color cursor direction display elevation float font font-family font-feature-settings font-size
    font-stretch font-style font-variant font-weight gap height letter-spacing line-height list-style
    list-style-position list-style-type margin margin-bottom margin-left margin-right margin-top max-height
    max-width min-height min-width orphans overflow overflow-wrap overflow-x overflow-y padding padding-bottom
    padding-left padding-right padding-top page-break-after page-break-before page-break-inside pause
    pause-after pause-before pitch pitch-range quotes richness speak speak-header speak-numeral
    speak-punctuation speech-rate stress table-layout text-align text-align-last text-decoration
    text-decoration-color text-decoration-line text-decoration-style text-indent text-overflow text-transform
    unicode-bidi vertical-align voice-family volume white-space widows width word-break word-spacing word-wrap
    """,
)
# Tokens are taken whole (atomic groups): a digit that could belong to two of them would cost exponential time.
_SAFE_VALUE: Final = re.compile(
    r"\s*(?>(?:[-+]?[0-9.]+(?:%|[a-z]{1,4})?|#[0-9a-f]{3,8}|rgba?\([0-9.%,\s/]*\)|hsla?\([0-9a-z.%,\s/]*\)|"
    r"[a-z][a-z0-9-]*(?!\()|!important|'[^'\\<>()]*'|\"[^\"\\<>()]*\"|,|/)\s*)*+\Z",
    re.ASCII | re.IGNORECASE,
)


def danger(style: str) -> str | None:
    """Return the first declaration of a style that is not known to be harmless, None where all are."""
    for declaration in style.split(";"):
        if not declaration.strip():
            continue
        name, colon, value = declaration.partition(":")
        if not colon or name.strip().lower() not in _PROPERTIES or not _SAFE_VALUE.match(value):
            return " ".join(declaration.split())
    return None
