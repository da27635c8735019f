"""The numbers in the text are those that our own controller keeps."""

import re

import pytest

from devices.controller import (
    due,
    fetching,
    mqtt_link,
    playback,
    player,
    sending,
    sounding,
    timekeeping,
)
from devices.controller.audio_source import _TIMEOUT
from devices.controller.journal import KEPT_AFTER_RECEIPT_MS, REMEMBERED_MS
from devices.controller.live import reception, speech
from devices.protocol import fields, jws
from devices.protocol.contract.asyncapi import KEEPALIVE_S
from devices.protocol.contract.published import FOLDER
from devices.protocol.credentials import ROUNDS, SALT_BYTES
from devices.protocol.enrolment import REQUEST_LIMIT_BYTES
from devices.protocol.live import FRAME_LIMIT_BYTES

CONTRACT = (FOLDER / "CONTRACT.md").read_text(encoding="utf-8")
TIMING = {
    "keep-alive": f"{mqtt_link.KEEPALIVE_S} s",
    "connection hand-shake, from TCP to granted topics": f"{mqtt_link.HANDSHAKE_S:g} s at most",
    "reconnecting": f"first {mqtt_link.RECONNECT_FIRST_S:g} s, cap {mqtt_link.RECONNECT_CAP_S:g} s",
    "confirmations: gathered for": f"{sending.DEBOUNCE_S:g} s",
    "confirmations: resent without a receipt": f"first {sending.FIRST_RETRY_S:g} s, "
    f"cap {sending.RETRY_CAP_S:g} s",
    "confirmations: on their way beyond the last receipt": f"{sending.WINDOW_ENTRIES:,} entries",
    "receipted entries kept": f"{KEPT_AFTER_RECEIPT_MS // 86_400_000} days",
    "asking the time: without an answer": f"first {timekeeping.FIRST_RETRY_S:g} s, "
    f"cap {timekeeping.RETRY_CAP_S:g} s",
    "asking the time: after an answer": f"every {timekeeping.REFRESH_S / 60:g} min",
    "an answer is used within": f"{timekeeping.SLOW_US / 1e6:g} s",
    "audio: wait before the first attempt": f"random part of min({fetching.JITTER_CAP_S:g} s, "
    "a tenth of the time left)",
    "audio: files at a time": f"{fetching.PARALLEL_FETCHES}",
    "audio: retry": f"first {fetching.RETRY_FIRST_S:g} s, cap {fetching.RETRY_CAP_S:g} s",
    "audio: connect, read": f"{_TIMEOUT.connect:g} s, {_TIMEOUT.read:g} s",
    "audio: grace after late news": f"{due.AUDIO_GRACE_MS / 1_000:g} s",
    "preparing a play": f"{due.PREROLL_MS / 1_000:g} s ahead",
    "`started` on disk": f"{playback.STARTED_LEAD_MS / 1_000:.1f}–"
    f"{(playback.STARTED_LEAD_MS + playback.STARTED_SPREAD_MS) / 1_000:.1f} s ahead",
    "sound longer than ordered": f"cut after {sounding.OVERRUN_MS / 1_000:g} s",
    "trying a disk that refused": f"every {player.DISK_RETRY_S:g} s",
    "live speech: played behind its first frame": f"{speech.BEHIND_US / 1e6:g} s",
    "live speech: more than this does not wait": f"{reception.MOST_WAITING_US / 1e6:g} s",
    "live speech: a frame is taken within": f"{reception.FRESH_US / 1e6:g} s of its instant",
    "plays remembered": f"{REMEMBERED_MS // 86_400_000} days",
}
LIMITS = {
    "a message": f"{jws.MESSAGE_LIMIT_BYTES:,} bytes",
    "a keyring": f"{fields.KEYRING_LIMIT_BYTES:,} bytes, {fields.KEYRING_LIMIT_KEYS} keys",
    "orders in a plan": f"{fields.PLAN_LIMIT_ORDERS:,}",
    "stops in a plan": f"{fields.PLAN_LIMIT_STOPS}",
    "cues in an item": f"{fields.CUE_LIMIT}",
    "entries in a batch": f"{fields.BATCH_LIMIT_ENTRIES}",
    "an entry": f"{fields.ENTRY_LIMIT_BYTES:,} bytes",
    "a frame of live speech": f"{FRAME_LIMIT_BYTES:,} bytes, half a second",
    "devices that hear live speech": f"{fields.HEARERS_LIMIT:,}",
    "an enrolment request": f"{REQUEST_LIMIT_BYTES:,} bytes",
}


def table(section: int) -> dict[str, str]:
    """The rows of a section's table, by their first cell."""
    text = re.search(rf"^## {section} .*?(?=^## )", CONTRACT, flags=re.MULTILINE | re.DOTALL)
    assert text is not None
    rows = [line.strip("| ").split(" | ") for line in text[0].splitlines() if line[:1] == "|"]
    return {row[0]: row[1] for row in rows if len(row) == 2}


@pytest.mark.parametrize(("section", "rows"), [(19, TIMING), (20, LIMITS)])
def test_the_tables_hold_our_own_numbers(section: int, rows: dict[str, str]) -> None:
    """Each row begins with the number that the code has."""
    told = table(section)

    assert {name: told[name][: len(number)] for name, number in rows.items()} == rows


def test_numbers_outside_the_tables() -> None:
    """The verifier's rounds and salt, and what the AsyncAPI document says of the keep-alive."""
    assert f"{ROUNDS} rounds" in CONTRACT
    assert f"{SALT_BYTES} random bytes" in CONTRACT
    assert mqtt_link.KEEPALIVE_S == KEEPALIVE_S
