"""Seven days of plan with the broker down: poles need nobody to play, and nothing is forgotten."""

from pathlib import Path

from devices.protocol.messages import Kind, QuietHours
from devices.simulation.simulated_time import run_simulated
from devices.simulation.station.sounds import silence
from tests.devices.simulation.rehearsal_room import make_order, open_room

DEVICES, DAYS = 20, 7
HOURS_AFTER_NOON = (5, 17, 23)
"""17:00, 05:00 and 11:00 of the station's day."""


def test_everything_plays_while_the_broker_is_down_and_is_confirmed_afterwards(
    tmp_path: Path,
) -> None:
    """20 poles, 3 broadcasts a day: each plays on time by its plan, each word arrives later."""

    async def story() -> None:
        quiet = QuietHours(begins="21:00", ends="05:00")
        async with open_room(tmp_path, devices=DEVICES, clusters=2, quiet=quiet) as room:
            programme = [silence(8_000, title=f"bản tin {number}") for number in range(3)]
            room.offer(*programme)
            noon_ms = room.station.now_ms
            orders = [
                make_order(
                    f"ngay-{day}-gio-{hour}",
                    programme[number],
                    starts_at_ms=noon_ms + (day * 24 + hour) * 3_600_000,
                )
                for day in range(DAYS)
                for number, hour in enumerate(HOURS_AFTER_NOON)
            ]
            room.station.order(orders)
            await room.clock.wait_until_us((noon_ms + 3_600_000) * 1_000)
            for order in orders:
                assert room.station.ledger.said(order.id) == {Kind.CACHED: DEVICES}

            room.broker.go_down()
            await room.clock.wait_until_us((noon_ms + DAYS * 86_400_000 + 3_600_000) * 1_000)
            assert room.station.ledger.kinds[Kind.STARTED] == 0

            room.broker.come_up()
            await room.clock.wait_until_us((noon_ms + DAYS * 86_400_000 + 3_900_000) * 1_000)
            ledger = room.station.ledger
            for order in orders:
                assert ledger.said(order.id) == {Kind.FINISHED: DEVICES}
                for last in ledger.plays[order.id, 0].values():
                    assert last.first_sample_at_us == order.starts_at_ms * 1_000
                    assert last.simulated
            assert ledger.kinds[Kind.FINISHED] == DEVICES * DAYS * len(HOURS_AFTER_NOON)
            assert not ledger.quarantined
            assert not room.station.refused
            for device, seat in room.seats.items():
                (epoch,) = ledger.epochs_of(device)
                assert epoch.seq == len(epoch.held)
                assert seat.state().finished == DAYS * len(HOURS_AFTER_NOON)

    run_simulated(story())
