"""Every version of a bulletin: who wrote it when, and what changed from the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from broadcaster.accounts.people import display_names
from broadcaster.bulletins.errors import UnknownVersion
from broadcaster.bulletins.tables import Bulletin, BulletinEdit
from broadcaster.bulletins.word_differences import Piece, differences, shortened


@dataclass(frozen=True, slots=True)
class Version:
    """One version in the list, numbered from 1, the oldest."""

    version_id: int
    number: int
    writer: str
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One version with what changed in it; the first is all new."""

    version: Version
    title_changes: tuple[Piece, ...]
    changes: tuple[Piece, ...]

    @property
    def words_added(self) -> int:
        """How many words came."""
        return _words(self.changes, "added")

    @property
    def words_removed(self) -> int:
        """How many words went."""
        return _words(self.changes, "removed")


def versions_of(session: Session, bulletin: Bulletin) -> Sequence[Version]:
    """All versions, newest first; where only how it is said changed, the words are the same."""
    rows = session.exec(
        select(BulletinEdit.id, BulletinEdit.account_id, BulletinEdit.edited_at)
        .where(BulletinEdit.bulletin_id == bulletin.id)
        .order_by(col(BulletinEdit.id))
    ).all()
    names = display_names(session, {account_id for _, account_id, _ in rows})
    numbered = [
        Version(version_id=id_ or 0, number=number, writer=names.get(by, ""), edited_at=at)
        for number, (id_, by, at) in enumerate(rows, start=1)
    ]
    return numbered[::-1]


def version_shown(
    session: Session, bulletin: Bulletin, versions: Sequence[Version], version_id: int
) -> VersionShown:
    """One of these versions against the one before; raise UnknownVersion."""
    at = next((n for n, each in enumerate(versions) if each.version_id == version_id), None)
    if at is None:
        raise UnknownVersion
    here = edit_of(session, bulletin, version_id)
    if at + 1 < len(versions):
        before = edit_of(session, bulletin, versions[at + 1].version_id)
        old_title, old_script = before.title, before.script
    else:
        old_title = old_script = ""
    return VersionShown(
        version=versions[at],
        title_changes=differences(old_title, here.title),
        changes=shortened(differences(old_script, here.script)),
    )


def edit_of(session: Session, bulletin: Bulletin, version_id: int) -> BulletinEdit:
    """The words of one version; raise UnknownVersion."""
    found = session.get(BulletinEdit, version_id)
    if found is None or found.bulletin_id != bulletin.id:
        raise UnknownVersion
    return found


def newest_editor(session: Session, bulletin: Bulletin) -> str:
    """The name of whoever saved last."""
    found = session.exec(
        select(BulletinEdit.account_id)
        .where(BulletinEdit.bulletin_id == bulletin.id)
        .order_by(col(BulletinEdit.id).desc())
        .limit(1)
    ).first()
    account_id = found or bulletin.author_id
    return display_names(session, [account_id]).get(account_id, "")


def _words(pieces: Sequence[Piece], change: str) -> int:
    return sum(len(each.text.split()) for each in pieces if each.change == change)
