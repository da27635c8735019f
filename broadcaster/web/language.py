"""Which language a page speaks: Vietnamese, or English where its reader has chosen it.

The sources are written in Vietnamese; English comes from `locale/en/LC_MESSAGES/loa.po`, read as it
is when the first English page is made. A sentence without English is shown in Vietnamese.
"""

from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Annotated, cast
from urllib.parse import urlsplit

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from broadcaster.errors import LoaError, NotFound
from broadcaster.web.formats import Language

LANGUAGE_COOKIE = "loa_language"
ENGLISH_PO = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES" / "loa.po"
YEAR_S = 365 * 24 * 3600

router = APIRouter(include_in_schema=False)


def msgid(text: str) -> str:
    """Mark a Vietnamese sentence in Python for the catalogue; translated where it is shown."""
    return text


def language_of(request: Request) -> Language:
    """The language its reader chose, else Vietnamese, whatever the browser prefers."""
    return "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "vi"


def in_language(request: Request, error: LoaError) -> str:
    """What an error tells people, in the language of this page."""
    return error.message_vi if language_of(request) == "vi" else error.message_en


def translate(request: Request, text: str, **values: object) -> str:
    """A Vietnamese sentence in the reader's language, with its `%(name)s` places filled."""
    translated = translations(language_of(request)).gettext(text)
    return translated % values if values else translated


@cache
def translations(language: Language) -> NullTranslations:
    """All sentences of one language; Vietnamese is the source and needs no catalogue."""
    if language == "vi":
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(ENGLISH_PO))
    compiled.seek(0)
    return cast("NullTranslations", Translations(compiled))


def read_catalogue(path: Path) -> Catalog:
    """Read a catalogue as translators keep it."""
    with path.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def is_behind_tls(request: Request) -> bool:
    """Whether this site's readers reach it by TLS: its public address says so, or this request."""
    settings = getattr(getattr(request.app.state, "context", None), "settings", None)
    address = getattr(settings, "public_url", None)
    return request.url.scheme == "https" or getattr(address, "scheme", "") == "https"


def safe_next(target: str) -> str:
    """The given address if it is one of this site's own paths, else the first page."""
    printable = target.isascii() and target.isprintable() and "\\" not in target
    if not printable or not target.startswith("/") or target.startswith("//"):
        return "/"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else "/"


@router.get("/language/{language}")
def choose_language(
    request: Request, language: str, after: Annotated[str, Query(alias="next")] = "/"
) -> RedirectResponse:
    """Remember the reader's language for a year and go back to where they were."""
    if language not in ("vi", "en"):
        raise NotFound(language)
    response = RedirectResponse(safe_next(after), status_code=303)
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=YEAR_S,
        samesite="lax",
        httponly=True,
        secure=is_behind_tls(request),
    )
    return response
