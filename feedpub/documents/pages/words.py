"""The words of the pages, in one table by language.

Pages of a site in another language are in English, and say so (``lang="en"``); its articles keep their language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of pages in one language, whose tag is ``language``. The template fills in ``%(…)s``."""

    language: str
    skip: str = "Skip to the content"
    site: str = "Site"
    feeds: str = "Feeds"
    how: str = "How to subscribe"
    opml: str = "All feeds in one file (OPML)"
    follow: str = "Follow %(site)s"
    introduction: str = (
        "Every topic below is a feed: a list of the newest articles that a feed reader checks for you. You choose"
        " what to follow and see all of it, newest first, without an account or an e-mail address."
    )
    all_of_them: str = "Subscribe to all of them (OPML)"
    newest: str = "newest"
    nothing_yet: str = "No articles yet."
    get_reader: str = "Get a feed reader."
    get_reader_more: str = (
        "There are apps and web services, many of them free; look for “feed reader” or “RSS reader”."
    )
    copy: str = "Copy an address."
    copy_more: str = "One click selects all of it."
    paste: str = "Add it in your reader."
    paste_more: str = "From then on, new articles appear by themselves. To unsubscribe, remove it there."
    everything: str = "To follow everything, topic by topic, import this file into your reader:"
    subscribe: str = "Subscribe"
    copy_this: str = "Copy this address into your feed reader:"
    formats: str = "Formats:"
    any_will_do: str = "Any of them will do."
    what_is_this: str = "What is this?"
    articles: str = "Articles"
    read_at: str = "Read it at %(site)s"
    by: str = "By"
    changed: str = "Changed"
    feeds_with: str = "Feeds with this article"
    inside: str = "In"
    headline_only: str = "Only the headline of this article is available here."
    permanent: str = "Permanent address:"
    more_in: str = "More in %(title)s"
    newer_in: str = "Newer in %(title)s"
    older_in: str = "Older in %(title)s"
    also_in: str = "Also in"
    first_one: str = "No articles yet. Subscribe now to get the first one."
    pager: str = "Older and newer articles"
    newer: str = "Newer"
    older: str = "Older"
    latest: str = "newest articles"
    missing: str = "Not found"
    missing_more: str = (
        "There is no page at this address. Perhaps it was mistyped, or the link that brought you here is"
        " wrong."
    )
    draft: str = "Draft: not published"
    held: str = "Held back: not published yet"
    withdrawn: str = "Withdrawn"
    withdrawn_more: str = "There was an article at this address. It has been withdrawn."
    all_feeds: str = "See all feeds"
    moved: str = "%(title)s has moved"
    moved_more: str = "Its articles are now in %(title)s."
    subscribed: str = "Are you subscribed to it?"
    replace: str = "Replace the old address in your feed reader with this one:"
    go_to: str = "Go to %(title)s"


ENGLISH: Final = Words(language="en")

_GERMAN: Final = Words(
    language="de",
    skip="Zum Inhalt springen",
    site="Website",
    feeds="Feeds",
    how="So abonnieren Sie",
    opml="Alle Feeds in einer Datei (OPML)",
    follow="%(site)s abonnieren",
    introduction=(
        "Jedes Thema unten ist ein Feed: eine Liste der neuesten Artikel, die ein Feedreader für Sie abruft. Sie"
        " wählen, was Sie verfolgen, und sehen alles davon, das Neueste zuerst, ohne Konto und ohne E-Mail-Adresse."
    ),
    all_of_them="Alle abonnieren (OPML)",
    newest="neuester",
    nothing_yet="Noch keine Artikel.",
    get_reader="Wählen Sie einen Feedreader.",
    get_reader_more=(
        "Es gibt Apps und Webdienste, viele davon kostenlos; suchen Sie nach „Feedreader“ oder „RSS-Reader“."
    ),
    copy="Kopieren Sie eine Adresse.",
    copy_more="Ein Klick darauf wählt sie ganz aus.",
    paste="Fügen Sie sie in Ihrem Reader hinzu.",
    paste_more="Von da an kommen neue Artikel von selbst. Zum Abbestellen entfernen Sie sie dort.",
    everything="Um allem zu folgen, Thema für Thema, lassen Sie Ihren Reader diese Datei importieren:",
    subscribe="Abonnieren",
    copy_this="Kopieren Sie diese Adresse in Ihren Feedreader:",
    formats="Formate:",
    any_will_do="Jedes davon ist geeignet.",
    what_is_this="Was ist das?",
    articles="Artikel",
    read_at="Bei %(site)s lesen",
    by="Von",
    changed="Geändert",
    feeds_with="Feeds mit diesem Artikel",
    inside="In",
    headline_only="Von diesem Artikel gibt es hier nur die Überschrift.",
    permanent="Dauerhafte Adresse:",
    more_in="Mehr in %(title)s",
    newer_in="Neuer in %(title)s",
    older_in="Älter in %(title)s",
    also_in="Auch in",
    first_one="Noch keine Artikel. Wer jetzt abonniert, bekommt den ersten.",
    pager="Ältere und neuere Artikel",
    newer="Neuer",
    older="Älter",
    latest="neueste Artikel",
    missing="Nicht gefunden",
    missing_more=(
        "Unter dieser Adresse gibt es keine Seite. Vielleicht ist sie vertippt, oder der Link hierher ist falsch."
    ),
    draft="Entwurf: nicht veröffentlicht",
    held="Zurückgehalten: noch nicht veröffentlicht",
    withdrawn="Zurückgezogen",
    withdrawn_more="Unter dieser Adresse stand ein Artikel. Er wurde zurückgezogen.",
    all_feeds="Alle Feeds ansehen",
    moved="%(title)s ist umgezogen",
    moved_more="Die Artikel sind jetzt in %(title)s.",
    subscribed="Haben Sie diesen Feed abonniert?",
    replace="Ersetzen Sie die alte Adresse in Ihrem Feedreader durch diese:",
    go_to="Zu %(title)s",
)

_FRENCH: Final = Words(
    language="fr",
    skip="Aller au contenu",
    site="Site",
    feeds="Flux",
    how="Comment s’abonner",
    opml="Tous les flux dans un fichier (OPML)",
    follow="Suivre %(site)s",
    introduction=(
        "Chaque sujet ci-dessous est un flux : une liste des articles les plus récents, qu’un lecteur de flux consulte"
        " pour vous. Vous choisissez ce que vous suivez et vous en voyez tout, le plus récent d’abord, sans compte ni"
        " adresse électronique."
    ),
    all_of_them="S’abonner à tous (OPML)",
    newest="le plus récent",
    nothing_yet="Pas encore d’articles.",
    get_reader="Choisissez un lecteur de flux.",
    get_reader_more=(
        "Il existe des applications et des services en ligne, souvent gratuits ; cherchez « lecteur de flux » ou"
        " « lecteur RSS »."
    ),
    copy="Copiez une adresse.",
    copy_more="Un clic la sélectionne en entier.",
    paste="Ajoutez-la dans votre lecteur.",
    paste_more="Ensuite, les nouveaux articles arrivent d’eux-mêmes. Pour arrêter, retirez-la du lecteur.",
    everything="Pour tout suivre, sujet par sujet, faites importer ce fichier par votre lecteur :",
    subscribe="S’abonner",
    copy_this="Copiez cette adresse dans votre lecteur de flux :",
    formats="Formats :",
    any_will_do="Tous conviennent.",
    what_is_this="Qu’est-ce que c’est ?",
    articles="Articles",
    read_at="Lire sur %(site)s",
    by="Par",
    changed="Modifié",
    feeds_with="Flux où figure cet article",
    inside="Dans",
    headline_only="De cet article, il n’y a ici que le titre.",
    permanent="Adresse permanente :",
    more_in="Plus dans %(title)s",
    newer_in="Plus récent dans %(title)s",
    older_in="Plus ancien dans %(title)s",
    also_in="Aussi dans",
    first_one="Pas encore d’articles. Qui s’abonne maintenant recevra le premier.",
    pager="Articles plus anciens et plus récents",
    newer="Plus récents",
    older="Plus anciens",
    latest="articles les plus récents",
    missing="Page introuvable",
    missing_more=(
        "Il n’y a pas de page à cette adresse. Elle comporte peut-être une faute de frappe, ou le lien suivi est"
        " erroné."
    ),
    draft="Brouillon : non publié",
    held="En attente : pas encore publié",
    withdrawn="Article retiré",
    withdrawn_more="Un article se trouvait à cette adresse. Il a été retiré.",
    all_feeds="Voir tous les flux",
    moved="%(title)s a déménagé",
    moved_more="Ses articles sont maintenant dans %(title)s.",
    subscribed="Vous y êtes abonné ?",
    replace="Remplacez l’ancienne adresse dans votre lecteur de flux par celle-ci :",
    go_to="Aller à %(title)s",
)

_SPANISH: Final = Words(
    language="es",
    skip="Ir al contenido",
    site="Sitio",
    feeds="Canales",
    how="Cómo suscribirse",
    opml="Todos los canales en un archivo (OPML)",
    follow="Seguir %(site)s",
    introduction=(
        "Cada tema de abajo es un canal: una lista de los artículos más recientes que un lector de canales consulta por"
        " usted. Usted elige qué seguir y lo ve todo, lo más reciente primero, sin cuenta ni correo electrónico."
    ),
    all_of_them="Suscribirse a todos (OPML)",
    newest="el más reciente",
    nothing_yet="Todavía no hay artículos.",
    get_reader="Elija un lector de canales.",
    get_reader_more=(
        "Hay aplicaciones y servicios web, muchos de ellos gratuitos; busque «lector de feeds» o «lector RSS»."
    ),
    copy="Copie una dirección.",
    copy_more="Un clic la selecciona entera.",
    paste="Añádala en su lector.",
    paste_more="Desde entonces los artículos nuevos llegan solos. Para dejarlo, quítela del lector.",
    everything="Para seguirlo todo, tema por tema, importe este archivo en su lector:",
    subscribe="Suscribirse",
    copy_this="Copie esta dirección en su lector de canales:",
    formats="Formatos:",
    any_will_do="Cualquiera sirve.",
    what_is_this="¿Qué es esto?",
    articles="Artículos",
    read_at="Leer en %(site)s",
    by="Por",
    changed="Modificado",
    feeds_with="Canales con este artículo",
    inside="En",
    headline_only="De este artículo solo está aquí el titular.",
    permanent="Dirección permanente:",
    more_in="Más en %(title)s",
    newer_in="Más reciente en %(title)s",
    older_in="Más antiguo en %(title)s",
    also_in="También en",
    first_one="Todavía no hay artículos. Quien se suscriba ahora recibirá el primero.",
    pager="Artículos más antiguos y más recientes",
    newer="Más recientes",
    older="Más antiguos",
    latest="artículos más recientes",
    missing="No encontrado",
    missing_more=(
        "No hay ninguna página en esta dirección. Quizá tenga una errata, o el enlace que le trajo aquí sea erróneo."
    ),
    draft="Borrador: sin publicar",
    held="Retenido: aún no publicado",
    withdrawn="Artículo retirado",
    withdrawn_more="En esta dirección había un artículo. Ha sido retirado.",
    all_feeds="Ver todos los canales",
    moved="%(title)s se ha mudado",
    moved_more="Sus artículos están ahora en %(title)s.",
    subscribed="¿Está suscrito?",
    replace="Sustituya la dirección antigua en su lector de canales por esta:",
    go_to="Ir a %(title)s",
)

_PORTUGUESE: Final = Words(
    language="pt",
    skip="Ir para o conteúdo",
    site="Site",
    feeds="Feeds",
    how="Como assinar",
    opml="Todos os feeds em um arquivo (OPML)",
    follow="Acompanhar %(site)s",
    introduction=(
        "Cada tema abaixo é um feed: uma lista dos artigos mais recentes que um leitor de feeds consulta por você. Você"
        " escolhe o que acompanhar e vê tudo, o mais recente primeiro, sem conta nem endereço de e-mail."
    ),
    all_of_them="Assinar todos (OPML)",
    newest="o mais recente",
    nothing_yet="Ainda não há artigos.",
    get_reader="Escolha um leitor de feeds.",
    get_reader_more=(
        "Há aplicativos e serviços web, muitos deles gratuitos; procure por “leitor de feeds” ou “leitor RSS”."
    ),
    copy="Copie um endereço.",
    copy_more="Um clique o seleciona por inteiro.",
    paste="Adicione-o no seu leitor.",
    paste_more="A partir daí os novos artigos chegam sozinhos. Para parar, remova-o do leitor.",
    everything="Para acompanhar tudo, tema por tema, importe este arquivo no seu leitor:",
    subscribe="Assinar",
    copy_this="Copie este endereço para o seu leitor de feeds:",
    formats="Formatos:",
    any_will_do="Qualquer um serve.",
    what_is_this="O que é isto?",
    articles="Artigos",
    read_at="Ler em %(site)s",
    by="Por",
    changed="Alterado",
    feeds_with="Feeds com este artigo",
    inside="Em",
    headline_only="Deste artigo há aqui apenas o título.",
    permanent="Endereço permanente:",
    more_in="Mais em %(title)s",
    newer_in="Mais recente em %(title)s",
    older_in="Mais antigo em %(title)s",
    also_in="Também em",
    first_one="Ainda não há artigos. Quem assinar agora receberá o primeiro.",
    pager="Artigos mais antigos e mais recentes",
    newer="Mais recentes",
    older="Mais antigos",
    latest="artigos mais recentes",
    missing="Não encontrado",
    missing_more=(
        "Não há nenhuma página neste endereço. Talvez haja um erro de digitação, ou o link que trouxe você está errado."
    ),
    draft="Rascunho: não publicado",
    held="Retido: ainda não publicado",
    withdrawn="Artigo retirado",
    withdrawn_more="Neste endereço havia um artigo. Ele foi retirado.",
    all_feeds="Ver todos os feeds",
    moved="%(title)s mudou de endereço",
    moved_more="Seus artigos estão agora em %(title)s.",
    subscribed="Você assina este feed?",
    replace="Troque o endereço antigo no seu leitor de feeds por este:",
    go_to="Ir para %(title)s",
)

WORDS: Final = {words.language: words for words in (ENGLISH, _GERMAN, _FRENCH, _SPANISH, _PORTUGUESE)}
"""By primary language subtag (RFC 5646 §2.2.1)."""


def words_for(language: str | None) -> Words:
    """Return the words for a site whose articles are in ``language``; English if there are no words in it."""
    return WORDS.get((language or "").partition("-")[0].lower(), ENGLISH)
