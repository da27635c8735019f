"""LibreOffice and Poppler as readers of our files that know nothing of how they were made."""

import os
import shutil
import subprocess
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from PIL import Image

PATIENCE_S = 280
DPI = 60


def needed(*programs: str) -> None:
    """Leave a test out on a machine that lacks these, and say what to install."""
    if any(shutil.which(each) is None for each in programs):
        pytest.skip("not run: install LibreOffice and Poppler (make system-deps)")


def converted(files: Sequence[Path], *, to: str, into: Path) -> list[Path]:
    """The files as LibreOffice writes them in another format; it is started once for all."""
    needed("soffice")
    into.mkdir(exist_ok=True)
    profile = into / "profile"
    run(
        [
            "soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}",
            "--convert-to", to, "--outdir", str(into), *map(str, files),
        ]
    )  # fmt: skip
    return [into / f"{file.stem}.{to}" for file in files]


def text_of(pdf: Path) -> str:
    """All words of a PDF, in the order in which they stand on paper."""
    needed("pdftotext")
    return run(["pdftotext", "-layout", str(pdf), "-"])


def letters_of(text: str) -> str:
    """A text without its spaces: where letters come from two fonts, Poppler adds some."""
    return "".join(unicodedata.normalize("NFC", text).split())


def fonts_of(pdf: Path) -> list[Mapping[str, str]]:
    """The fonts that a PDF uses: name, and whether the file carries it."""
    needed("pdffonts")
    lines = run(["pdffonts", str(pdf)]).splitlines()
    start = lines[0].index("emb")
    return [
        {"name": line.split()[0], "embedded": line[start : start + 3].strip()} for line in lines[2:]
    ]


def pages_of(pdf: Path, into: Path) -> list[Image.Image]:
    """Every page as a grey picture."""
    needed("pdftoppm")
    run(["pdftoppm", "-gray", "-r", str(DPI), "-png", str(pdf), str(into / pdf.stem)])
    found = []
    for file in sorted(into.glob(f"{pdf.stem}-*.png")):
        with Image.open(file) as picture:
            found.append(picture.convert("L"))
    return found


def ink_box_mm(page: Image.Image) -> tuple[float, float, float, float]:
    """How far what is printed keeps from the left, the top, the right and the bottom edge."""
    box = page.point(lambda shade: 255 if shade < 160 else 0).getbbox()
    assert box is not None, "an empty page"
    mm = 25.4 / DPI
    left, top, right, bottom = box
    return left * mm, top * mm, (page.width - right) * mm, (page.height - bottom) * mm


def run(command: Sequence[str]) -> str:
    """What a program prints; it must end well."""
    ended = subprocess.run(
        list(command),
        capture_output=True,
        check=True,
        timeout=PATIENCE_S,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    return ended.stdout.decode("utf-8")
