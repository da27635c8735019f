"""What shall go wrong in a rehearsal: profiles that come with the station, or one's own file.

A profile is checked by the simulator itself before anything starts.
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from broadcaster.rehearsal.errors import ProfileRefused
from broadcaster.web.language import msgid

SIMULATOR = "devices.simulation.rehearse"
LARGEST_PROFILE_BYTES = 64_000
CHECKED_WITHIN_S = 30.0
NO_FAULTS = "none"
OWN = "own"

PROFILES: Mapping[str, str] = {
    NO_FAULTS: msgid("Không có sự cố"),
    "storm": msgid("Bão về: mất điện, mất mạng từng lúc"),
    "decay": msgid("Xuống cấp âm thầm: âm ly câm, đầy bộ nhớ, sai giờ"),
    "attack": msgid("Bị phá: loa bị lấy cắp, lệnh giả"),
}
"""The profiles by name, in the order in which they are offered; the words are msgids."""

_FOLDER = Path(__file__).parent / "profiles"


def profile_text(chosen: str, *, own: bytes) -> str:
    """The TOML of what was chosen, an own file before all; empty for none.

    Raises ProfileRefused for a file that is no text or too large, and for an unknown name.
    """
    if own:
        return _own(own)
    if chosen == NO_FAULTS:
        return ""
    if chosen not in PROFILES:
        raise ProfileRefused(f"“{chosen[:40]}”")
    return (_FOLDER / f"{chosen}.toml").read_text("utf-8")


def check_profile(text: str, *, devices: int) -> None:
    """Let the simulator read it; raise ProfileRefused with all that is wrong in it."""
    if not text:
        return
    with TemporaryDirectory(prefix="loa-profile-") as folder:
        file = Path(folder) / "profile.toml"
        file.write_text(text, "utf-8")
        told = _asked(["--devices", str(devices), "--seed", "0", "--story", "--profile", str(file)])
    if told.returncode:
        raise ProfileRefused(_in_brackets(told.stderr))


def _own(data: bytes) -> str:
    if len(data) > LARGEST_PROFILE_BYTES:
        raise ProfileRefused(f"> {LARGEST_PROFILE_BYTES // 1_000} kB")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProfileRefused("UTF-8") from error


def _asked(arguments: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            [sys.executable, "-P", "-X", "utf8", "-m", SIMULATOR, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=CHECKED_WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ProfileRefused(f"> {CHECKED_WITHIN_S:.0f} s") from error


def _in_brackets(said: str) -> str:
    """What the simulator names at the end of its sentence."""
    last = said.strip().splitlines()[-1] if said.strip() else ""
    return last.partition(" (")[2].removesuffix(")")[:600] or last[:600]
