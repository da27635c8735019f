"""The forms of villages: people, poles' shares, new places and mergers, as a browser sends them."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from broadcaster.areas.registering import checked_day, checked_name, checked_people, read_day
from broadcaster.fleet.errors import ShareUnusable
from broadcaster.fleet.shares import Merging, read_percent


class ResidentsForm(BaseModel):
    """Who lives in a village from a day on."""

    model_config = ConfigDict(frozen=True)

    since: str = ""
    households: str = ""
    residents: str = ""

    def checked(self, *, today: date) -> tuple[date, int, int]:
        """Day, households, residents; raise a BadInput that names its field."""
        return (
            checked_day(read_day(self.since), today=today),
            checked_people(self.households, field="households"),
            checked_people(self.residents, field="residents"),
        )


class SharesForm(BaseModel):
    """Which pole reaches which share from a day on: two lists of the same length."""

    model_config = ConfigDict(frozen=True)

    shares_since: str = ""
    device: list[str] = []
    percent: list[str] = []

    def checked(self, *, today: date) -> tuple[date, dict[str, float]]:
        """Day and shares; raise a BadInput that names its field."""
        if len(self.device) != len(self.percent):
            raise ShareUnusable(field="percent")
        since = checked_day(read_day(self.shares_since), today=today)
        shares = dict(zip(self.device, map(read_percent, self.percent), strict=True))
        return since, shares


class PlaceForm(BaseModel):
    """Where a village lies, as maps hand it out; nothing for nobody knows."""

    model_config = ConfigDict(frozen=True)

    place: str = ""


class VillageForm(BaseModel):
    """A village that is added, with its people."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    cluster_id: str = ""
    since: str = ""
    households: str = ""
    residents: str = ""


class ClusterForm(BaseModel):
    """A cluster that is added."""

    model_config = ConfigDict(frozen=True)

    cluster_name: str = ""


class MergerForm(BaseModel):
    """Villages that become one; numbers that are left out are the sums of that day."""

    model_config = ConfigDict(frozen=True)

    village_ids: list[str] = []
    merged_name: str = ""
    merged_cluster_id: str = ""
    merged_since: str = ""
    merged_households: str = ""
    merged_residents: str = ""

    def checked(self, *, today: date) -> Merging:
        """What is wanted; raise a BadInput that names its field."""
        return Merging(
            village_ids=self.village_ids,
            name=checked_name(self.merged_name),
            cluster_id=self.merged_cluster_id,
            since=checked_day(read_day(self.merged_since), today=today),
            households=_if_given(self.merged_households, field="households"),
            residents=_if_given(self.merged_residents, field="residents"),
        )


def _if_given(typed: str, *, field: str) -> int | None:
    return checked_people(typed, field=field) if typed.strip() else None
