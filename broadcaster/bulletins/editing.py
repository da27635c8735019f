"""What an editor opens with: the bulletin as it is, an unsaved draft, or the words of a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fastapi import Request
from sqlmodel import Session

from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins import desk
from broadcaster.bulletins.drafts import DraftLine, drafts_of, find_draft, new_draft_id
from broadcaster.bulletins.errors import (
    CONTRIBUTOR_LIMIT_CHARACTERS,
    TOPIC_LIMIT_CHARACTERS,
    UnknownVersion,
)
from broadcaster.bulletins.forms import BulletinForm, form_of
from broadcaster.bulletins.history import edit_of, newest_editor
from broadcaster.bulletins.tables import Bulletin, BulletinDraft
from broadcaster.bulletins.word_differences import Piece, differences, shortened

# What belongs to a window and not to what was typed into it.
OF_THE_WINDOW = frozenset({"draft_id", "revision"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A form with what stands in it; `is_open` where it is not what the bulletin says."""

    given: BulletinForm
    is_draft: bool = False
    is_open: bool = False
    waiting: Sequence[DraftLine] = ()


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What somebody else saved, and how that differs from what is about to be saved."""

    editor: str
    changes: tuple[Piece, ...]


def opened(
    request: Request, session: Session, row: Bulletin, viewer: Viewer, *, zone: ZoneInfo
) -> Opened:
    """The editor of one bulletin; raise UnknownDraft, UnknownVersion."""
    given = form_of(row, zone=zone).model_copy(update={"draft_id": new_draft_id()})
    query = request.query_params
    if draft_id := query.get("draft"):
        draft = find_draft(session, draft_id, by=viewer.account_id)
        return Opened(_typed(draft, usual=given), is_draft=True, is_open=True)
    waiting = drafts_of(
        session, station_id=row.station_id, account_id=viewer.account_id, bulletin_id=row.id
    )
    if version := query.get("version"):
        if not version.isdecimal() or len(version) > 15:
            raise UnknownVersion
        old = edit_of(session, row, int(version))
        given = given.model_copy(update={"title": old.title, "script": old.script})
        return Opened(given, is_open=True, waiting=waiting)
    return Opened(given, waiting=waiting)


def opened_new(request: Request, session: Session, viewer: Viewer) -> Opened:
    """A form with no more than its address says, or an unsaved draft; raise UnknownDraft."""
    query = request.query_params
    given = BulletinForm(
        draft_id=new_draft_id(),
        topic=query.get("topic", "")[:TOPIC_LIMIT_CHARACTERS],
        contributor=query.get("contributor", "")[:CONTRIBUTOR_LIMIT_CHARACTERS],
    )
    if draft_id := query.get("draft"):
        draft = find_draft(session, draft_id, by=viewer.account_id)
        return Opened(_typed(draft, usual=given), is_draft=True, is_open=True)
    return Opened(given)


def meanwhile(session: Session, row: Bulletin, given: BulletinForm) -> Meanwhile:
    """What stands there now against what was typed."""
    script = given.script.replace("\r\n", "\n")
    return Meanwhile(
        editor=newest_editor(session, row), changes=shortened(differences(row.script, script))
    )


def seen(row: Bulletin, given: BulletinForm) -> BulletinForm:
    """The form again, whose author has now been shown what stands there."""
    return given.model_copy(update={"based_on": desk.version_of(row)})


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What a draft keeps of a form."""
    wanted = BulletinForm.model_fields.keys() - OF_THE_WINDOW
    return {name: value for name, value in form.items() if name in wanted}


def _typed(draft: BulletinDraft, *, usual: BulletinForm) -> BulletinForm:
    """A box that was not ticked is not in a draft, though the bulletin has it ticked."""
    known = BulletinForm.model_fields.keys()
    kept = {name: value for name, value in draft.given.items() if name in known}
    unticked = {"tells_issue": "", "vietnamese_only": ""}
    window = {"draft_id": draft.id, "revision": str(draft.revision)}
    return usual.model_copy(update={**unticked, **kept, **window})
