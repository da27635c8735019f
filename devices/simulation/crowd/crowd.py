"""All seats of one process, the story that befalls them, and what is told of them."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from devices.simulation.crowd.hall import Hall
from devices.simulation.crowd.seat import Connect, Seat
from devices.simulation.crowd.standing import SeatState
from devices.simulation.crowd.words import AddFaults, Begin, RemoveFaults, Switch
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.story import Episode

START_PACE_S = 0.001
"""Between one controller's beginning and the next, lest a broker is knocked at by all at once."""


class Crowd:
    """Runs seats until cancelled."""

    def __init__(self, begin: Begin, *, hall: Hall, connect: Connect) -> None:
        self._begin = begin
        self._hall = hall
        self.seats = {
            Path(home).name: Seat(
                Path(home), hall=hall, connect=connect, seed=begin.seed, neighbour=neighbour
            )
            for home, neighbour in zip(begin.homes, begin.neighbours, strict=True)
        }
        self._has_begun = False
        self._told: dict[str, SeatState] = {}
        self._ends: dict[tuple[str, FaultKind], asyncio.TimerHandle] = {}
        for seat in self.seats.values():
            seat.want(begin.wanted)

    @property
    def devices(self) -> Sequence[str]:
        """Who is here."""
        return tuple(self.seats)

    @property
    def has_settled(self) -> bool:
        """Whether everybody has begun, and is where the switch says."""
        return self._has_begun and all(
            seat.state().connected == seat.wanted for seat in self.seats.values()
        )

    async def run(self, *, elapsed_s: float = 0.0) -> None:
        """Let everyone live, and the story happen, of which so much is over already."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._plan(self._begin.story, elapsed_s=elapsed_s)
                for seat in self.seats.values():
                    tasks.create_task(seat.live(), name=f"seat {seat.device}")
                    await asyncio.sleep(START_PACE_S)
                self._has_begun = True
        finally:
            await self._hall.close()

    async def leave(self) -> None:
        """Switch everyone off, and return when all have said goodbye."""
        self.switch(Switch(on=False))
        await asyncio.gather(*(seat.asleep.wait() for seat in self.seats.values()))

    def add(self, asked: AddFaults) -> None:
        """Begin episodes now."""
        for episode in asked.episodes:
            self._happen(episode, lasts_s=episode.ends_s - episode.begins_s)

    def remove(self, asked: RemoveFaults) -> None:
        """End faults now."""
        for device in asked.devices or self.seats:
            self._end(device, asked.kind)

    def switch(self, asked: Switch) -> None:
        """Switch everyone on or off."""
        for seat in self.seats.values():
            seat.want(asked.on)

    def news(self) -> Sequence[SeatState]:
        """Those that stand otherwise than when they were last told."""
        changed = [
            state
            for state in (seat.state() for seat in self.seats.values())
            if self._told.get(state.device) != state
        ]
        self._told.update((state.device, state) for state in changed)
        return changed

    def _plan(self, story: Iterable[Episode], *, elapsed_s: float) -> None:
        """What has begun already begins now; what is over does not happen again."""
        loop = asyncio.get_running_loop()
        for episode in story:
            if episode.device not in self.seats or episode.ends_s <= elapsed_s:
                continue
            wait_s = max(0.0, episode.begins_s - elapsed_s)
            lasts_s = episode.ends_s - max(elapsed_s, episode.begins_s)
            loop.call_later(wait_s, self._happen, episode, lasts_s)

    def _happen(self, episode: Episode, lasts_s: float) -> None:
        seat = self.seats.get(episode.device)
        if seat is None:
            return
        key = episode.device, episode.kind
        if key in self._ends:
            self._ends.pop(key).cancel()
        seat.conditions.begin(episode)
        loop = asyncio.get_running_loop()
        self._ends[key] = loop.call_later(lasts_s, self._end, *key)

    def _end(self, device: str, kind: FaultKind) -> None:
        timer = self._ends.pop((device, kind), None)
        if timer is not None:
            timer.cancel()
        if device in self.seats:
            self.seats[device].conditions.end(kind)
