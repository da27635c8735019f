"""Section 8: audio is fetched ahead, resumed, and played only when its hash is the ordered one."""

from devices.conformance.audio import serve_audio
from devices.conformance.bench import FAR_MS, SOON_MS, Bench, PointFailed
from devices.conformance.point import point
from devices.conformance.station import unix_ms
from devices.protocol.reports import Kind


@point("8.2", vi="Tải âm thanh trước giờ phát", en="Fetches audio ahead of time")
def fetches_ahead(bench: Bench) -> None:
    """`cached` comes while the planned instant is still far."""
    sound = bench.sound()
    order = bench.order(sound, after_ms=20_000)
    bench.plan(order)
    bench.hears(order, Kind.CACHED, within_s=15)
    if not bench.house.of(sound.sha256):
        raise PointFailed("cached, but never fetched")


@point("8.2", vi="Tải tiếp sau khi đứt", en="Resumes a broken transfer")
def resumes_a_transfer(bench: Bench) -> None:
    """By a `Range` from where it broke."""
    sound = bench.sound(180_000)
    bench.house.break_once_after[sound.sha256] = len(sound.mp3) // 2
    order = bench.order(sound, after_ms=FAR_MS // 60)
    bench.plan(order)
    bench.hears(order, Kind.CACHED, within_s=40)
    fetches = bench.house.of(sound.sha256)
    if not any(fetch.offset for fetch in fetches):
        raise PointFailed(f"{len(fetches)} requests, none with a Range")


@point("8.3", vi="Không phát âm thanh sai mã băm", en="Plays nothing whose hash is wrong")
def plays_no_wrong_hash(bench: Bench) -> None:
    """`failed(audio_hash_mismatch)` at the planned instant, and never `started`."""
    sound = bench.sound(served=False)
    bench.house.files[sound.sha256] = sound.mp3[:-1] + b"\x01"
    order = bench.order(sound)
    bench.plan(order)
    bench.hears(order, Kind.FAILED, code="audio_hash_mismatch")
    bench.never(order, Kind.CACHED, Kind.STARTED)


@point("9.2", vi="Thiếu âm thanh thì báo hỏng", en="Says when its audio never came")
def says_what_is_missing(bench: Bench) -> None:
    """`failed(audio_missing)` at the audio deadline."""
    sound = bench.sound(served=False)
    order = bench.order(sound, not_after_ms=unix_ms() + SOON_MS + 1_500)
    bench.plan(order)
    bench.hears(order, Kind.FAILED, code="audio_missing")
    bench.never(order, Kind.CACHED, Kind.STARTED)


@point("8.1", vi="Không theo chuyển hướng", en="Follows no redirection")
def follows_no_redirection(bench: Bench) -> None:
    """Audio comes from the station's own address, or not at all."""
    other = bench.sound()
    sound = bench.sound(served=False)
    bench.house.moved[sound.sha256] = f"/audio/{other.sha256}.mp3"
    order = bench.order(sound, not_after_ms=unix_ms() + SOON_MS + 1_500)
    bench.plan(order)
    bench.hears(order, Kind.FAILED, code="audio_missing")
    if bench.house.of(other.sha256):
        raise PointFailed("it followed a redirection")


@point("5.2", vi="Theo đài sang địa chỉ mới", en="Follows the station to another address")
def follows_the_station(bench: Bench) -> None:
    """Audio is asked for where the newest configuration says that the station is."""
    host = bench.station.kit.host
    with serve_audio(bench.house, host=host) as port:
        bench.configure(station_url=f"http://{host}:{port}")
        try:
            sound = bench.sound()
            order = bench.order(sound, after_ms=20_000)
            bench.plan(order)
            bench.hears(order, Kind.CACHED, within_s=15)
        finally:
            bench.configure()
    if any(fetch.port != port for fetch in bench.house.of(sound.sha256)):
        raise PointFailed("it asked at the station's former address")
