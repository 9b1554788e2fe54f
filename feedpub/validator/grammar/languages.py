"""Language tags: well-formed by RFC 5646, and with a primary language that is registered where it has two letters.

The IANA registry has some 8,000 languages of three letters and changes every month; a copy would be stale before
it is read, so those are taken as they come. The list of two letters (ISO 639-1) is complete and closed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from feedpub.validator.words import words

# RFC 5646 §2.1, without primary languages of four letters and more: none is registered. The irregular
# grandfathered tags stand beside it.
_TAG: Final = re.compile(
    r"([a-z]{2,3})(?:-[a-z]{3}){0,3}"
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?\Z",
    re.ASCII | re.IGNORECASE,
)
_PRIVATE: Final = re.compile(r"x(?:-[a-z0-9]{1,8})+\Z", re.ASCII | re.IGNORECASE)
_GRANDFATHERED: Final = words(
    """
    en-gb-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao i-tay i-tsu
    sgn-be-fr sgn-be-nl sgn-ch-de
    """
)
_ISO_639_1: Final = words(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz
    ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik
    in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg
    mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro
    ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty
    ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """
)


@lru_cache(maxsize=256)
def is_language(text: str) -> bool:
    """Tell whether ``text`` is a language tag whose primary language can exist."""
    lower = text.lower()
    if lower in _GRANDFATHERED or _PRIVATE.match(lower):
        return True
    found = _TAG.match(lower)
    return found is not None and (len(found[1]) == 3 or found[1] in _ISO_639_1)
