"""A report as PDF, made from the page's own HTML by WeasyPrint; its fonts are embedded.

WeasyPrint needs Pango and HarfBuzz from the system. Where they are missing, this says so and all
else works. Nothing is fetched while a PDF is made but our own fonts.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from PIL import ImageFile

from broadcaster.reports.body import body_of
from broadcaster.reports.errors import PdfNotPossible
from broadcaster.reports.report import Report
from broadcaster.reports.shown import Writer
from broadcaster.web.frame import environment
from broadcaster.web.static_files import STATIC, manifest

STYLES = Path(__file__).parent / "pages" / "printed.css"
FONTS: Mapping[str, str] = {
    f"font:{subset}-{weight}": f"be-vietnam-pro-{subset}-{weight}-normal.woff2"
    for subset in ("vietnamese", "latin")
    for weight in (400, 700)
}
"""What the style sheet may load, and which of our files it is."""


def can_make_pdf() -> bool:
    """Whether this machine has what a PDF takes."""
    return _weasyprint() is not None


def pdf_file(report: Report, writer: Writer) -> bytes:
    """The file's bytes; raise PdfNotPossible."""
    weasyprint = _weasyprint()
    if weasyprint is None:
        raise PdfNotPossible
    fetcher = _only_our_fonts(weasyprint)
    configuration = weasyprint.text.fonts.FontConfiguration()
    styles = weasyprint.CSS(
        string=STYLES.read_text("utf-8"),
        url_fetcher=fetcher,
        font_config=configuration,
    )
    document = weasyprint.HTML(string=printed_html(report, writer), url_fetcher=fetcher)
    made: bytes = document.write_pdf(stylesheets=[styles], font_config=configuration, pdf_tags=True)
    return made


def printed_html(report: Report, writer: Writer) -> str:
    """The document that is printed: the page's body under the national heading."""
    page = environment(writer.language).get_template("reports/pages/printed.html")
    made = report.made_at.astimezone(writer.zone)
    body = body_of(report, writer, may_follow_poles=False, shown=0)
    return page.render(report=report, body=body, writer=writer, made=made)


@cache
def _weasyprint() -> Any:  # noqa: ANN401 - a module that may not load
    """WeasyPrint, or None where the system libraries that it opens are not there.

    Loading it tells Pillow to take half a picture for a whole one, in all of the process: photos of
    strangers are read there, too, so that is taken back.
    """
    is_lenient = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        import weasyprint
        import weasyprint.text.fonts
    except (ImportError, OSError):
        return None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = is_lenient
    return weasyprint


def _only_our_fonts(weasyprint: Any) -> Any:  # noqa: ANN401 - see above
    """What is asked for beside our fonts does not come: a report reaches for nothing outside."""

    class OnlyOurFonts(weasyprint.urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ANN401, ARG002
            file = STATIC / manifest()[FONTS[url]]
            return weasyprint.urls.URLFetcherResponse(
                url, file.read_bytes(), headers={"Content-Type": "font/woff2"}
            )

    return OnlyOurFonts()
