"""A plan's document becomes a proposal, or is refused by name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from broadcaster.campaigns.drafting.days import days_of
from broadcaster.campaigns.drafting.goals import goals_of
from broadcaster.campaigns.drafting.heading import issued_on, number_of, period_of, title_of
from broadcaster.campaigns.drafting.passages import paper_of
from broadcaster.campaigns.drafting.quotas import quotas_of
from broadcaster.campaigns.drafting.said import Said, shortened
from broadcaster.campaigns.drafting.topics import topics_of
from broadcaster.campaigns.drafting.units import units_of
from broadcaster.campaigns.errors import SENTENCE_LIMIT_CHARACTERS, PlanNotUsed, PlanUnreadable
from broadcaster.campaigns.plan import Goal, PlannedDay, Quota, Unit
from playlists.documents import DocumentRefused, read_document
from playlists.errors import ScriptUnreadable
from playlists.reading.legibility import require_readable
from playlists.reading.lexicon import national_lexicon

Entry = TypeVar("Entry", Goal, Quota, PlannedDay, Unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPlan:
    """What a document proposes; None and nothing for what it does not say."""

    document: str
    title: Said[str] | None
    number: Said[str] | None
    issued_on: Said[date] | None
    first: Said[date] | None
    last: Said[date] | None
    topics: Sequence[Said[str]]
    goals: Sequence[Goal]
    quotas: Sequence[Quota]
    days: Sequence[PlannedDay]
    units: Sequence[Unit]


def draft_plan(data: bytes, *, name: str) -> DraftPlan:
    """The proposal of a document as it came; raise PlanNotUsed or PlanUnreadable with its name."""
    try:
        text = read_document(data, name=name)
    except DocumentRefused as refused:
        raise PlanNotUsed(
            name=name,
            code=refused.code,
            message_vi=refused.message_vi,
            message_en=refused.message_en,
        ) from refused
    return draft_of(text, name=name)


def draft_of(text: str, *, name: str) -> DraftPlan:
    """The proposal of a document's text; raise PlanUnreadable where its words are broken."""
    try:
        require_readable(text, national_lexicon())
    except ScriptUnreadable as unreadable:
        raise PlanUnreadable(
            name=name, why_vi=unreadable.why_vi, why_en=unreadable.why_en
        ) from unreadable
    paper = paper_of(text)
    first, last = period_of(paper)
    return DraftPlan(
        document=name,
        title=title_of(paper),
        number=number_of(paper),
        issued_on=issued_on(paper),
        first=first,
        last=last,
        topics=topics_of(paper),
        goals=_quotable(goals_of(paper, last=last)),
        quotas=_quotable(quotas_of(paper)),
        days=_quotable(days_of(paper)),
        units=_quotable(units_of(paper)),
    )


def _quotable(entries: Sequence[Entry]) -> list[Entry]:
    """Entries whose sentences are no longer than what a campaign keeps."""
    limit = SENTENCE_LIMIT_CHARACTERS
    return [replace(each, sentence=shortened(each.sentence, limit)) for each in entries]
