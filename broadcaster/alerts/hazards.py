"""Which of our hazards an alert is about, from its event, its codes and its category.

Pure. What says none of ours, or more than one, is left to a person. Vietnamese words are looked for
with their marks first: without them *bão* is in every *cảnh báo*.
"""

import re
import unicodedata

from broadcaster.alerts.message import Category, Info
from broadcaster.emergency.forms import plain

# The more telling first: a flash flood is a flood as well, and a forest fire a fire.
_TELLING: tuple[tuple[str, str, str], ...] = (
    ("flash_flood", r"lũ quét|lũ ống", r"lu quet|lu ong|flash ?floods?|FFW|FFA"),
    ("dam_release", r"xả lũ|xả nước|hồ chứa|vỡ đập",
     r"xa lu|ho chua|vo dap|dam (?:break|release|failure)|spillway|reservoir"),
    ("landslide", r"sạt lở|sụt lún|trượt đất", r"sat lo|sut lun|truot dat|landslides?|mudslides?"),
    ("wildfire", r"cháy rừng", r"chay rung|wild ?fires?|forest fires?|bush ?fires?"),
    ("storm", r"bão|áp thấp nhiệt đới|siêu bão|lốc|gió mạnh|gió giật",
     r"ap thap nhiet doi|con bao|bao so \d+|gio manh|gio giat|typhoons?|tropical (?:cyclone|storm)"
     r"|cyclones?|hurricanes?|storms?|tornado(?:es)?|(?:high|strong) winds?|gales?"),
    ("flood", r"lũ|ngập|lụt|ngập lụt", r"lu lut|ngap|lut|ngap lut|floods?|flooding|inundation"),
    ("epidemic", r"dịch bệnh|dịch tả|dịch", r"dich benh|dich ta|epidemics?|pandemics?|outbreaks?"),
    ("fire", r"cháy", r"chay|fires?"),
)  # fmt: skip
_MARKED = tuple(
    (key, re.compile(rf"(?<!\w)(?:{unicodedata.normalize('NFC', marked)})(?!\w)"))
    for key, marked, _ in _TELLING
)
_PLAIN = tuple(
    (key, re.compile(rf"(?<!\w)(?:{bare})(?!\w)", re.IGNORECASE)) for key, _, bare in _TELLING
)
_COVERED = {"flash_flood": {"flood"}, "dam_release": {"flood"}, "wildfire": {"fire"}}
_BY_CATEGORY = {Category.FIRE: "fire", Category.HEALTH: "epidemic"}


def hazard_of(info: Info) -> str:
    """The key of our hazard; empty where a person must choose."""
    said = [info.event, *(each.value for each in info.event_codes)]
    found: set[str] = set()
    for words in said:
        found |= _told(words)
    for key in list(found):
        found -= _COVERED.get(key, set())
    if not found:
        found = {_BY_CATEGORY[each] for each in info.categories if each in _BY_CATEGORY}
    return found.pop() if len(found) == 1 else ""


def _told(words: str) -> set[str]:
    marked = unicodedata.normalize("NFC", words).casefold()
    told = {key for key, pattern in _MARKED if pattern.search(marked)}
    return told or {key for key, pattern in _PLAIN if pattern.search(plain(words))}
