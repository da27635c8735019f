"""Makes the handbook's pictures anew, of what a browser saw: `python -m tests.browser.pictures`.

Runs the walk over every page once, which keeps a picture of each, then cuts out of these what the
handbook shows. With `--kept` it takes what the last walk left.
"""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from PIL import Image

ROOT = Path(__file__).parents[2]
TAKEN = ROOT / "tests" / "artifacts" / "pages"
SHOWN = ROOT / "deploy" / "pictures"
WALK = "tests/browser/test_every_page.py::test_nobody_stumbles_over_a_page"
COLOURS = 128
"""With fewer, the green of a confirmation becomes a grey."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Which page's picture, and which of its rows, in pixels; less where the page is shorter."""

    page: str
    top: int = 0
    height: int = 1200


PICTURES: Mapping[str, Cut] = MappingProxyType(
    {
        "handbook-today.png": Cut("today-1.1280-light", height=1750),
        "handbook-write.png": Cut("bulletins.new-1.1280-light", top=190, height=1000),
        "handbook-bulletin.png": Cut("bulletins.bulletin_id-1.1280-light", top=190, height=820),
        "handbook-ledger.png": Cut("ledger-1.1280-light", top=190, height=720),
        "handbook-calendar.png": Cut("schedule.calendar-1.1280-light", top=190, height=1030),
        "handbook-live.png": Cut("live-1.1280-light", top=190, height=1000),
        "handbook-emergency.png": Cut("emergency-1.1280-light", top=600, height=1370),
        "handbook-board.png": Cut("emergency.emergency_id-1.1280-light", top=190, height=1440),
        "handbook-village.png": Cut("thon.village_id-1.360-dark", top=190, height=860),
        "handbook-devices.png": Cut("devices-1.1280-light", top=190, height=900),
    }
)
"""What the handbook shows, by its file in `deploy/pictures`."""


def shrunk(page: Image.Image, cut: Cut) -> Image.Image:
    """These rows of a page's picture in few colours, as wide as they were."""
    bottom = min(cut.top + cut.height, page.height)
    rows = page.convert("RGB").crop((0, cut.top, page.width, bottom))
    return rows.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def main(arguments: list[str]) -> int:
    """Take the pictures unless they are kept, and make the handbook's of them."""
    if "--kept" not in arguments:
        walk = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", WALK]
        if subprocess.run(walk, cwd=ROOT, check=False).returncode != 0:
            return 1
    for name, cut in PICTURES.items():
        with Image.open(TAKEN / f"{cut.page}.png") as page:
            shrunk(page, cut).save(SHOWN / name, optimize=True)
        size = (SHOWN / name).stat().st_size // 1000
        sys.stdout.write(f"» {(SHOWN / name).relative_to(ROOT)}: {size} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
