"""Whoever is signed in, as routes and pages see them: a value, never a row.

A person may hold roles at several stations of one database. A viewer looks at one of them and has
the roles of that one alone; at any but the installation's own they only read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcaster.accounts.roles import Right, Role, rights_of


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person with their roles at the station that they look at.

    `village_ids` are a village head's own. `station_villages` are all of the station's where the
    database holds others beside it, and None where there is nothing to keep apart. `station_count`
    is at how many stations this person reads. `second_factor_at` is when they last proved a second
    factor in this session.
    """

    account_id: str
    username: str
    display_name: str
    roles: frozenset[Role]
    village_ids: frozenset[str] = frozenset()
    second_factor_at: datetime | None = None
    station_id: str = ""
    station_villages: frozenset[str] | None = None
    station_count: int = 1

    def may(self, right: Right) -> bool:
        """Whether any of this person's roles carries the right."""
        return right in rights_of(self.roles)

    def may_read(self, right: Right) -> bool:
        """Whether a page is theirs that only shows what people with the right act on.

        As `guard.require_to_read` asks it: a link to such a page is shown to whoever may open it.
        """
        return self.may(right) or self.may(Right.INSPECT)

    def villages_in_view(self) -> frozenset[str] | None:
        """The villages whose ledger this person may see; None means all that there are."""
        return self.station_villages if self.may(Right.SEE_STATION) else self.village_ids

    def is_proven(self, *, now: datetime, within: timedelta) -> bool:
        """Whether a second factor was proven in this session not longer ago than a shift."""
        proven = self.second_factor_at
        return proven is not None and proven <= now < proven + within

    def lacks_second_factor(self) -> bool:
        """Whether this person may do nothing before they prove a second factor: admins."""
        return self.may(Right.ADMINISTER) and self.second_factor_at is None
