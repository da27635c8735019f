"""Items a month: *tối thiểu 02 tin, bài/tháng/đơn vị*, *mỗi tháng ít nhất 02 tin, bài*."""

import re

from broadcaster.campaigns.drafting.passages import Paper, Passage, without_label
from broadcaster.campaigns.drafting.said import together
from broadcaster.campaigns.drafting.units import unit_before_colon, unit_of_item
from broadcaster.campaigns.plan import LARGEST_QUOTA, Quota

_ITEMS = r"(?:tin,?\s*bài|tin|bài viết|bài|bản tin)"
_RANGE = r"(?P<least>[0-9]{1,3})(?:\s*(?:đến|-|–)\s*[0-9]{1,3})?"
_A_MONTH = (
    re.compile(rf"(?<![0-9/]){_RANGE}\s*{_ITEMS}\s*/\s*(?:01\s+|1\s+)?tháng", re.IGNORECASE),
    re.compile(
        rf"(?:mỗi|hằng|hàng) tháng[^.;]{{0,60}}?(?<![0-9/]){_RANGE}\s*{_ITEMS}", re.IGNORECASE
    ),
    re.compile(rf"(?<![0-9/]){_RANGE}\s*{_ITEMS}\s+(?:mỗi|một|hằng|hàng) tháng", re.IGNORECASE),
)


def quotas_of(paper: Paper) -> list[Quota]:
    """Each quota, of a range the least; nobody is named where the plan means all together."""
    return [
        Quota(
            contributor=contributor,
            a_month=number,
            sentence=together(heading, passage.text),
        )
        for passage in paper.passages
        for number in _numbers(passage.text)
        for contributor, heading in [_contributor(passage)]
    ]


def _numbers(text: str) -> list[int]:
    """The numbers of a sentence, each place once, in order."""
    found = {
        match.start("least"): int(match["least"])
        for pattern in _A_MONTH
        for match in pattern.finditer(text)
    }
    return [found[place] for place in sorted(found) if 1 <= found[place] <= LARGEST_QUOTA]


def _contributor(passage: Passage) -> tuple[str, str]:
    """Whoever stands before the paragraph's colon, else the unit whose item it is; or nobody."""
    if own := unit_before_colon(without_label(passage.paragraph)):
        return own, "" if passage.begins_paragraph else passage.paragraph.split(":", 1)[0] + ":"
    if unit := unit_of_item(passage):
        return unit, passage.item
    return "", ""
