"""An enrolment code as a QR drawing, for a scanner at the box, which types like a keyboard."""

import segno
from markupsafe import Markup


def drawn_code(written: str) -> Markup:
    """The code and nothing else, as inline SVG without styles; a page's language is not in it."""
    drawing = segno.make(written, error="m", micro=False)
    return Markup(  # noqa: S704 - drawn here, of squares only
        drawing.svg_inline(scale=6, border=4, dark="#000", light="#fff", omitsize=True)
    )
