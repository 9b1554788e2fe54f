"""The names that records use for an article's fields.

Two tables, the usual names and those of other languages; the first name present wins.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

# Folded: lower case, without accents, spaces, hyphens and underscores.
NAMES: Mapping[str, tuple[str, ...]] = {
    field: tuple(names.split())
    for field, names in {
        "title": "title headline name webtitle articletitle posttitle newstitle",
        "body": "body content maintext text articlebody fulltext contenthtml contenttext html bodyhtml articletext "
        "plaintext bodytext storytext articlecontent newscontent bodymarkdown contentmarkdown "
        "description shortdescription",
        "published": "published publishedat datepublished pubdate publishedon publicationdate date "
        "publishdate datepublish publisheddate publishingdate dateofpublication webpublicationdate publishtime "
        "publishedtime publicationtime datetime articledate postdate newsdate issued dateissued releasedate "
        "createdat created timestamp time "
        # After all others, so that a record that had a date keeps it.
        "pubdatetime publisheddatetime publishdatetime publicationdatetime datetimepublished datetimepub dateposted "
        "postedat postedon posted firstpublishedat firstpublicationdate publishedutc dateadded addedat authoredon",
        "updated": "updated updatedat modified modifiedat datemodified lastmod lastmodified "
        "datemodify modifieddate updateddate dateupdated lastupdated lastupdate moddatetime modifieddatetime "
        "updateddatetime datetimemodified lastmodifieddatetime lastupdatedat lastpublicationdate editedat",
        "id": "id guid uuid",
        "link": "canonicallink link url permalink href canonicalurl weburl articleurl sourceurl "
        "storyurl posturl newsurl externalurl",
        "author": "author authors byline creator authorname authornames writer journalist reporter",
        "categories": "categories category tags tag keywords topics section "
        "topic articlesection sectionname subject subjects labels",
        "language": "language lang inlanguage metalang languagecode",
        "summary": "summary excerpt abstract teaser description shortdescription metadescription "
        "customexcerpt standfirst lead lede dek",
        "image": "image imageurl thumbnail topimage featureimage featuredimage coverimage leadimage mainimage "
        "thumbnailurl urltoimage heroimage",
        "image_alt": "imagealt featureimagealt featuredimagealt coverimagealt thumbnailalt imagealttext",
        "image_caption": "imagecaption featureimagecaption featuredimagecaption coverimagecaption",
        "image_credit": "imagecredit photocredit",
        "enclosure": "enclosure enclosures attachments audio",
        "duration": "duration itunesduration audioduration",
        "explicit": "explicit itunesexplicit",
        "episode": "episode episodenumber itunesepisode",
        "season": "season seasonnumber itunesseason",
        "transcript": "transcript transcripts",
        "chapters": "chapters chaptersurl",
        "people": "people",
        "license": "license licence licenseurl licenceurl",
        "feeds": "feeds",
        "not_feeds": "notfeeds",
    }.items()
}
CANONICAL = tuple(NAMES)
# After all usual names, so that a record keeps the value it had.
NAMES_ELSEWHERE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    language: {field: tuple(names.split()) for field, names in fields.items()}
    for language, fields in {
        "German": {
            "title": "titel uberschrift ueberschrift schlagzeile",
            "body": "inhalt artikeltext volltext fliesstext haupttext beschreibung",
            "published": "veroffentlichungsdatum veroeffentlichungsdatum veroffentlicht veroeffentlicht "
            "veroffentlichtam veroeffentlichtam publikationsdatum publiziert publiziertam erscheinungsdatum "
            "erschienen erschienenam datum zeitpunkt zeitstempel",
            "updated": "geandert geaendert geandertam geaendertam aktualisiert aktualisiertam letzteanderung "
            "letzteaenderung anderungsdatum aenderungsdatum",
            "author": "autor autoren autorin verfasser verfasserin",
            "categories": "kategorie kategorien rubrik rubriken ressort schlagwort schlagworte schlagworter "
            "schlagwoerter thema themen",
            "language": "sprache",
            "summary": "zusammenfassung kurztext vorspann anreisser beschreibung",
            "image": "bild bildurl titelbild beitragsbild",
        },
        "French": {
            "title": "titre",
            "body": "contenu texte corps textecomplet corpsdutexte",
            "published": "datedepublication datepublication dateparution datedeparution publiele publie parule",
            "updated": "datedemodification datemodification modifiele misajourle datedemiseajour datemiseajour",
            "link": "lien",
            "author": "auteur auteurs auteure",
            "categories": "categorie rubrique rubriques motscles etiquettes",
            "language": "langue",
            "summary": "resume chapeau chapo extrait accroche",
            "image": "imageprincipale",
        },
        "Spanish": {
            "title": "titulo titular",
            "body": "contenido texto cuerpo descripcion",
            "published": "fechadepublicacion fechapublicacion publicadoel publicado fecha",
            "updated": "fechadeactualizacion fechaactualizacion fechademodificacion fechamodificacion actualizado "
            "actualizadoel modificado",
            "link": "enlace",
            "author": "autor autores autora",
            "categories": "categoria categorias seccion secciones etiquetas palabrasclave tema temas",
            "language": "idioma",
            "summary": "resumen entradilla extracto descripcion",
            "image": "imagen imagenprincipal",
        },
        "Portuguese": {
            "title": "titulo manchete",
            "body": "conteudo texto corpo descricao",
            "published": "datadepublicacao datapublicacao publicadoem publicado data",
            "updated": "datadeatualizacao dataatualizacao datademodificacao atualizadoem atualizado modificado",
            "author": "autor autores autora",
            "categories": "categoria categorias secao secoes editoria etiquetas palavraschave tema temas",
            "language": "idioma lingua",
            "summary": "resumo descricao",
            "image": "imagem imagemprincipal",
        },
        "Italian": {
            "title": "titolo",
            "body": "contenuto testo corpo descrizione",
            "published": "datadipubblicazione datapubblicazione pubblicatoil pubblicato data",
            "updated": "datadiaggiornamento dataaggiornamento datadimodifica datamodifica aggiornatoil aggiornato "
            "modificatoil modificato",
            "link": "collegamento",
            "author": "autore autori autrice",
            "categories": "categoria categorie sezione sezioni etichette parolechiave tema temi",
            "language": "lingua",
            "summary": "sommario riassunto occhiello descrizione",
            "image": "immagine immagineprincipale",
        },
        "Dutch": {
            "title": "titel kop",
            "body": "inhoud tekst artikeltekst omschrijving beschrijving",
            "published": "publicatiedatum gepubliceerdop gepubliceerd plaatsingsdatum geplaatstop datum",
            "updated": "gewijzigdop gewijzigd bijgewerktop bijgewerkt wijzigingsdatum",
            "author": "auteur auteurs schrijver",
            "categories": "categorie categorieen rubriek rubrieken trefwoorden onderwerp onderwerpen",
            "language": "taal",
            "summary": "samenvatting omschrijving beschrijving",
            "image": "afbeelding",
        },
    }.items()
}
_ALL_NAMES: Mapping[str, tuple[str, ...]] = {
    field: (*names, *(name for fields in NAMES_ELSEWHERE.values() for name in fields.get(field, ())))
    for field, names in NAMES.items()
}
DATES_ELSEWHERE = frozenset(_ALL_NAMES["published"]) - frozenset(NAMES["published"])
"""Names that may also mean something other than a date, so the value must have the digits of a date."""
# Names that version 0.1.0 did not know, so that its ids were different.
LATER_LINKS = frozenset(["canonicallink", "externalurl"]) | (
    frozenset(_ALL_NAMES["link"]) - frozenset(NAMES["link"])
)


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """Return ``name`` in its form for comparison: ``Published_At`` is ``publishedat``, ``Título`` is ``titulo``."""
    name = name.lower()
    if not name.isascii():
        name = "".join(
            each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each)
        )
    return "".join(character for character in name if character not in " -_")


def field_called(name: str) -> str:
    """Return the field of an article that a record calls ``name``; empty if there is none."""
    folded = fold_name(name)
    return next((field for field, names in _ALL_NAMES.items() if folded in names), "")


@lru_cache(maxsize=256)
def name_map(names: tuple[str, ...], declared: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return, for a record with these ``names``, each article field's name in it.

    A field that is ``declared`` is taken from there and nowhere else. No name serves two fields.
    """
    found = dict(declared)
    taken = set(found.values())
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(fold_name(name), name)
    for canonical, known in _ALL_NAMES.items():
        if canonical not in found:
            for candidate in known:
                if candidate in folded and folded[candidate] not in taken:
                    found[canonical] = folded[candidate]
                    taken.add(folded[candidate])
                    break
    return MappingProxyType(found)
