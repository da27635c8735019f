"""Renders every page: one Jinja environment a language, one layout, one place for what pages know.

What a page knows of its request, each absent by default:
  request.state.viewer            someone signed in: `.display_name: str`, `.roles: Collection[str]`
  request.state.csrf_token        str, put into forms by `components.csrf_field` and sent by htmx
  request.app.state.navigation    Sequence[NavigationItem]
  request.state.station           `context.Context` of the station in view; else, for whom none was
  request.app.state.context       chosen, the installation's; of it, or of app.state itself:
    .station_name                 str, shown in the header
    .zone                         tzinfo of the station; Asia/Ho_Chi_Minh
    .now                          Callable[[], datetime] giving aware UTC instants
    .rehearsal                    bool: nothing of this station is on air
    .is_elsewhere                 bool: the station in view is not the installation's own
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from broadcaster.web import errors, language
from broadcaster.web.coverage_bar import coverage_parts
from broadcaster.web.formats import (
    Language,
    day,
    days_later,
    duration,
    full_day,
    instant,
    number,
    share,
    spelled,
    words_of_moments,
)
from broadcaster.web.inline_marks import mark_symbols
from broadcaster.web.play_marks import PLAY_MARKS
from broadcaster.web.security import SecurityHeaders
from broadcaster.web.static_files import STATIC, ImmutableFiles, manifest, static_url

PACKAGE = Path(__file__).parent.parent
HOME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_SENTENCES = 4_096
Known = TypeVar("Known")


class Viewer(Protocol):
    """Whoever is signed in, as far as the frame needs to know."""

    @property
    def display_name(self) -> str:
        """The name shown in the footer."""

    @property
    def roles(self) -> Collection[str]:
        """What this person may be shown."""

    @property
    def station_count(self) -> int:
        """At how many stations this person reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationItem:
    """One entry of the navigation; `label` is a msgid, `icon` a name of `assets/src/icons.json`.

    With `roles` given, only people who hold one of them see it. `covers` are pages beside its own
    that it leads to.
    """

    label: str
    href: str
    icon: str
    roles: frozenset[str] = frozenset()
    covers: tuple[str, ...] = ()


def install(app: FastAPI) -> None:
    """Give an app the frame: assets, language switch, error pages, security headers.

    Raises AssetsMissing at once, not on the first page, when the assets were never built.
    """
    manifest()
    app.mount("/static", ImmutableFiles(directory=STATIC), name="static")
    app.include_router(language.router)
    app.add_middleware(SecurityHeaders)
    errors.install_error_pages(app, render=render)


def render(
    request: Request,
    template: str,
    *,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """Make a page of a template named from the package's root, in its reader's language.

    A page is its reader's own: no shared cache may keep it.
    """
    chosen = language.language_of(request)
    page = environment(chosen).get_template(template)
    html = page.render({**frame_context(request), **context})
    private = {"Cache-Control": "private, no-cache", "Content-Language": chosen, "Vary": "Cookie"}
    return HTMLResponse(html, status_code=status_code, headers={**private, **(headers or {})})


def frame_context(request: Request) -> dict[str, object]:
    """What the layout and the components need from a request."""
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    clock: Callable[[], datetime] = _of_station(request, "now", _utc_now)
    zone: tzinfo = _of_station(request, "zone", HOME_ZONE)
    now = clock()
    items: Sequence[NavigationItem] = getattr(request.app.state, "navigation", ())
    return {
        "request": request,
        "language": language.language_of(request),
        "now": now,
        "today": now.astimezone(zone).date(),
        "zone": zone,
        "viewer": viewer,
        "csrf_token": getattr(request.state, "csrf_token", None),
        "station_name": _of_station(request, "station_name", "Loa"),
        "rehearsal": _of_station(request, "rehearsal", False),
        "is_elsewhere": _of_station(request, "is_elsewhere", False),
        "navigation": visible_navigation(items, viewer=viewer),
        "current_href": current_href(items, path=request.url.path),
        "here": _address_of(request),
    }


def _of_station(request: Request, name: str, default: Known) -> Known:
    state = request.app.state
    in_view = getattr(request.state, "station", None) or getattr(state, "context", None)
    of_context = getattr(in_view, name, default)
    return cast("Known", getattr(state, name, of_context))


def visible_navigation(
    items: Sequence[NavigationItem], *, viewer: Viewer | None
) -> list[NavigationItem]:
    """The entries that this person may see."""
    roles = set(viewer.roles) if viewer else set()
    return [item for item in items if not item.roles or item.roles & roles]


def current_href(items: Sequence[NavigationItem], *, path: str) -> str | None:
    """The entry that a path lies under: the longest that fits; the first page only itself."""
    fitting = [
        (len(own), item.href)
        for item in items
        for own in (item.href, *item.covers)
        if path == own or (own != "/" and path.startswith(f"{own}/"))
    ]
    return max(fitting, default=(0, None))[1]


@cache
def environment(chosen: Language) -> Environment:
    """The templates of the whole package in one language; names begin at the package's root."""
    env = Environment(
        loader=FileSystemLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_translations(  # type: ignore[attr-defined]
        language.translations(chosen), newstyle=True
    )
    env.globals["gettext"] = env.globals["_"] = _sentences(chosen)
    env.globals |= {
        "static_url": static_url,
        "play_marks": PLAY_MARKS,
        "mark_symbols": mark_symbols,
        "coverage_parts": coverage_parts,
        "moment_words": words_of_moments(chosen),
    }
    env.filters |= {
        "instant": _instant_filter,
        "day": _day_filter,
        "full_day": _full_day_filter,
        "spelled": lambda typed: spelled(typed, language=chosen),
        "days_later": days_later,
        "duration": lambda ms: duration(ms, language=chosen),
        "number": lambda value, decimals=0: number(value, decimals=decimals, language=chosen),
        "share": lambda value, decimals=1: share(value, decimals=decimals, language=chosen),
    }
    return env


def _sentences(chosen: Language) -> Callable[..., Markup]:
    """What Jinja's own `gettext` of the new style does, without asking for each sentence anew.

    A long list says the same few ones on each of its rows.
    """
    translate = language.translations(chosen).gettext

    # Some are a device's own words, of which there is no end.
    @lru_cache(maxsize=_SENTENCES)
    def alone(sentence: str) -> Markup:
        return translated(sentence) % {}

    def translated(sentence: str) -> Markup:
        return Markup(translate(sentence))  # noqa: S704 - what fills its places is escaped

    def said(sentence: str, /, **values: object) -> Markup:
        return translated(sentence) % values if values else alone(sentence)

    return said


@pass_context
def _instant_filter(
    context: Context, at: datetime, *, seconds: bool = False, with_day: bool = True
) -> str:
    return instant(
        at,
        now=context["now"],
        zone=context["zone"],
        language=context["language"],
        seconds=seconds,
        with_day=with_day,
    )


@pass_context
def _day_filter(context: Context, value: date) -> str:
    return day(value, today=context["today"], language=context["language"])


@pass_context
def _full_day_filter(context: Context, value: date) -> str:
    return full_day(value, today=context["today"], language=context["language"])


def _address_of(request: Request) -> str:
    """Where to come back to after choosing a language; a form's target is no place to return to."""
    if request.method not in ("GET", "HEAD"):
        return "/"
    query = f"?{request.url.query}" if request.url.query else ""
    return language.safe_next(request.url.path + query)


def _utc_now() -> datetime:
    return datetime.now(UTC)
