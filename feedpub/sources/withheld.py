"""Whether a record is public: the names and words that say that it is not, or not yet.

There is one table for all formats. Published articles cannot be taken back, so doubtful records are left out, and
each reason is reported with its count. But an unknown status does not cost a site its articles.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from feedpub.articles.article import Notice
from feedpub.core.errors import DateError
from feedpub.sources.field_names import fold_name
from feedpub.text.dates import DatePolicy, parse_date


class Hold(NamedTuple):
    """Whether a record is public, as it says itself.

    ``kind`` is why it is left out, for counting: ``draft`` (unfinished), ``not-public``,
    ``embargo`` (without a readable time), ``expired``, ``deleted``, ``withdrawn``, ``other-kind`` (not an
    article); ``reason`` explains it as a clause. ``due`` is when its embargo ends, ``expires`` when it expires;
    ``scheduled`` says that it is not due before its own date. ``unknown`` are unknown statuses, ``unread`` are values
    that could not be read.
    """

    kind: str = ""
    reason: str = ""
    due: datetime | None = None
    expires: datetime | None = None
    scheduled: bool = False
    unknown: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


FREE = Hold()
UNKNOWN = "unknown-status"
"""The kind of notice for an unknown status."""

# Status words. Accents, case, hyphens and underscores do not matter; words in -o or -é include their feminine.
_WORDS: Mapping[str, str] = {
    "public": """publish, published, public, live, usable, released, posted, online, listed, featured, everyone,
        everybody, all, open, world, complete, true, yes, 1, veröffentlicht, öffentlich, publié, publico, publicado,
        público, todos, alle, tous""",
    "draft": """draft, drafts, auto draft, pending, pending review, review, in review, under review, needs review,
        awaiting review, to review, withheld, held, hold, on hold, inherit, unpublished, not published,
        false, no, 0, unfinished, incomplete, partial, associated, in progress, work in progress, wip, idea,
        pitch, assigned, submitted, in edit, editing, to do, todo, rejected, declined, spiked, queued, for review,
        autosave, do not publish, not for publication, not for release, not yet published, bozza, bozze,
        entwurf, entwürfe, ausstehend, in prüfung, zur prüfung, in überprüfung, prüfung, in bearbeitung,
        unfertig, zurückgehalten, zurückgestellt, unveröffentlicht, nicht veröffentlicht, abgelehnt, in
        arbeit, brouillon, en attente, en attente de relecture, en relecture, à relire, en révision, en
        cours, en cours de rédaction, retenu, non publié, dépublié, rejeté, refusé, inachevé, borrador,
        pendiente, pendiente de revisión, en revisión, retenido, no publicado, sin publicar, despublicado,
        rechazado, en proceso, en curso, inacabado, rascunho, pendente, revisão pendente, em revisão,
        retido, não publicado, despublicado, rejeitado, recusado, em andamento, inacabado""",
    "scheduled": """scheduled, future, planned, to be published, geplant, terminiert, eingeplant,
        planifié, programmé, programado, planificado, agendado, planejado, planeado""",
    "embargo": """embargoed, embargo, under embargo, sperrfrist, mit sperrfrist, unter embargo, sous embargo,
        embargado, con embargo, bajo embargo, sob embargo, com embargo""",
    "not-public": """sent, email, email only, mail only, private, privately, members, member, members only, tiers,
        filter, paid, paying, paid members, paid members only, only paid, only free, founding, premium,
        subscribers, subscriber, subscribers only, subscriber only, internal, intern, confidential, secret,
        restricted, password, password protected, protected, locked, friends, followers, direct, mutuals,
        staff, logged in, unlisted, hidden, skip, blocked, not public, paywalled, gesendet, versendet,
        versandt, privat, mitglieder, nur mitglieder, nur für mitglieder, abonnenten, nur abonnenten, nur
        für abonnenten, bezahlt, kostenpflichtig, vertraulich, geheim, gesperrt, geschützt,
        passwortgeschützt, kennwortgeschützt, versteckt, verborgen, nicht gelistet, nicht öffentlich,
        envoyé, privé, membres, abonnés, réservé aux membres, réservé aux abonnés, payant, interne,
        confidentiel, protégé, protégé par mot de passe, caché, masqué, non listé, non répertorié,
        restreint, enviado, privado, miembros, socios, solo miembros, suscriptores, solo suscriptores, de
        pago, interno, confidencial, secreto, protegido, protegido con contraseña, oculto, no listado,
        restringido, bloqueado, particular, membros, só membros, somente membros, assinantes, só assinantes,
        somente assinantes, pago, sigiloso, protegido por senha, escondido, não listado, restrito""",
    "deleted": """deleted, delete, removed, trash, trashed, soft trashed, in trash, bin, binned, spam,
        spam comment, archived, archive, taken down, obsolete, purged, gelöscht, entfernt, papierkorb, im
        papierkorb, archiviert, supprimé, effacé, corbeille, à la corbeille, archivé, enlevé, eliminado,
        borrado, papelera, en la papelera, archivado, quitado, excluído, apagado, removido, lixo, lixeira,
        na lixeira, arquivado""",
    "withdrawn": """withdrawn, retracted, canceled, cancelled, kill, killed, recalled, revoked, zurückgezogen,
        zurückgenommen, widerrufen, storniert, annulliert, retiré, rétracté, annulé, révoqué, retirado,
        retractado, cancelado, anulado, revocado, retratado, revogado""",
    "expired": "expired, abgelaufen, expiré, périmé, caducado, expirado, vencido",
}  # fmt: skip

# Names, folded like those of fields, and the meaning of their values.
_NAMES: Mapping[str, str] = {
    "status": """status, poststatus, pubstatus, articlestatus, publicationstatus, publishstatus, publishingstatus,
        contentstatus, entrystatus, workflowstatus, workflowstate, moderationstate, creativeworkstatus,
        publishstate, publicationstate, representationtype, visibility""",
    # Names that also mean other things, so unknown words are not reported.
    "word": "state, audience, access, accesslevel",
    "draft": """draft, drafts, isdraft, saveasdraft, unpublished, isunpublished, headless, entwurf, brouillon,
        borrador, rascunho""",
    "not-public": """private, isprivate, hidden, ishidden, unlisted, isunlisted, membersonly, ismembersonly,
        subscribersonly, subscriberonly, paywalled, ispaywalled, paid, ispaid, premium, ispremium,
        emailonly, protected, isprotected,
        passwordprotected, ispasswordprotected, internal, isinternal, confidential, isconfidential,
        eleventyexcludefromcollections, excludefromfeed, excludefromfeeds, excludefromrss, rssexclude,
        nofeed, norss, hiddeninrss, disablerss, ignored""",
    "deleted": """deleted, isdeleted, deletedat, deletedon, trashed, istrashed, trashedat, trash, istrash,
        removed, isremoved, spam, isspam, archived, isarchived""",
    "withdrawn": """withdrawn, iswithdrawn, withdrawnat, retracted, isretracted, retractedat, killed, iskilled,
        canceled, cancelled, iscanceled, iscancelled""",
    # These hold back if they are false.
    "published": """published, ispublished, publish, public, ispublic, visible, isvisible, listed,
        islisted, rss, feed, render, discoverable, approved, isapproved, isaccessibleforfree, veroffentlicht,
        veroeffentlicht, freigegeben, publie, publicado, pubblicato, gepubliceerd""",
    "permalink": "permalink",
    "password": "password, postpassword",
    "build": "build",
    # The same applies to each name that contains "embargo" or "sperrfrist".
    "due": """publishdate, publishat, publishon, publishafter, publishup, scheduled, scheduledfor, scheduledat,
        scheduledon, scheduleddate, goliveat, golive, notbefore, availablefrom, visiblefrom""",
    "expires": """expirydate, expiry, expiryat, expires, expiresat, expireson, expire, expireat, expired, isexpired,
        expiredate, expiredat,
        expiration, expirationdate, expirationtime, unpublishdate, unpublishat, unpublishon, unpublishedat,
        unpublishafter, publishdown, validuntil, killdate""",
    "kind": "posttype",
    "type": "type",
    "page": "page",
}  # fmt: skip
_ROLES = {name.strip(): role for role, names in _NAMES.items() for name in names.split(",")}

# Other names of an embargo: under_embargo, embargo_till, embargoLiftsAt.
_EMBARGO = re.compile(
    "(?:is|has|under|on|news|press)?(?:embargo(?:e?d)?|sperrfrist)(?:date|time|datetime|timestamp|at|on|till?|to|up ?to"
    "|until|bis|lift|lifts|lifted|liftdate|liftsat|liftson|end|ends|enddate|endtime|endsat|expires|expiry|expirydate"
    "|release|releasedate)?"
)
# Names whose text gives the reason; under other names, it may mean something else, such as "killed: 12".
_WITH_A_REASON = frozenset(
    fold
    for name in ("withdrawn", "retracted", "deleted")
    for fold in (name, f"is{name}", f"{name}at", f"{name}on")
)
# Names that also mean other things, so a number means nothing.
_LISTINGS = frozenset(("listed", "islisted", "rss", "feed", "render"))

# The meaning of a value, whatever its name: yes, no, or missing; then the words with which a privacy flag and an
# embargo hold nothing back.
_VALUES: Mapping[str, str] = {
    "yes": "true, yes, y, on, t, x, 1, 1.0, ja, wahr, oui, vrai, si, verdadero, sim, verdadeiro",
    "no": "false, no, n, off, f, never, nein, falsch, non, faux, nao, falso",
    "nothing": """none, null, (null), <null>, nil, nan, n/a, undefined, \\n, never, nie, jamais, nunca""",
    "no password": "none, null, (null), <null>, nil, nan, n/a, undefined, \\n, false",
    "not so": "free, unpaid, external, unprotected, unlocked, final, ham, clean, visible",
    "no embargo": """lifted, expired, over, ended, released, no embargo, not embargoed, immediate, immediately,
        immediate release, for immediate release, aufgehoben, abgelaufen, keine, leve, levantado""",
}
_YES, _NO, _NOTHING, _NO_PASSWORD, _NOT_SO, _NO_EMBARGO = (
    frozenset(word.strip() for word in words.split(",")) for words in _VALUES.values()
)
_NOTHING |= {""}
_ZERO = re.compile(r"[-+]?0+(?:[.,]0+)?\Z")
# How databases write a missing date.
_NO_DATE = re.compile(
    r"0{4}[-/]00[-/]00|0001-01-01|1970-01-01(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?\Z|\W*\Z"
)
_EPOCH = date(1970, 1, 1)
_TIME = re.compile(r"\d{4}[-/.]\d|\d{9,13}\Z")
# Statuses at the beginning of a longer text ("draft, second version"), and words in it that forbid publication.
_LEADING = re.compile(
    r"(?:drafts?|unpublished|unfinished|pending|withheld|entwurf|brouillon|borrador|rascunho|bozza|embargo(?:ed)?"
    r"|sperrfrist|private|confidential|secret|withdrawn|retracted|deleted|trashed)\b"
)
_FORBIDS = re.compile(r"\b(?:do not|don't|not (?:yet )?(?:for|to be)) (?:publi|releas)")
_UNTIL = re.compile(r"\b(?:until|till|to|bis|jusqu'?au|hasta|ate)\b|:")
# Status words that mean something else under ambiguous names.
_ELSEWHERE = frozenset(("no", "0", "false", "hold", "held", "bin", "direct"))
_SEPARATORS = re.compile(r"[\s_\-–]+")
_LIST = re.compile(r"[,;|]")
# Names of WordPress and Ghost for records that are not posts, and our own name for those of Contentful.
_OTHER_KINDS = frozenset(
    ["page", "attachment", "revision", "nav menu item", "comment", "custom css", "entry without text"]
)


def hold_of(
    values: Mapping[str, Any],
    policy: DatePolicy,
    *,
    declared: tuple[tuple[str, str], ...] = (),
    strict: bool = False,
    published_when: frozenset[str] = frozenset(),
) -> Hold:
    """Return whether the ``values`` of a record say that it is public.

    Names that the config has ``declared`` as a field of an article are ignored, except that of its date; if a declared
    field is deeper in the record, the names beside it count too. ``strict`` is for formats that define
    their statuses: a record with an unknown one is left out. ``published_when`` are the only statuses that
    publish, if there are any.
    """
    roles = _roles(tuple(values), declared)
    # Nearly all records only have a date of publication, and nothing else that matters here.
    found = [
        (role, name, values[name])
        for role, name in roles
        if role != "published" or may_be_a_word(values[name])
    ]
    for name in {path.rpartition(".")[0] for _, path in declared if "." in path and path not in values}:
        beside: Any = values
        for step in name.split("."):
            beside = beside.get(step) if isinstance(beside, Mapping) else None
        if isinstance(beside, Mapping):
            found += [(role, inner, beside[inner]) for role, inner in _roles(tuple(beside), ())]
    if not found:
        return FREE
    # Most statuses and flags are the same in all records. Numbers are not cached, because 1 and true are one key.
    plain = all(value is None or isinstance(value, str | bool) for _, _, value in found)
    return (_judged if plain else _judged.__wrapped__)(tuple(found), policy, published_when, strict)


def may_be_a_word(value: Any) -> bool:
    """Say whether what a date of publication holds may be a status or a flag instead, such as ``draft`` or ``1``."""
    return not isinstance(value, str) or len(value) <= (20 if not value[:1].isdigit() else 3)


def says_whether_public(names: tuple[str, ...], declared: tuple[tuple[str, str], ...]) -> bool:
    """Say whether one of the ``names`` of a record, other than its date, may say that it is not public."""
    is_deep = any("." in path for _, path in declared)
    return is_deep or any(role != "published" for role, _ in _roles(names, declared))


@lru_cache(maxsize=1024)
def _judged(
    found: tuple[tuple[str, str, Any], ...], policy: DatePolicy, published_when: frozenset[str], strict: bool
) -> Hold:
    is_export = {"status", "visibility"} <= {fold_name(name) for _, name, _ in found}
    judged = _Judged(policy, published_when, strict=strict, is_export=is_export)
    for role, name, value in found:
        judged.hear(role, name, value)
    return judged.hold()


@lru_cache(maxsize=256)
def _roles(names: tuple[str, ...], declared: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    fields = {name for field, name in declared if field != "published"}
    return tuple((role, name) for name in names if name not in fields and (role := _role_of(fold_name(name))))


def _role_of(name: str) -> str:
    return _ROLES.get(name) or ("due" if _EMBARGO.fullmatch(name) else "")


class _Judged:
    """Collects what the names and values of a record say."""

    def __init__(
        self, policy: DatePolicy, published_when: frozenset[str], *, strict: bool, is_export: bool
    ) -> None:
        self._policy = policy
        self._published_when = published_when
        self._strict = strict
        self._is_export = is_export
        self._holds: list[tuple[str, str]] = []
        self._unknown: list[str] = []
        self._unread: list[str] = []
        self._ends: list[datetime] = []
        self._expiries: list[datetime] = []
        self._scheduled = False
        self._endless = ""

    def hear(self, role: str, name: str, value: Any) -> None:
        if role in {"status", "word"}:
            for word in _words(value):
                self._status(role, name, word)
        elif role in {"due", "expires"}:
            self._time(role, name, value)
        elif _is_set(role, name, value) is None:
            self._unknown.append(f"the {name} {_text(value)[:80]!r} is unknown and holds nothing back")
        elif said := _flagged(role, name, value, strict=self._strict, is_export=self._is_export):
            self._holds.append(said)

    def _status(self, role: str, name: str, word: str) -> None:
        kind = _kind_of(word, named=role == "status") or ("draft" if self._strict else "")
        if role == "word" and fold_status(word) in _ELSEWHERE:
            return
        if self._published_when and role == "status" and fold_name(name) != "visibility":
            kind = "draft" if kind in {"", "public"} else kind
            kind = "public" if fold_status(word) in self._published_when else kind
        self._scheduled |= kind == "scheduled"
        if kind == "embargo":
            until = _UNTIL.search(word.lower())
            try:
                self._ends.append(
                    parse_date(word[until.end() :].strip() if until else "", self._policy).instant
                )
            except DateError:
                self._endless = f"its {name} is {word!r}, without a time that can be read"
        elif kind and kind not in {"public", "scheduled"}:
            self._holds.append((kind, f"its {name} is {word!r}"))
        elif not kind and role == "status":
            self._unknown.append(f"the {name} {word!r} is unknown and holds nothing back")

    def _time(self, role: str, name: str, value: Any) -> None:
        text = _text(value)
        if _is_no(value):
            return
        folded = fold_status(text)
        if folded in _NO_EMBARGO and role == "due":
            return
        if folded in _YES:
            if role == "expires":
                self._holds.append(("expired", f"its {name} is {text!r}"))
            elif _EMBARGO.fullmatch(fold_name(name)):
                self._endless = f"its {name} is {text!r}, without a time"
            else:
                self._scheduled = True
            return
        try:
            moment = parse_date(text, self._policy).instant
            # How programs write a missing date, in any form.
            if moment.date() != _EPOCH:
                (self._ends if role == "due" else self._expiries).append(moment)
        except DateError as error:
            if role == "due":
                self._holds.append(("embargo", f"its {name} cannot be read: {error}"))
            else:
                self._unread.append(f"the {name} {error}")

    def hold(self) -> Hold:
        """Return the result."""
        if self._endless and not self._ends:
            self._holds.append(("embargo", self._endless))
        if self._holds:
            # A withdrawal comes first, because it also applies to other records of the article.
            kind, reason = next((hold for hold in self._holds if hold[0] == "withdrawn"), self._holds[0])
            return Hold(kind, reason)
        return Hold(
            due=max(self._ends, default=None),
            expires=min(self._expiries, default=None),
            scheduled=self._scheduled,
            unknown=tuple(self._unknown),
            unread=tuple(self._unread),
        )


def _flagged(role: str, name: str, value: Any, *, strict: bool, is_export: bool) -> tuple[str, str] | None:
    """Return the kind and the reason if a flag leaves its record out, else ``None``."""
    text = fold_status(_text(value))
    # Numbers and times differ in each record, but reasons are counted.
    shown = "given" if len(text) > 20 or re.search(r"\d\d", text) else repr(_text(value))
    match role:
        case "draft" | "not-public" | "deleted" | "withdrawn":
            kind: str = role if _is_set(role, name, value) else ""
        case "published":
            said = _KINDS.get(text, "")
            refused = text in _NO or (_ZERO.match(text) and fold_name(name) not in _LISTINGS)
            hidden = said in {"draft", "not-public", "deleted", "withdrawn"} and not (
                text in _NO or _ZERO.match(text)
            )
            kind = ("draft" if "publish" in fold_name(name) else "not-public") if refused or hidden else ""
        case "permalink":
            kind = "not-public" if text == "false" else ""
        case "password":
            kind, shown = "not-public" if _is_password(value, strict=strict) else "", "given"
        case "build":
            steps = (value.get("list"), value.get("render")) if isinstance(value, Mapping) else ()
            kind, shown = (
                "not-public" if any(fold_status(_text(step)) in _NO for step in steps) else "",
                "'never'",
            )
        case "kind":
            is_post = _is_no(value) or text == "post"
            kind = (
                "" if is_post or not (strict or text in _OTHER_KINDS or text[:3] == "wp ") else "other-kind"
            )
        case "type":
            kind = "other-kind" if is_export and text in _OTHER_KINDS else ""
        case _:
            kind = "other-kind" if is_export and is_yes(value) else ""
    return (kind, f"its {name} is {shown}") if kind else None


def _is_set(role: str, name: str, value: Any) -> bool | None:
    """Say whether a flag holds its record back; ``None`` if it is neither a yes nor a no."""
    text = fold_status(_text(value))
    kind = _KINDS.get(text, "")
    if role not in {"draft", "not-public", "deleted", "withdrawn"} or _is_no(value):
        return False
    if text in _YES:
        return True
    if kind == "public" or text in _NOT_SO:
        return False
    if kind or role == "draft" or (role != "not-public" and _TIME.match(_text(value))):
        return True
    has_reason = fold_name(name) in _WITH_A_REASON and re.search(r"[^\W\d_]", text)
    return True if has_reason else None


def _is_password(value: Any, *, strict: bool) -> bool:
    # A password that reads like a no may be one. If a format defines the empty text as no, any other text means yes.
    text = _text(value).strip()
    return bool(text) and value is not False and (strict or fold_status(text) not in _NO_PASSWORD)


def is_yes(value: Any) -> bool:
    """Say whether a flag is set."""
    return fold_status(_text(value)) in _YES


def _is_no(value: Any) -> bool:
    text = _text(value).strip()
    folded = fold_status(text)
    return (
        value in (None, [], {})
        or folded in _NO | _NOTHING
        or bool(_ZERO.match(folded) or _NO_DATE.match(text))
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _words(value: Any) -> Iterator[str]:
    """Yield the words of a status, which may be a list, or an object that names one."""
    if isinstance(value, Mapping):
        value = next(
            (
                value[name]
                for name in ("value", "slug", "name", "label", "text", "title", "state", "code", "key", "id")
                if name in value
            ),
            None,
        )
    if isinstance(value, list | tuple):
        for item in value:
            yield from _words(item)
        return
    yield from filter(None, (word.strip()[:80] for word in _LIST.split(_text(value))))


def _kind_of(word: str, *, named: bool) -> str:
    """Return the meaning of a status, or empty; ``stat:canceled`` and an address with that end mean the same.

    ``named`` says that the name means a status, so that the first word may decide.
    """
    folded = fold_status(word)
    if folded in _NOTHING:
        return "public"
    kind = _KINDS.get(folded) or _KINDS.get(re.split("[:/]", folded)[-1].strip(), "")
    if kind or not named:
        return kind
    if leading := _LEADING.match(folded):
        return _KINDS[leading[0]]
    return "draft" if _FORBIDS.search(folded) else ""


@lru_cache(maxsize=4096)
def fold_status(text: str) -> str:
    """Return a status in its form for comparison: without case, accents, hyphens and underscores."""
    plain = unicodedata.normalize("NFKD", text[:200])
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    return _SEPARATORS.sub(" ", bare.casefold()).strip(" .!")


def _forms(word: str) -> tuple[str, ...]:
    folded = fold_status(word)
    first, space, rest = folded.partition(" ")
    feminine = f"{first[:-1]}a" if first.endswith("o") else f"{first}e"
    return folded, f"{feminine}{space}{rest}", f"{first}s{space}{rest}", f"{feminine}s{space}{rest}"


_KINDS: dict[str, str] = {
    form: kind for kind, words in _WORDS.items() for word in words.split(",") for form in _forms(word.strip())
}
# Words of the table take precedence over derived forms of other words.
_KINDS |= {fold_status(word): kind for kind, words in _WORDS.items() for word in words.split(",")}


class Statuses:
    """Counts unknown statuses, so that each is reported once, and not for each of its records."""

    def __init__(self) -> None:
        self._firsts: dict[str, Notice] = {}
        self._counts: Counter[str] = Counter()

    def counts(self, notice: Notice) -> bool:
        """Count ``notice`` if it is of this kind; say whether it is."""
        if notice.kind != UNKNOWN:
            return False
        self._firsts.setdefault(notice.message, notice)
        self._counts[notice.message] += 1
        return True

    def notices(self) -> list[Notice]:
        """Return one notice for each word, at its first place."""
        return [
            Notice(self._firsts[message].origin, UNKNOWN, f"{message} (records {times:,})")
            for message, times in self._counts.most_common()
        ]
