"""Clusters and villages as files name them: by id, or by name without diacritics."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from broadcaster.areas.queries import KnownCluster, KnownVillage
from broadcaster.bulletins.folding import folded
from broadcaster.fleet.village_record import standing_villages
from broadcaster.intake.errors import ClusterNotThere, VillageUnclear, VillageUnknown


class PlacesKnown:
    """The station's clusters and the villages that stand on a day."""

    def __init__(self, session: Session, *, station_id: str, day: date) -> None:
        self.clusters, self.villages = standing_villages(session, station_id=station_id, day=day)
        self._cluster_by_id = {each.id: each for each in self.clusters}
        self._village_by_id = {each.id: each for each in self.villages}
        self._clusters_named: dict[str, list[KnownCluster]] = defaultdict(list)
        for cluster in self.clusters:
            self._clusters_named[folded(cluster.name)].append(cluster)
        self._villages_named: dict[str, list[KnownVillage]] = defaultdict(list)
        for village in self.villages:
            self._villages_named[_bare(village.name)].append(village)

    def cluster(self, named: str) -> KnownCluster | None:
        """The cluster of this id or name; None where there is none, or several."""
        found = self._clusters_named.get(folded(named), [])
        return self._cluster_by_id.get(named) or (found[0] if len(found) == 1 else None)

    def needed_cluster(self, named: str) -> KnownCluster:
        """The same; raise ClusterNotThere."""
        found = self.cluster(named)
        if found is None:
            raise ClusterNotThere
        return found

    def cluster_name(self, cluster_id: str) -> str:
        """What a cluster is called."""
        return self._cluster_by_id[cluster_id].name

    def village_name(self, village_id: str) -> str:
        """What a village is called."""
        return self._village_by_id[village_id].name

    def village_of_id(self, village_id: str) -> KnownVillage:
        """The village of this id; raise VillageUnknown."""
        found = self._village_by_id.get(village_id)
        if found is None:
            raise VillageUnknown
        return found

    def villages_called(
        self, name: str, *, cluster_id: str | None = None
    ) -> Sequence[KnownVillage]:
        """The villages of this name, in one cluster or in all. “Thôn Đông” is “Đông” as well."""
        found = self._villages_named.get(_bare(name), [])
        return [each for each in found if cluster_id in (None, each.cluster_id)]

    def village(self, named: str, *, cluster_id: str | None = None) -> KnownVillage:
        """The village of this id or name; raise VillageUnknown or VillageUnclear."""
        if named in self._village_by_id:
            return self._village_by_id[named]
        found = self.villages_called(named, cluster_id=cluster_id)
        exact = [each for each in found if folded(each.name) == folded(named)]
        found = exact if len(exact) == 1 else found
        if not found:
            raise VillageUnknown
        if len(found) > 1:
            raise VillageUnclear
        return found[0]


def _bare(name: str) -> str:
    """A name without the word for what it names."""
    words = folded(name)
    for kind in ("thon ", "ap ", "khu pho ", "to dan pho ", "ban ", "buon ", "lang ", "xom "):
        if words.startswith(kind) and len(words) > len(kind):
            return words[len(kind) :]
    return words
