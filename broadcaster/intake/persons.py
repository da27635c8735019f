"""People whom a file names: known ones found, new ones admitted without a password.

Nobody's password comes from a file, or is made for one: an account that a file brings opens only by
the link that an admin makes on its page. Names and numbers stand beside the trail, never in it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from broadcaster.accounts.errors import PhoneUnusable
from broadcaster.accounts.people import (
    PersonLine,
    account_named,
    admit_without_password,
    change_roles,
    is_username,
    people_listed,
    username_as_kept,
)
from broadcaster.accounts.phones import checked_phone, keep_phone, phones_of_heads
from broadcaster.accounts.roles import Role
from broadcaster.bulletins.folding import folded
from broadcaster.intake.checking import Keeping
from broadcaster.intake.errors import (
    CellMissing,
    PersonNameFixed,
    PersonUnclear,
    PhoneUnfit,
    UsernameUnfit,
)
from broadcaster.intake.reading import Cell
from broadcaster.intake.values import read_words

NAME_LIMIT_CHARACTERS = 80
_LONGEST_MADE = 36


@dataclass(slots=True)
class Person:
    """Somebody whom a file names: of the station already (`account_id`), or to be admitted.

    Rows of a file may name one person several times; `roles` and `village_ids` are what they hold
    once all rows are kept.
    """

    username: str
    name: str
    account_id: str = ""
    roles: frozenset[Role] = frozenset()
    village_ids: frozenset[str] = frozenset()
    phone: str = ""
    row_phone: str = ""
    """The number that a row of the file gave them."""

    @property
    def is_new(self) -> bool:
        """Whether they are to be admitted."""
        return not self.account_id


class PeopleKnown:
    """The station's people who may sign in, and those that rows of a file add to them."""

    def __init__(self, session: Session, *, station_id: str) -> None:
        self._session = session
        self._phones = phones_of_heads(session)
        self._people = [
            self._known(each)
            for each in people_listed(session, station_id=station_id)
            if each.active
        ]
        self._made: set[str] = set()

    def heads_of(self, village_id: str) -> Sequence[Person]:
        """The heads of a village."""
        return [each for each in self._people if village_id in each.village_ids]

    def person(
        self,
        name: str,
        *,
        username: str = "",
        phone: str = "",
        roles: Collection[Role] = (),
        village_ids: Collection[str] = (),
    ) -> Person:
        """Whom a row means; somebody new where nobody has the name.

        Names are common: a known person of this name is meant only where they are already what the
        row says, or are called at its number. With a user name it is that account's person.
        Raises UsernameUnfit, PersonNameFixed and PersonUnclear.
        """
        if username:
            return self._of_username(name, username)
        called = [each for each in self._people if same_name(each.name, name)]
        already = [
            each
            for each in called
            if not each.is_new and each.roles >= set(roles) and each.village_ids >= set(village_ids)
        ]
        by_phone = [each for each in called if phone and phone in (each.phone, each.row_phone)]
        of_file = [each for each in called if each.is_new and not (phone and each.row_phone)]
        for found in (already, by_phone, of_file):
            if len(found) == 1:
                found[0].row_phone = found[0].row_phone or phone
                return found[0]
        if any(not each.is_new for each in called):
            raise PersonUnclear
        new = self._new(name, self._username_for(name))
        new.row_phone = phone
        return new

    def _of_username(self, name: str, username: str) -> Person:
        kept = username_as_kept(username)
        if not is_username(kept):
            raise UsernameUnfit
        found = next((each for each in self._people if each.username == kept), None)
        if found is None:
            # A closed account, or one of another station's.
            if account_named(self._session, kept) is not None:
                raise PersonNameFixed
            return self._new(name, kept)
        if not same_name(found.name, name):
            raise PersonNameFixed
        return found

    def _new(self, name: str, username: str) -> Person:
        person = Person(username=username, name=name)
        self._people.append(person)
        self._made.add(username)
        return person

    def _username_for(self, name: str) -> str:
        """A user name that nobody has yet, made of a name: nguyen.van.an, nguyen.van.an2."""
        made = folded(name).encode("ascii", "ignore").decode().replace(" ", ".")[:_LONGEST_MADE]
        made = made.strip(".-")
        if not is_username(made):
            raise UsernameUnfit
        number, tried = 1, made
        while tried in self._made or account_named(self._session, tried) is not None:
            number += 1
            tried = f"{made}{number}"
        return tried

    def _known(self, line: PersonLine) -> Person:
        return Person(
            username=line.username,
            name=line.display_name,
            account_id=line.account_id,
            roles=frozenset(line.roles),
            village_ids=frozenset(line.village_ids),
            phone=self._phones.get(line.account_id, ""),
        )


@dataclass(slots=True)
class Wishes:
    """What the rows of a file want of people, kept once all of them are known to be good."""

    wanted: dict[str, tuple[Person, frozenset[Role], frozenset[str], str]] = field(
        default_factory=dict
    )

    def add(self, person: Person, *, roles: Collection[Role], village_ids: Collection[str],
            phone: str) -> None:  # fmt: skip
        """Let a person hold these as well, and be called at this number where one is given."""
        _, had, villages, number = self.wanted.get(
            person.username, (person, frozenset[Role](), frozenset[str](), "")
        )
        self.wanted[person.username] = (
            person,
            had | frozenset(roles),
            villages | frozenset(village_ids),
            phone or number,
        )

    def keep(self, session: Session, keeping: Keeping) -> None:
        """Admit who is new, give the others what they lack, and keep the numbers."""
        doer = keeping.doer
        for person, roles, village_ids, phone in self.wanted.values():
            account_id = person.account_id
            if person.is_new:
                account_id = admit_without_password(
                    session,
                    username=person.username,
                    display_name=person.name,
                    station_id=doer.station_id,
                    roles=roles,
                    village_ids=village_ids,
                    by=doer.by,
                    now=doer.now,
                ).id
            elif not (roles <= person.roles and village_ids <= person.village_ids):
                change_roles(
                    session,
                    account_id,
                    station_id=doer.station_id,
                    roles=person.roles | roles,
                    village_ids=person.village_ids | village_ids,
                    by=doer.by,
                    now=doer.now,
                )
            if phone and phone != person.phone and doer.by is not None:
                keep_phone(
                    session,
                    account_id,
                    phone,
                    station_id=doer.station_id,
                    by=doer.by,
                    now=doer.now,
                )


def same_name(one: str, other: str) -> bool:
    """Whether two names are one: An is not Ân, but a list that has no diacritics at all has none.

    Small and capital letters and spaces do not tell people apart.
    """
    first, second = (" ".join(each.split()).casefold() for each in (one, other))
    return first == second or (second.isascii() and folded(first) == folded(second))


def read_person_name(cell: Cell) -> str:
    """What somebody is called; raise CellMissing or CellTooLong."""
    name = read_words(cell, most=NAME_LIMIT_CHARACTERS)
    if not name or not folded(name):
        raise CellMissing
    return name


def read_phone(cell: Cell) -> str:
    """A telephone number as it is dialled; raise PhoneUnfit.

    A workbook that took a number for a number dropped its first zero: nine digits get it back.
    """
    if isinstance(cell, int | float):
        digits = f"{cell:.0f}"
        cell = f"0{digits}" if len(digits) == 9 else digits
    try:
        return checked_phone(cell)
    except PhoneUnusable as error:
        raise PhoneUnfit from error
