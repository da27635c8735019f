"""A person's data: all of it handed out, and what names them erased; what they did stands.

Every table that points at an account is looked at, found from the schema, so that a new one is not
forgotten. Erased is what names a person: name, sign-in, what the trail keeps beside it, copies of
their name. Their opaque id stays in what the station did, so that the ledger and the trail hold.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Select, Table, delete, or_, select, update
from sqlmodel import Session, SQLModel, col

from broadcaster.accounts.people import keep_an_admin
from broadcaster.accounts.tables import (
    Account,
    ForeignLogin,
    HeadPhone,
    OneTimeCode,
    PasswordLink,
    SecondFactor,
    SignInFailure,
    SignInSession,
)
from broadcaster.audit import Act, record
from broadcaster.audit.erasing import erase_private
from broadcaster.audit.facts import told
from broadcaster.audit.tables import ENTRIES, PRIVATE
from broadcaster.database.columns import to_ms

ERASED_NAME = "Người đã xóa"
ERASED_USERNAME = "X-"
"""Nobody can choose a name with capitals, so what begins so is an erased person's."""

PURPOSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "account": ("to sign in, and to name who wrote, approved and ordered", "until erased"),
        "role_grant": ("what the person may do", "for as long as the ledger is kept, by id only"),
        "sign_in_session": ("to stay signed in; address and browser to know one's own", "12 hours"),
        "sign_in_failure": ("to slow down guessing, by the network it came from", "15 minutes"),
        "second_factor": ("to prove who it is", "until removed or erased"),
        "one_time_code": ("to prove who it is without a telephone", "90 days after its use"),
        "password_link": ("to choose a password", "24 hours"),
        "head_phone": (
            "to be called when a village's poles fall silent",
            "while they are a village head, or until erased",
        ),
        "foreign_login": ("to sign in at a province's provider", "until removed or erased"),
        "bulletin_draft": ("what the person typed and has not saved", "until saved or erased"),
        "hearing_note": ("what a village head wrote of what was heard", "2 years, or until erased"),
        "hearing_photo": ("what they photographed beside it", "2 years, or until erased"),
        "audit_private": ("what the person wrote or was called in the trail", "until erased"),
    }
)
"""Why each is kept, and for how long; whatever else points at a person is what the station did."""

_OWN = (SignInSession, SecondFactor, OneTimeCode, PasswordLink, ForeignLogin, HeadPhone)
_SECRETS = frozenset(
    {
        "password_hash", "token_sha256", "csrf_token", "sealed_seed", "offered_seed", "code_sha256",
        "sealed",
    }
)  # fmt: skip
_FAILURES: Table = SQLModel.metadata.tables["sign_in_failure"]
# What nobody else ever sees, by the table's name: its room stands above this one.
_UNSEEN_BY_OTHERS = ("bulletin_draft",)
# What a person wrote beside a word that stays: known by that word, not by an account of its own.
_BESIDE = (("hearing_note", "hearing"), ("hearing_photo", "hearing"))
COPIED_NAMES = (
    ("emergency", "giver_name", "repeats_until", "given_by"),
    ("broadcast", "override_person", "not_after", "override_by"),
    ("live_talk", "override_person", "ended_at", "override_by"),
)
"""A name that was copied out, the instant after which nothing that is signed needs it any more, and
whose it is: another person of the same name keeps theirs."""


def export_person(
    session: Session, account_id: str, *, by: str | None, now: datetime
) -> dict[str, Any]:
    """Everything that the station holds of a person, by table; no secret, not even a hash."""
    account = session.get_one(Account, account_id)
    tables: dict[str, Any] = {"account": [_shown(account.model_dump())]}
    for table, columns in _pointing_at_accounts():
        found = session.execute(
            select(table).where(or_(*(column == account_id for column in columns)))
        )
        if rows := [_shown(dict(row._mapping)) for row in found]:  # noqa: SLF001 - its documented name
            tables[table.name] = rows
    for table, column, ids in _beside(account_id):
        found = session.execute(select(table).where(column.in_(ids)))
        if rows := [_shown(dict(row._mapping)) for row in found]:  # noqa: SLF001
            tables[table.name] = rows
    failures = session.execute(select(_FAILURES).where(_FAILURES.c.username == account.username))
    tables["sign_in_failure"] = [_shown(dict(row._mapping)) for row in failures]  # noqa: SLF001
    record(session, Act.PERSON_EXPORTED, by=by, about=account_id, at=now)
    return {
        "exported_at_ms": to_ms(now),
        "account_id": account_id,
        "purposes": {name: {"why": why, "kept": kept} for name, (why, kept) in PURPOSES.items()},
        "tables": tables,
        "acts": _acts(session, account_id),
    }


def erase_person(session: Session, account_id: str, *, by: str | None, now: datetime) -> int:
    """Erase what names a person; count what the trail kept beside it. Raises LastAdmin."""
    keep_an_admin(session, without=account_id)
    account = session.get_one(Account, account_id)
    for table, name, over, whose in COPIED_NAMES:
        copied = SQLModel.metadata.tables[table]
        session.execute(
            update(copied)
            .where(copied.c[whose] == account_id, copied.c[name].is_not(None), copied.c[over] < now)
            .values({name: ERASED_NAME})
        )
    session.execute(delete(SignInFailure).where(col(SignInFailure.username) == account.username))
    for own in _OWN:
        session.execute(delete(own).where(col(own.account_id) == account_id))
    for name in _UNSEEN_BY_OTHERS:
        unseen = SQLModel.metadata.tables[name]
        session.execute(delete(unseen).where(unseen.c.account_id == account_id))
    for written, column, ids in _beside(account_id):
        session.execute(delete(written).where(column.in_(ids)))
    account.username = f"{ERASED_USERNAME}{account_id}"
    account.display_name, account.password_hash, account.active = ERASED_NAME, "-", False
    return erase_private(session, account_id, by=by, now=now)


def export_text(export: Mapping[str, Any]) -> str:
    """An export as a file that a person can read, and a program too."""
    return json.dumps(export, ensure_ascii=False, indent=2) + "\n"


def _pointing_at_accounts() -> Iterator[tuple[Table, list[Column[Any]]]]:
    for table in SQLModel.metadata.sorted_tables:
        columns = [
            column
            for column in table.columns
            if any(key.target_fullname == "account.id" for key in column.foreign_keys)
        ]
        # Where a row is about one person, whoever else entered it is handed out nothing of theirs.
        about = [column for column in columns if column.name == "account_id"]
        if columns:
            yield table, about or columns


def _beside(account_id: str) -> Iterator[tuple[Table, Column[Any], Select[Any]]]:
    """The tables of what a person wrote beside words of theirs, and the ids of those words."""
    for name, words in _BESIDE:
        table, word = (SQLModel.metadata.tables[each] for each in (name, words))
        yield (
            table,
            table.c[f"{words}_id"],
            select(word.c.id).where(word.c.account_id == account_id),
        )


def _acts(session: Session, account_id: str) -> list[dict[str, Any]]:
    """What they did and what was done about them, with what stands beside the trail."""
    rows = session.execute(
        select(ENTRIES.c.number, ENTRIES.c.at, ENTRIES.c.act, ENTRIES.c.person, ENTRIES.c.about,
               PRIVATE.c.said, PRIVATE.c.person.label("whose"))
        .select_from(ENTRIES.outerjoin(PRIVATE, PRIVATE.c.number == ENTRIES.c.number))
        .where(or_(ENTRIES.c.person == account_id, ENTRIES.c.about == account_id))
        .order_by(ENTRIES.c.number)
    )  # fmt: skip
    return [
        {
            "number": row.number,
            "at": to_ms(row.at),
            "act": row.act,
            "about": row.about,
            # Another person's words about them are that person's.
            "said": json.loads(row.said) if row.said and row.whose == account_id else {},
        }
        for row in rows
    ]


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return told(row, without=_SECRETS)
