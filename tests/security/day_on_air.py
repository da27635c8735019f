"""The day's talks, sources, relays and rehearsals, with the entries that each act leaves."""

import time

from sqlalchemy import select
from sqlmodel import col

from broadcaster.audit.acts import Act
from broadcaster.live.tables import LivePermit, LiveTalk
from broadcaster.rehearsal.standing import State
from broadcaster.sources.tables import RelaySource
from tests.security.day_at_the_station import Day, Step

SOURCE = {"name": "VOV1", "level": "national", "kind": "stream", "url": "https://vov.example/1"}
OTHER = SOURCE | {"name": "VOV2", "url": "https://vov2.example/2"}
FAULT = {"kind": "offline", "share": 0.5, "lasts_s": 60}
_WITHIN_S = 30
_TALK_OF_A_PROGRAM = select(LiveTalk.id).where(col(LiveTalk.title).startswith("Trưởng công an"))
_PERMIT_THAT_HOLDS = select(LivePermit.id).where(col(LivePermit.revoked_at).is_(None))


def talks() -> list[Step]:
    """Somebody is let speak, opens the microphone, is stopped, and may speak no more."""
    return [
        ("POST /live/permits",
         lambda day: day.page("leader", "/live/permits", account_id="acc-operator", days="30"),
         (Act.LIVE_PERMITTED,), "leader"),
        ("POST /live",
         lambda day: day.page("operator", "/live", title="Chủ tịch xã nói chuyện",
                              clusters=["dong"], minutes="5"),
         (Act.TALK_OPENED,), "operator"),
        ("POST /live/{talk_id}/stop",
         lambda day: day.page("leader", f"/live/{day.one(select(LiveTalk.id))}/stop"),
         (Act.TALK_STOPPED,), "leader"),
        ("POST /live/permits/{permit_id}/revocation",
         lambda day: day.page(
             "leader", f"/live/permits/{day.one(select(LivePermit.id))}/revocation"),
         (Act.LIVE_PERMIT_REVOKED,), "leader"),
        ("POST /api/live-permits",
         lambda day: day.program("leader", "POST", "/api/live-permits",
                                 json={"account_id": "acc-operator", "days": 7}),
         (Act.LIVE_PERMITTED,), "leader"),
        ("POST /api/live",
         lambda day: day.program("operator", "POST", "/api/live", json={
             "title": "Trưởng công an xã nói chuyện", "cluster_ids": ["tay"], "minutes": 5}),
         (Act.TALK_OPENED,), "operator"),
        ("POST /api/live/{talk_id}/stop",
         lambda day: day.program("leader", "POST", f"/api/live/{day.one(_TALK_OF_A_PROGRAM)}/stop"),
         (Act.TALK_STOPPED,), "leader"),
        ("DELETE /api/live-permits/{permit_id}",
         lambda day: day.program("leader", "DELETE",
                                 f"/api/live-permits/{day.one(_PERMIT_THAT_HOLDS)}"),
         (Act.LIVE_PERMIT_REVOKED,), "leader"),
    ]  # fmt: skip


def relays() -> list[Step]:
    """A source is listed, relayed, changed and taken from the list: on pages, then by programs."""
    return [*_relays_on_pages(), *_relays_by_programs()]


def _relays_on_pages() -> list[Step]:
    return [
        ("POST /relay-sources", lambda day: day.page("admin", "/relay-sources", **SOURCE),
         (Act.SOURCE_ADDED, Act.RELAY_HOSTS_CHANGED), "admin"),
        ("POST /relays",
         lambda day: day.page("operator", "/relays", source_id=_source(day), duration="30"),
         (Act.BULLETIN_WRITTEN, Act.BULLETIN_RENDERED), "operator"),
        ("POST /relays/{relay_id}",
         lambda day: day.page("operator", f"/relays/{day.newest('relay')}",
                              source_id=_source(day), duration="20"),
         (Act.BULLETIN_EDITED, Act.BULLETIN_RENDERED), "operator"),
        ("POST /relay-sources/{source_id}",
         lambda day: day.page("admin", f"/relay-sources/{_source(day)}",
                              **SOURCE | {"name": "VOV một"}),
         (Act.SOURCE_CHANGED,), "admin"),
        ("POST /relays/{relay_id}/rendition",
         lambda day: day.page("operator", f"/relays/{day.newest('relay')}/rendition"),
         (Act.BULLETIN_EDITED, Act.BULLETIN_RENDERED), "operator"),
        ("POST /relay-sources/{source_id}/retirement",
         lambda day: day.page("admin", f"/relay-sources/{_source(day)}/retirement"),
         (Act.SOURCE_RETIRED,), "admin"),
    ]  # fmt: skip


def _relays_by_programs() -> list[Step]:
    return [
        ("POST /api/relay-sources",
         lambda day: day.program("admin", "POST", "/api/relay-sources", json=OTHER),
         (Act.SOURCE_ADDED, Act.RELAY_HOSTS_CHANGED), "admin"),
        ("POST /api/relays",
         lambda day: day.program("operator", "POST", "/api/relays", json=_half_an_hour(day)),
         (Act.BULLETIN_WRITTEN, Act.BULLETIN_RENDERED), "operator"),
        ("PUT /api/relays/{relay_id}",
         lambda day: day.program("operator", "PUT", f"/api/relays/{day.newest('relay')}",
                                 json=_half_an_hour(day) | {"topic": "thời sự"}),
         (Act.BULLETIN_EDITED,), "operator"),
        ("PUT /api/relay-sources/{source_id}",
         lambda day: day.program("admin", "PUT", f"/api/relay-sources/{_source(day)}",
                                 json=OTHER | {"name": "VOV hai"}),
         (Act.SOURCE_CHANGED,), "admin"),
        ("POST /api/relays/{relay_id}/rendition",
         lambda day: day.program(
             "operator", "POST", f"/api/relays/{day.newest('relay')}/rendition"),
         (Act.BULLETIN_EDITED, Act.BULLETIN_RENDERED), "operator"),
        ("DELETE /api/relay-sources/{source_id}",
         lambda day: day.program("admin", "DELETE", f"/api/relay-sources/{_source(day)}"),
         (Act.SOURCE_RETIRED,), "admin"),
    ]  # fmt: skip


def rehearsals() -> list[Step]:
    """Started, switched, troubled and ended: on pages, then by programs."""
    return [
        ("POST /rehearsal", lambda day: day.page("admin", "/rehearsal", devices="3", seed="7",
                                                 profile="none"),
         (Act.REHEARSAL_STARTED,), "admin"),
        ("POST /rehearsal/power",
         lambda day: _once_it(day, State.RUNNING).page("admin", "/rehearsal/power", on="yes"),
         (Act.REHEARSAL_POWER_SWITCHED,), "admin"),
        ("POST /rehearsal/faults",
         lambda day: day.page("admin", "/rehearsal/faults", kind="offline", share_percent="50",
                              lasts_s="60"),
         (Act.REHEARSAL_FAULT_BEGUN,), "admin"),
        ("POST /rehearsal/faults/{kind}/removal",
         lambda day: day.page("admin", "/rehearsal/faults/offline/removal"),
         (Act.REHEARSAL_FAULT_ENDED,), "admin"),
        ("POST /rehearsal/end", lambda day: day.page("admin", "/rehearsal/end"),
         (Act.REHEARSAL_ENDED,), "admin"),
        ("POST /api/rehearsal",
         lambda day: _once_it(day, State.NONE).program(
             "admin", "POST", "/api/rehearsal", json={"devices": 3}),
         (Act.REHEARSAL_STARTED,), "admin"),
        ("PUT /api/rehearsal/power",
         lambda day: _once_it(day, State.RUNNING).program(
             "admin", "PUT", "/api/rehearsal/power", json={"on": False}),
         (Act.REHEARSAL_POWER_SWITCHED,), "admin"),
        ("POST /api/rehearsal/faults",
         lambda day: day.program("admin", "POST", "/api/rehearsal/faults", json=FAULT),
         (Act.REHEARSAL_FAULT_BEGUN,), "admin"),
        ("DELETE /api/rehearsal/faults/{kind}",
         lambda day: day.program("admin", "DELETE", "/api/rehearsal/faults/offline"),
         (Act.REHEARSAL_FAULT_ENDED,), "admin"),
        ("DELETE /api/rehearsal", lambda day: day.program("admin", "DELETE", "/api/rehearsal"),
         (Act.REHEARSAL_ENDED,), "admin"),
    ]  # fmt: skip


def _source(day: Day) -> str:
    return day.one(select(RelaySource.id).where(RelaySource.retired_at.is_(None)))  # type: ignore[union-attr]


def _half_an_hour(day: Day) -> dict[str, object]:
    return {"source_id": _source(day), "duration_ms": 1_800_000}


def _once_it(day: Day, state: State) -> Day:
    """The day, as soon as the rehearsal stands so."""
    until_s = time.monotonic() + _WITHIN_S
    while (found := day.site.app.state.director.standing().state) is not state:
        assert time.monotonic() < until_s, found
        time.sleep(0.05)
    return day
