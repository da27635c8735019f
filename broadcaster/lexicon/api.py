"""The commune's own words for programs: the same acts as on the page, under the same right."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.lexicon.entries import in_use, lexicon_of, put_in, take_out
from broadcaster.lexicon.errors import (
    NOTE_LIMIT_CHARACTERS,
    SAMPLE_LIMIT_CHARACTERS,
    SPOKEN_LIMIT_CHARACTERS,
    WRITTEN_LIMIT_CHARACTERS,
)
from broadcaster.lexicon.tables import LexiconEntry
from broadcaster.lexicon.words import Word, checked, tried
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api/lexicon", tags=["lexicon"])

Here = Annotated[Context, Depends(context)]
Editor = Annotated[Viewer, Depends(require(Right.EDIT_LEXICON))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.EDIT_LEXICON))]


class WordGiven(BaseModel):
    """A written form and its reading. Limits are told in a sentence, so they are checked there."""

    model_config = ConfigDict(extra="forbid")

    written: str = Field(json_schema_extra={"minLength": 1, "maxLength": WRITTEN_LIMIT_CHARACTERS})
    spoken: str = Field(json_schema_extra={"minLength": 1, "maxLength": SPOKEN_LIMIT_CHARACTERS})
    note: str = Field(default="", json_schema_extra={"maxLength": NOTE_LIMIT_CHARACTERS})

    def word(self) -> Word:
        """What will be kept; raise a BadInput that names its field."""
        return checked(written=self.written, spoken=self.spoken, note=self.note)


class TrialGiven(WordGiven):
    """A word, and a sentence to try it in; one is made where none is given."""

    sample: str = Field(default="", json_schema_extra={"maxLength": SAMPLE_LIMIT_CHARACTERS})


class WordAnswer(BaseModel):
    """A word in use, or one that was."""

    id: str
    written: str
    spoken: str
    note: str
    created_at_ms: int
    retired_at_ms: int | None


class WordList(BaseModel):
    """The words in use, by written form."""

    words: list[WordAnswer]


class TrialAnswer(BaseModel):
    """A sentence as it is read today, and as it would be read with the word."""

    sample: str
    today: str
    then: str


@api.get("", responses=problems(401, 403))
def words(station: Here, _viewer: Onlooker) -> WordList:
    """The commune's own words in use."""
    with station.database.reading() as session:
        entries = in_use(session, station_id=station.station_id)
    return WordList(words=[_answer(entry) for entry in entries])


@api.post("", status_code=201, responses=problems(400, 401, 403, 413, 422))
def add(station: Here, viewer: Editor, given: WordGiven) -> WordAnswer:
    """Use a reading from the next script on; sound that was made stays as it is."""
    word = given.word()
    with station.database.writing() as session:
        return _answer(
            put_in(
                session,
                word,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
        )


@api.post("/trial", responses=problems(400, 401, 403, 413, 422))
def trial(station: Here, _viewer: Editor, given: TrialGiven) -> TrialAnswer:
    """Read a sentence with a word, and keep nothing."""
    word = given.word()
    with station.database.reading() as session:
        lexicon = lexicon_of(in_use(session, station_id=station.station_id))
    heard = tried(word, lexicon=lexicon, sample=given.sample)
    return TrialAnswer(sample=heard.sample, today=heard.today, then=heard.then.spoken)


@api.delete("/{entry_id}", responses=problems(401, 403, 404, 422))
def retire(station: Here, viewer: Editor, entry_id: str) -> WordAnswer:
    """Use a word no longer; what was read with it stays as it is."""
    with station.database.writing() as session:
        return _answer(
            take_out(
                session,
                entry_id,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
        )


def _answer(entry: LexiconEntry) -> WordAnswer:
    return WordAnswer(
        id=entry.id,
        written=entry.written,
        spoken=entry.spoken,
        note=entry.note,
        created_at_ms=to_ms(entry.created_at),
        retired_at_ms=to_ms(entry.retired_at) if entry.retired_at else None,
    )
