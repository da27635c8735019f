"""What a plan wants spoken about: what its title names, and what it says is to be told."""

import re

from broadcaster.bulletins.errors import TOPIC_LIMIT_CHARACTERS
from broadcaster.campaigns.drafting.passages import Paper
from broadcaster.campaigns.drafting.said import Said, shortened

_TELLING = re.compile(r"tuyên truyền|truyền thông|phổ biến", re.IGNORECASE)
_RESOLUTION = re.compile(r"Nghị quyết số\s+(?P<number>[0-9]{1,3})\s*[-/]")
_SCHEME = re.compile(r"Đề án\s+(?:số\s+)?(?P<number>[0-9]{2})(?![0-9/])")
_CAMPAIGNS = (
    ("Cải cách hành chính", re.compile(r"cải cách hành chính", re.IGNORECASE)),
    ("Bình dân học vụ số", re.compile(r"bình dân học vụ số", re.IGNORECASE)),
)
_SUBJECT = re.compile(
    r"(?:tuyên truyền|truyền thông)\s+(?:về\s+|việc\s+)?(?P<subject>.+?)"
    r"(?:\s+(?:trên địa bàn|năm 20|giai đoạn|đến năm)|$)",
    re.IGNORECASE,
)


def topics_of(paper: Paper) -> list[Said[str]]:
    """Each topic once, the title's first, then in the plan's order."""
    found: dict[str, Said[str]] = {}
    for number in _RESOLUTION.findall(paper.title):
        _add(found, f"Nghị quyết {int(number)}", paper.title)
    _name(found, paper.title)
    for passage in paper.passages:
        if _TELLING.search(passage.text):
            _name(found, passage.text)
    if not found and (subject := _SUBJECT.search(paper.title)):
        words = subject["subject"].strip(' “”".,;')
        if words:
            _add(
                found, shortened(words[:1].upper() + words[1:], TOPIC_LIMIT_CHARACTERS), paper.title
            )
    return list(found.values())


def _name(found: dict[str, Said[str]], sentence: str) -> None:
    named = [(each.start(), f"Đề án {each['number']}") for each in _SCHEME.finditer(sentence)]
    for topic, words in _CAMPAIGNS:
        if match := words.search(sentence):
            named.append((match.start(), topic))
    for _, topic in sorted(named):
        _add(found, topic, sentence)


def _add(found: dict[str, Said[str]], topic: str, sentence: str) -> None:
    found.setdefault(topic, Said(topic, sentence))
