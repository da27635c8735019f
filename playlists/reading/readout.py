"""From the cleaned text to the finished reading: scan, apply the house's words, name doubts."""

from __future__ import annotations

from playlists.reading.assembly import Assembly
from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag, messages
from playlists.reading.hygiene import Cleaned
from playlists.reading.lexicon import Lexicon
from playlists.reading.place import PAUSE, PLAIN, Piece
from playlists.reading.scanner import Scanner
from playlists.reading.values import Reading, Span, Style, Warning_

_NUMBER_WORD = expression(r"(?<!\w)(?:nghìn|linh)(?!\w)")


def readout(cleaned: Cleaned, *, lexicon: Lexicon, style: Style) -> Reading:
    """Read a cleaned text with a lexicon in a style."""
    assembly = Scanner(cleaned.text, lexicon).run()
    _trim_end(assembly.pieces)
    spans = tuple(_span(piece, cleaned.text, style) for piece in assembly.pieces)
    flags = [*assembly.flags, *_unsure(cleaned, assembly)]
    flags.sort(key=lambda flag: flag[0])
    warnings = [_warning(cleaned.text, start, end, flag) for start, end, flag in flags]
    return Reading(
        text=cleaned.text,
        spoken="".join(span.spoken for span in spans),
        spans=spans,
        warnings=(*warnings, *_left_out(cleaned)),
    )


def _unsure(cleaned: Cleaned, assembly: Assembly) -> list[tuple[int, int, Flag]]:
    """Numbers that may be a page's and are read; one that is in doubt anyway is flagged once."""
    flagged = {start for start, _, _ in assembly.flags}
    return [
        (start, end, Flag(Doubt.PAGE_NUMBER, cleaned.text[start:end], ""))
        for start, end in cleaned.unsure
        if start not in flagged
    ]


def _trim_end(pieces: list[Piece]) -> None:
    for piece in reversed(pieces):
        piece.spoken = piece.spoken.rstrip(" ,\n")
        if piece.spoken:
            break


def _span(piece: Piece, text: str, style: Style) -> Span:
    spoken = piece.spoken
    if piece.rule not in (PLAIN, PAUSE) and (style.thousand, style.odd) != ("nghìn", "linh"):
        own = {"nghìn": style.thousand, "linh": style.odd}
        spoken = _NUMBER_WORD.sub(lambda match: own[match[0]], spoken)
    return Span(
        start=piece.start,
        end=piece.end,
        written=text[piece.start : piece.end],
        spoken=spoken,
        rule=piece.rule,
    )


def _warning(text: str, start: int, end: int, flag: Flag) -> Warning_:
    message_vi, message_en, suggestion = messages(flag)
    return Warning_(
        start=start,
        end=end,
        written=text[start:end],
        code=flag.doubt.value,
        message_vi=message_vi,
        message_en=message_en,
        suggestion=suggestion,
    )


def _left_out(cleaned: Cleaned) -> list[Warning_]:
    """Lines that stand no longer in the text are named where they stood: before or after it."""
    named: list[Warning_] = []
    for left in cleaned.left_out:
        at = len(cleaned.text) if left.kind == "recipients" else 0
        message_vi, message_en, suggestion = messages(Flag(Doubt.LEFT_OUT, left.written, ""))
        named.append(
            Warning_(
                start=at,
                end=at,
                written=left.written,
                code=Doubt.LEFT_OUT.value,
                message_vi=message_vi,
                message_en=message_en,
                suggestion=suggestion,
            )
        )
    return named
