"""Residents' feedback as JSON: read in view, answered, made a draft of a bulletin, erased."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import from_ms, to_ms
from broadcaster.feedback.answering import answer, draft_bulletin
from broadcaster.feedback.errors import WORDS_LIMIT_CHARACTERS, NoSuchFeedback
from broadcaster.feedback.giving import erase
from broadcaster.feedback.listing import Spoken, feedback_in_view
from broadcaster.ledger.queries import Villages
from broadcaster.web.addresses import ID_PATTERN, Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["feedback"])

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
Answerer = Annotated[Viewer, Depends(require(Right.ANSWER_FEEDBACK))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]

LIMIT = 500
LATEST_MS = 2**47


class FeedbackOut(BaseModel):
    """One word of a resident, of whom nothing is known, with the station's newest answer."""

    id: str
    village_id: str
    village: str
    pole: str = Field(description="The pole whose poster brought it; empty for none.")
    entered_by: str = Field(description="The village head who wrote it down; empty from a poster.")
    words: str = Field(description="Empty where they were erased.")
    erased: bool
    received_at_ms: int
    waiting: bool = Field(description="Whether it waits for an answer.")
    answer: str
    answered_by: str
    answered_at_ms: int | None
    bulletin_id: str | None = Field(description="The bulletin drafted from the answer.")


class FeedbackListOut(BaseModel):
    """The newest first; `before_ms` gives those that follow, and is null at the end."""

    feedback: list[FeedbackOut]
    before_ms: int | None


class AnswerGiven(BaseModel):
    """What the station answers. Limits are told in a sentence."""

    model_config = ConfigDict(extra="forbid")

    words: str = Field(json_schema_extra={"minLength": 1, "maxLength": WORDS_LIMIT_CHARACTERS})


class DraftOut(BaseModel):
    """The draft of a bulletin that another person has to approve."""

    bulletin_id: str


@api.get("/feedback", responses=problems(401, 403, 422))
def feedback(
    *,
    station: Here,
    viewer: Anyone,
    village_id: Annotated[str | None, Query(pattern=ID_PATTERN)] = None,
    waiting: Annotated[bool | None, Query(description="Only those without an answer.")] = None,
    before_ms: Annotated[int | None, Query(ge=0, le=LATEST_MS)] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT)] = 100,
) -> FeedbackListOut:
    """What residents of villages in view said."""
    with station.database.reading() as session:
        found = feedback_in_view(
            session,
            villages=_narrowed(viewer.villages_in_view(), village_id),
            limit=limit + 1,
            before=from_ms(before_ms) if before_ms is not None else None,
            waiting=waiting,
        )
    shown = found[:limit]
    return FeedbackListOut(
        feedback=[_out(each) for each in shown],
        before_ms=to_ms(shown[-1].received_at) if len(found) > limit else None,
    )


@api.get("/feedback/{feedback_id}", responses=problems(401, 403, 404, 422))
def one_word(station: Here, viewer: Anyone, feedback_id: Id) -> FeedbackOut:
    """One of them."""
    with station.database.reading() as session:
        return _one(session, feedback_id, villages=viewer.villages_in_view())


@api.post(
    "/feedback/{feedback_id}/answers",
    status_code=201,
    responses=problems(400, 401, 403, 404, 413, 422),
)
def answer_one(station: Here, viewer: Answerer, feedback_id: Id, given: AnswerGiven) -> FeedbackOut:
    """Answer, or answer anew: the newest answer is what people read at the poster."""
    with station.database.writing() as session:
        answer(
            session,
            feedback_id,
            given.words,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _one(session, feedback_id, villages=viewer.villages_in_view())


@api.post(
    "/feedback/{feedback_id}/bulletin",
    status_code=201,
    responses=problems(401, 403, 404, 409, 422),
)
def draft_one(station: Here, viewer: Writer, feedback_id: Id) -> DraftOut:
    """Draft a bulletin from the newest answer; drafted again it is the one that is there."""
    with station.database.writing() as session:
        drafted = draft_bulletin(
            session,
            feedback_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return DraftOut(bulletin_id=drafted.id)


@api.delete("/feedback/{feedback_id}", status_code=204, responses=problems(401, 403, 404, 422))
def erase_one(station: Here, viewer: Answerer, feedback_id: Id) -> None:
    """Erase the words, which may name people; that something was said stays."""
    with station.database.writing() as session:
        erase(
            session,
            feedback_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


def _one(session: Session, feedback_id: str, *, villages: Villages) -> FeedbackOut:
    found = feedback_in_view(session, villages=villages, limit=1, feedback_id=feedback_id)
    if not found:
        raise NoSuchFeedback
    return _out(found[0])


def _narrowed(in_view: Villages, village_id: str | None) -> Villages:
    """The villages in view, or the one of them that was asked for."""
    if village_id is None:
        return in_view
    return frozenset({village_id}) & (frozenset({village_id}) if in_view is None else in_view)


def _out(each: Spoken) -> FeedbackOut:
    return FeedbackOut(
        id=each.feedback_id,
        village_id=each.village_id,
        village=each.village,
        pole=each.pole,
        entered_by=each.entered_by,
        words=each.words,
        erased=each.erased,
        received_at_ms=to_ms(each.received_at),
        waiting=each.is_open,
        answer=each.answer,
        answered_by=each.answered_by,
        answered_at_ms=to_ms(each.answered_at) if each.answered_at else None,
        bulletin_id=each.bulletin_id,
    )
