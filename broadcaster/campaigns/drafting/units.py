"""Who is responsible: the units of *Tổ chức thực hiện*, and whoever *chủ trì* elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import replace

from broadcaster.bulletins.folding import folded
from broadcaster.campaigns.drafting.passages import Paper, Passage, is_numbered, without_label
from broadcaster.campaigns.drafting.said import together
from broadcaster.campaigns.errors import ENTRY_LIMIT_CHARACTERS
from broadcaster.campaigns.plan import Unit

_KINDS_OF_MANY = (
    "cơ quan|đơn vị|phòng|ban|ngành|đoàn thể|tổ chức|cơ sở|trường|hội|thôn|ấp|khu|xóm|buôn|làng|"
    "bản(?! tin)"
)
_UNIT = (
    rf"(?:Các\s+(?:{_KINDS_OF_MANY})|Phòng|Trung tâm|Văn phòng|Công an|Trạm|Trường|Ban|Ủy ban|"
    r"Uỷ ban|UBND|UBMTTQ|HĐND|Hội|Đoàn|Mặt trận|Đảng ủy|Bộ phận|Đài|Tổ công nghệ|Trưởng|"
    r"Công chức|Bưu điện|Hợp tác xã)"
)
_BEGINS = re.compile(rf"(?:Đề nghị\s+)?(?P<unit>{_UNIT}\b.*)", re.IGNORECASE)
_SUPPORTING = re.compile(r"\s+phối hợp(?: thực hiện)?$", re.IGNORECASE)
_ORGANISED = re.compile(
    r"tổ chức (?:thực hiện|triển khai)|phân công (?:nhiệm vụ|thực hiện)", re.IGNORECASE
)
_LEADS = re.compile(r"chủ trì\b", re.IGNORECASE)
_NAME_THEN_LEADS = rf"(?P<unit>{_UNIT}\b[^,;:.]{{0,100}}?)\s+chủ trì\b"
_SUBJECT_LEADS = re.compile(_NAME_THEN_LEADS, re.IGNORECASE)
_GIVEN = re.compile(rf"giao\s+(?:cho\s+)?{_NAME_THEN_LEADS}", re.IGNORECASE)


def units_of(paper: Paper) -> list[Unit]:
    """Each unit once, where it first stands as responsible; it leads if it does so anywhere."""
    found: dict[str, Unit] = {}
    for unit in _all(paper):
        key = folded(unit.name)
        held = found.get(key)
        if held is None:
            found[key] = unit
        elif unit.leads and not held.leads:
            found[key] = replace(unit, name=held.name)
    return list(found.values())


def unit_before_colon(text: str) -> str:
    """The unit that a line begins with, before its colon: *Trạm Y tế xã: Tổ chức …*; or ''."""
    name, colon, _ = text.partition(":")
    return name.strip() if colon and _names_of(name) else ""


def unit_of_item(passage: Passage) -> str:
    """The unit whose item of *Tổ chức thực hiện* a passage belongs to; or ''."""
    if not _is_organised(passage):
        return ""
    return "; ".join(_names_of(_heading_of(passage.item)))


def _all(paper: Paper) -> Iterator[Unit]:
    for passage in paper.passages:
        if _is_organised(passage):
            yield from _of_item(passage)
        leading = _GIVEN.search(passage.text) or _SUBJECT_LEADS.match(passage.bare)
        for name in _names_of(leading["unit"]) if leading else ():
            yield Unit(name=name, leads=True, sentence=passage.text)


def _of_item(passage: Passage) -> Iterator[Unit]:
    """The units that an item's heading names; each line under it may say that they lead."""
    heading = _heading_of(passage.item)
    names = _names_of(heading)
    if passage.text == passage.item or (
        passage.paragraph == passage.item and passage.begins_paragraph
    ):
        for name in names:
            yield Unit(name=name, sentence=passage.text)
    said = passage.bare
    if passage.paragraph == passage.item:
        said = said.removeprefix(heading).lstrip(": ")
    if passage.begins_paragraph and _LEADS.match(said):
        for name in names:
            yield Unit(name=name, leads=True, sentence=together(passage.item, passage.text))


def _is_organised(passage: Passage) -> bool:
    return bool(_ORGANISED.search(passage.section)) and is_numbered(passage.item)


def _heading_of(item: str) -> str:
    """What an item is called: its line, or what stands before the line's colon."""
    return without_label(item).partition(":")[0].strip(" .")


def _names_of(heading: str) -> list[str]:
    """The units that a heading names, apart by semicolons; none if it is no name."""
    found = _BEGINS.fullmatch(heading.strip())
    if found is None or len(heading) > ENTRY_LIMIT_CHARACTERS:
        return []
    names = [
        _SUPPORTING.sub("", each.strip(" .")) for each in found["unit"].split(";") if each.strip()
    ]
    return [each[:1].upper() + each[1:] for each in names]
