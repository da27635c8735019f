"""Document numbers: 57-NQ/TW, 15/2025/QĐ-UBND, 72/2020/QH14, TCVN 9210:2012; letters alone."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.letters import code_number, spell
from playlists.reading.lexicon.entries import Entry
from playlists.reading.numbers import cardinal, digit_by_digit, with_leading_zeros
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.composing import compose, sure_reading

_LETTERS = r"[A-ZĐ](?:[A-Za-zĐđ]*[A-ZĐgr])?[0-9]{0,4}"
_ISSUER = rf"{_LETTERS}(?:\s?&\s?{_LETTERS}|[-–/.]{_LETTERS})*"
_NUMBERED = expression(
    rf"(?P<number>[0-9]{{1,5}})(?:\.(?P<part>[0-9]{{1,2}}))?(?P<suffix>[a-z]?)(?:/(?P<year>(?:19|"
    rf"20)[0-9]{{2}}))?"
    rf"[-–/](?P<issuer>{_ISSUER})(?![^\W_])"
)
_ALONE = expression(rf"(?P<issuer>{_LETTERS}(?:[-–/]{_LETTERS})+)(?![^\W_])")
_STANDARD = expression(
    r"(?P<kind>TCVN|QCVN|TCXDVN|TCCS|QCĐP)[ ]?(?P<code>[0-9]{1,6}(?:[-.][0-9]{1,3})*)"
    r"(?::(?P<year>(?:19|20)[0-9]{2}))?(?:/(?P<issuer>[A-ZĐ]{2,8}))?(?![^\W_])"
)
_CITED = expression(r"(?P<number>[0-9]{1,4})/(?P<year>(?:19|20)[0-9]{2})(?![0-9]|[-/.,][0-9A-ZĐ])")
_KIND_BEFORE = expression(
    r"(?<!\w)(?:nghị định|thông tư|quyết định|nghị quyết|chỉ thị|luật|công văn|công điện|"
    r"kết luận|quy định|tờ trình|hướng dẫn)(?: số)?$"
)
_STANDARDS = {
    "TCVN": "tiêu chuẩn Việt Nam", "QCVN": "quy chuẩn Việt Nam", "TCCS": "tiêu chuẩn cơ sở",
    "TCXDVN": "tiêu chuẩn xây dựng Việt Nam", "QCĐP": "quy chuẩn địa phương",
}  # fmt: skip
_ATTACHED = expression(r"[A-ZĐ][A-Za-zĐđ]{0,5}(?=[0-9])")
_SURE_HEADS = "SPTV"
_PART = expression(r"[^\W_]+")
_JOINED_PART = expression(r"[^\W_]+(?:&[^\W_]+)*")
_ASSEMBLY_ALONE = expression(r"(?:UBTV)?QH[0-9]{2}(?![^\W_])")
_ASSEMBLY = expression(r"QH([0-9]{1,2})")


def read_numbered(match: re.Match[str], place: Place) -> Said | None:
    """The number, a year if there is one, and the issuer's letters in words."""
    issuer = match["issuer"]
    if not _is_issuer(issuer, place):
        return None
    said = [with_leading_zeros(match["number"])]
    if match["part"]:
        said.append(f"chấm {with_leading_zeros(match['part'])}")
    if match["suffix"]:
        said.append(spell(match["suffix"]))
    if match["year"]:
        said.append(f"năm {cardinal(int(match['year']))}")
    spoken, flags = read_issuer(issuer, place)
    return Said(" ".join([*said, spoken]), match.end(), "document_number", flags)


def read_cited(match: re.Match[str], place: Place) -> Said | None:
    """Thông tư 12/2025: a number and its year, where months would else be heard."""
    if not _KIND_BEFORE.search(place.said_before.rstrip()):
        return None
    spoken = f"{with_leading_zeros(match['number'])} năm {cardinal(int(match['year']))}"
    return Said(spoken, match.end(), "document_number")


def read_alone(match: re.Match[str], place: Place) -> Said | None:
    """The letters without a number (NQ/TW, KH-UBND), when all of them are known."""
    parts = _PART.findall(match["issuer"] or "")
    documents = place.lexicon.documents
    if not parts or not all(part in documents for part in parts):
        return None
    spoken, flags = read_issuer(match["issuer"], place)
    return Said(spoken, match.end(), "document_letters", flags)


def read_standard(match: re.Match[str], place: Place) -> Said:
    """TCVN 9210:2012, QCVN 01-1:2018/BYT: the kind once, its code digit by digit, the year."""
    name = _STANDARDS[match["kind"]]
    head = " ".join(name.split()[:2])
    said = [name.removeprefix(head).strip() if place.said_before.rstrip().endswith(head) else name]
    said.append(" ".join(digit_by_digit(digits) for digits in re.findall("[0-9]+", match["code"])))
    if match["year"]:
        said.append(f"năm {cardinal(int(match['year']))}")
    spoken, flags = read_issuer(match["issuer"] or "", place)
    words = " ".join(filter(None, [*said, spoken]))
    return Said(words, match.end(), "document_number", flags)


def read_letters(match: re.Match[str], place: Place) -> Said | None:
    """Letters at the beginning: a standard's name and code, or an issuer without a number."""
    standard = _STANDARD.match(place.text, place.start)
    if standard:
        return read_standard(standard, place)
    assembly = _ASSEMBLY_ALONE.match(place.text, place.start)
    if assembly:
        spoken, flags = read_issuer(assembly[0], place)
        return Said(spoken, assembly.end(), "document_letters", flags)
    return read_attached(place) or read_alone(match, place)


def read_attached(place: Place) -> Said | None:
    """TT23/2023/TT-BCA: the kind of document written right before its number."""
    kind = _ATTACHED.match(place.text, place.start)
    choices = place.lexicon.documents.get(kind[0]) if kind else None
    if kind is None or choices is None or not _NUMBERED.match(place.text, kind.end()):
        return None
    entry = _choose(choices, place)
    flags = (Flag(Doubt.AMBIGUOUS, kind[0], entry.spoken),) if entry.guess else ()
    return Said(entry.spoken, kind.end(), "document_letters", flags)


def _is_issuer(issuer: str, place: Place) -> bool:
    """Letters that can be an issuer's: one known part, or a cue, or two unknown parts."""
    parts = _PART.findall(issuer)
    if any(part in place.lexicon.documents or _ASSEMBLY.fullmatch(part) for part in parts):
        return True
    return len(parts) > 1 or place.before.rstrip().endswith(("số", "số:"))


def read_issuer(issuer: str, place: Place) -> tuple[str, tuple[Flag, ...]]:
    """The letters in words; those that no entry knows are spelled and flagged."""
    spoken: list[str] = []
    flags: list[Flag] = []
    for part in _parts(issuer, place):
        assembly = _ASSEMBLY.fullmatch(part)
        choices = _known(part, place)
        if assembly:
            spoken.append(f"quốc hội khóa {cardinal(int(assembly[1]))}")
        elif choices:
            entry = _choose(choices, place)
            spoken.append(entry.spoken)
            if entry.guess:
                flags.append(Flag(Doubt.AMBIGUOUS, part, entry.spoken))
        elif numbered := _numbered_part(part, place):
            spoken.append(numbered)
        elif composed := compose(part, place):
            spoken.append(composed)
            if part[0] not in _SURE_HEADS:
                flags.append(Flag(Doubt.AMBIGUOUS, part, composed))
        else:
            words = _spell_part(part)
            spoken.append(words)
            flags.append(Flag(Doubt.ABBREVIATION, part, words))
    return " ".join(spoken), tuple(flags)


def _parts(issuer: str, place: Place) -> list[str]:
    """The letters between signs; what is joined by & stays whole where it is known so."""
    parts: list[str] = []
    for joined in _JOINED_PART.findall(issuer.replace(" ", "")):
        known = "&" in joined and _known(joined, place)
        parts.extend([joined] if known else _PART.findall(joined))
    return parts


def _known(part: str, place: Place) -> tuple[Entry, ...]:
    return place.lexicon.documents.get(part) or sure_reading(part, place)


def _numbered_part(part: str, place: Place) -> str:
    """BCĐ138: an organ that is named by a number."""
    letters = part.rstrip("0123456789")
    choices = _known(letters, place) if letters != part else ()
    if not choices:
        return ""
    return f"{_choose(choices, place).spoken} {with_leading_zeros(part[len(letters) :])}"


def _spell_part(part: str) -> str:
    letters = part.rstrip("0123456789")
    digits = part[len(letters) :]
    return f"{spell(letters)} {code_number(digits)}" if digits else spell(letters)


def _choose(choices: tuple[Entry, ...], place: Place) -> Entry:
    """The entry whose noun stands nearest before; else one that what follows speaks for."""
    before = place.before
    found, best_at = None, -1
    for entry in choices:
        at = max((before.rfind(cue) for cue in entry.before), default=-1)
        if at > best_at:
            found, best_at = entry, at
    if found is not None:
        return found
    around = place.after(place.start)
    for entry in choices:
        if any(cue in around for cue in entry.after):
            return entry
    return next((one for one in choices if not (one.before or one.after)), choices[0])


NUMBERED = Rule(_NUMBERED, read_numbered)
CITED = Rule(_CITED, read_cited)
ALONE = Rule(
    expression(rf"{_ALONE.pattern}|(?=[TQ]C)|(?=(?:UBTV)?QH[0-9])|(?={_ATTACHED.pattern})"),
    read_letters,
)
