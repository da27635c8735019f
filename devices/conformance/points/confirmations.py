"""Section 13: numbered, chained, sent until receipted, sent again when asked."""

from devices.conformance.bench import CACHED_WITHIN_S, FAR_MS, Bench, PointFailed
from devices.conformance.point import point
from devices.protocol.commands import Resync
from devices.protocol.reports import Kind


def _said_something(bench: Bench) -> int:
    """Have the device say something new; return the number of its last entry."""
    bench.marked()
    return bench.heard.reached


@point("13.2", vi="Chuỗi xác nhận liền mạch", en="Numbers and chains without a gap")
def chains_without_a_gap(bench: Bench) -> None:
    """All entries so far, from the first of the epoch where that came."""
    _said_something(bench)
    heard = bench.heard
    if heard.unchained:
        raise PointFailed("; ".join(heard.unchained[:3]))
    if heard.reached != max(heard.entries):
        raise PointFailed(f"entry {heard.reached + 1} is missing")
    if 1 in heard.confirmations and heard.confirmations[1].prev != heard.genesis:
        raise PointFailed("entry 1 does not name the beginning of its epoch")


@point("13.5", vi="Mỗi lô trong giới hạn", en="Keeps its batches within the limits")
def keeps_batches_small(bench: Bench) -> None:
    """At most 50 entries each, with the clock stated."""
    _said_something(bench)
    most = max(len(batch.entries) for batch in bench.heard.batches)
    if most > 50:
        raise PointFailed(f"{most} entries in a batch")
    if all(batch.clock.source is None for batch in bench.heard.batches):
        raise PointFailed("no batch says why the time is believed (clock.source)")


@point("13.7", vi="Gửi lại khi chưa có biên nhận", en="Sends again what has no receipt")
def sends_again(bench: Bench) -> None:
    """At least once more within 10 s, the same bytes; and no more once it is receipted."""
    bench.station.receipting = False
    seq = _said_something(bench)

    def times() -> int:
        return sum(1 for came in bench.heard.came if came.first <= seq <= came.last)

    bench.expect(lambda: times() >= 2, "the entry without a receipt comes again", within_s=10)
    bench.station.receipting = True
    bench.station.receipt()
    bench.rest(2)
    before = times()
    bench.rest(8)
    if times() > before:
        raise PointFailed("it was sent again although it was receipted")


@point("13.8", vi="Không tin biên nhận vô căn cứ", en="Believes no unfounded receipt")
def believes_no_unfounded_receipt(bench: Bench) -> None:
    """With another hash, or for a number that was never given: it goes on sending."""
    bench.station.receipting = False
    seq = _said_something(bench)
    bench.station.receipt(seq=seq, chain="0" * 64)
    bench.station.receipt(seq=seq + 1_000, chain=bench.hash_at(seq))
    bench.rest(1)
    before = len(bench.heard.came)
    bench.expect(
        lambda: any(came.last >= seq for came in bench.heard.came[before:]),
        "the entry is sent again",
        within_s=15,
    )


@point("13.7", vi="Gửi lại sau mỗi lần kết nối", en="Sends again after a new connection")
def sends_again_after_reconnecting(bench: Bench) -> None:
    """At once, whatever was sent over the old one."""
    bench.station.receipting = False
    seq = _said_something(bench)
    before = len(bench.heard.came)
    bench.line.drop()
    bench.expect(
        lambda: any(came.last >= seq for came in bench.heard.came[before:]),
        "the entry comes again",
        within_s=30,
    )


@point("13.11", vi="Gửi lại theo yêu cầu của sổ", en="Sends again what a restored ledger lacks")
def resyncs(bench: Bench) -> None:
    """From the entry after the one that is named."""
    seq = _said_something(bench)
    bench.rest(1)
    first = max(min(bench.heard.entries), seq - 4)
    before = len(bench.heard.came)
    bench.station.receipting = False
    bench.station.say(
        bench.station.command(resync=Resync(epoch=bench.heard.epoch, after_seq=first))
    )
    bench.expect(
        lambda: any(came.first == first + 1 for came in bench.heard.came[before:]),
        f"entries from {first + 1} on",
    )
    bench.station.receipting = True
    bench.station.receipt()


@point("14", vi="Không làm theo lệnh điều khiển cũ", en="Obeys no old command")
def obeys_no_old_command(bench: Bench) -> None:
    """A resync under a sequence that has passed."""
    seq = _said_something(bench)
    resync = Resync(epoch=bench.heard.epoch, after_seq=max(min(bench.heard.entries), seq - 3))
    bench.station.say(bench.station.command(resync=resync))
    bench.rest(3)
    before = len(bench.heard.came)
    bench.station.say(
        bench.station.command(resync=resync, sequence=bench.station.sequence - 1_000_000)
    )
    bench.rest(4)
    if any(came.first <= seq for came in bench.heard.came[before:]):
        raise PointFailed("it sent its entries again")


@point("13.3", vi="Đánh dấu khi không có loa thật", en="Marks what no loudspeaker sounded")
def marks_what_is_simulated(bench: Bench) -> None:
    """What the status says of `simulated`, every play says too."""
    order = bench.order()
    bench.plan(order)
    finished = bench.hears(order, Kind.FINISHED)
    if finished.simulated != bench.status.simulated:
        raise PointFailed(f"status: {bench.status.simulated}, confirmation: {finished.simulated}")


@point("13.1", vi="Nói đúng một lần", en="Says `received` and `cached` once")
def says_each_once(bench: Bench) -> None:
    """Through three plans."""
    order = bench.order(after_ms=FAR_MS)
    for _ in range(3):
        bench.plan(order)
    bench.hears(order, Kind.CACHED, within_s=CACHED_WITHIN_S)
    bench.rest(1)
    if bench.heard.kinds(order.id) != [Kind.RECEIVED, Kind.CACHED]:
        raise PointFailed(f"heard {bench.heard.kinds(order.id)}")
