"""Whoever is signed in, as routes and pages see them: a value, never a row."""

from dataclasses import dataclass

from broadcaster.accounts.roles import Right, Role, rights_of


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person with their roles and, for a village head, their villages."""

    account_id: str
    username: str
    display_name: str
    roles: frozenset[Role]
    village_ids: frozenset[str] = frozenset()

    def may(self, right: Right) -> bool:
        """Whether any of this person's roles carries the right."""
        return right in rights_of(self.roles)

    def villages_in_view(self) -> frozenset[str] | None:
        """The villages whose ledger this person may see; None means all of the station's."""
        return None if self.may(Right.SEE_STATION) else self.village_ids
