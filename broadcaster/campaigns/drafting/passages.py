"""A plan's text as passages: each sentence with its paragraph and the headings above it.

What a page broke is joined by the reading layer (`playlists.reading.hygiene`); letterhead, page
numbers and recipients are no passages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playlists.reading.hygiene import clean

_ROMAN = re.compile(r"(?P<label>[IVX]{1,5}[.)])\s*(?P<rest>\S.*)")
_NUMBER = re.compile(r"(?P<label>[0-9]{1,2}(?:\.[0-9]{1,2})*[.)]?)\s+(?P<rest>\S.*)")
_OTHER_LABEL = re.compile(r"(?P<label>[a-zđ][.)]|[-+*•–])\s*(?P<rest>\S.*)")
_YEARS = re.compile(
    r"(?:(?:Giai đoạn|Từ|Đến|Trong|Đến hết)\s+)?(?:năm\s+)?(?P<years>20[0-9]{2}"
    r"(?:\s*(?:,|-|–|đến|và)\s*(?:năm\s+)?20[0-9]{2})*)\s*:?",
    re.IGNORECASE,
)
_A_YEAR = re.compile(r"20[0-9]{2}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[“\"(]?[A-ZĐÀ-ỸẠ-Ỵ])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One sentence. `section` is the heading with a Roman number above it, `item` the numbered one.

    `years` are those of the heading that names years and nothing else (*b) Đến năm 2030*), whose
    words are `years_heading`; both empty where there is none.
    """

    text: str
    paragraph: str
    section: str = ""
    item: str = ""
    years_heading: str = ""
    years: tuple[int, ...] = ()

    @property
    def bare(self) -> str:
        """The sentence without its label or bullet."""
        return without_label(self.text)

    @property
    def begins_paragraph(self) -> bool:
        """Whether it is the first of its paragraph."""
        return self.paragraph.startswith(self.text)


@dataclass(frozen=True, slots=True)
class Paper:
    """A plan's document: its passages, its title, and its lines as they came."""

    passages: tuple[Passage, ...]
    title: str
    lines: tuple[str, ...]


def paper_of(text: str) -> Paper:
    """The document of a text that is readable Vietnamese."""
    paragraphs = [line.strip() for line in clean(text).text.splitlines() if line.strip()]
    title, rest = _title(paragraphs)
    lines = tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())
    return Paper(passages=tuple(_passages(rest)), title=title, lines=lines)


def without_label(text: str) -> str:
    """A line without the number, letter or bullet before it."""
    for label in (_ROMAN, _NUMBER, _OTHER_LABEL):
        if found := label.fullmatch(text):
            return found["rest"]
    return text


def is_numbered(text: str) -> bool:
    """Whether a line begins with an Arabic number as headings do."""
    return _NUMBER.fullmatch(text) is not None


def _title(paragraphs: list[str]) -> tuple[str, list[str]]:
    """What stands below the words *Kế hoạch*, and everything after it."""
    for number, line in enumerate(paragraphs[:12]):
        if line.casefold() == "kế hoạch" and number + 1 < len(paragraphs):
            return paragraphs[number + 1], paragraphs[number + 2 :]
        if line.casefold().startswith("kế hoạch ") and len(line) > len("kế hoạch ") + 8:
            return line[len("kế hoạch ") :].strip(), paragraphs[number + 1 :]
    return "", paragraphs


def _passages(paragraphs: list[str]) -> Iterator[Passage]:
    section = item = years_heading = ""
    years: tuple[int, ...] = ()
    for paragraph in paragraphs:
        if _ROMAN.fullmatch(paragraph):
            section, item, years_heading, years = paragraph, "", "", ()
        elif _NUMBER.fullmatch(paragraph):
            item = paragraph
        if named := _YEARS.fullmatch(without_label(paragraph)):
            years_heading = paragraph
            years = tuple(int(each) for each in _A_YEAR.findall(named["years"]))
        for sentence in _sentences(paragraph):
            yield Passage(
                text=sentence,
                paragraph=paragraph,
                section=section,
                item=item,
                years_heading=years_heading,
                years=years,
            )


def _sentences(paragraph: str) -> Iterator[str]:
    """The sentences of a paragraph; its label stays with the first."""
    bare = without_label(paragraph)
    label = paragraph.removesuffix(bare)
    for number, sentence in enumerate(_SENTENCE_END.split(bare)):
        yield sentence if number else f"{label}{sentence}"
