"""Building the assets: only when something changed, and with one sentence when it fails."""

import json
import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest

from broadcaster.web.frame import PACKAGE
from broadcaster.web.static_files import STATIC

ASSETS = PACKAGE / "web" / "assets"


@pytest.fixture(scope="module")
def building() -> dict[str, Any]:
    """The build script's names; it is run by its path, as the build hook runs it."""
    return runpy.run_path(str(ASSETS / "build_static.py"))


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """A copy of the inputs to change at will."""
    return Path(shutil.copytree(ASSETS, tmp_path / "assets"))


@pytest.fixture
def static(building: dict[str, Any], assets: Path, tmp_path: Path) -> Path:
    """What was built from them, as its stamp says."""
    static = Path(shutil.copytree(STATIC, tmp_path / "static"))
    (static / "inputs.sha256").write_text(building["inputs_hash"](assets), encoding="utf-8")
    return static


def test_the_built_assets_belong_to_the_sources(building: dict[str, Any]) -> None:
    """What the tests look at was built from what the tree holds."""
    stamp = (STATIC / "inputs.sha256").read_text(encoding="utf-8").strip()

    assert building["inputs_hash"](ASSETS) == stamp, "run broadcaster/web/assets/build_static.py"


def test_a_second_build_does_nothing(building: dict[str, Any], assets: Path, static: Path) -> None:
    """With inputs unchanged neither Node nor the network is needed."""
    assert building["build_static"](assets=assets, static=static) is False


def test_any_changed_input_changes_the_hash(building: dict[str, Any], assets: Path) -> None:
    """A changed byte, a renamed and a removed file are all seen; droppings of Python are not."""
    inputs_hash = building["inputs_hash"]
    hashes = [inputs_hash(assets)]
    style = assets / "src" / "loa.css"
    style.write_text(style.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    hashes.append(inputs_hash(assets))
    style.rename(style.with_name("other.css"))
    hashes.append(inputs_hash(assets))
    (assets / "package-lock.json").unlink()
    hashes.append(inputs_hash(assets))
    (assets / "__pycache__").mkdir(exist_ok=True)
    (assets / "__pycache__" / "x.pyc").write_bytes(b"x")
    hashes.append(inputs_hash(assets))

    assert len(set(hashes)) == 4
    assert hashes[3] == hashes[4]


def test_a_missing_file_makes_a_build_due(
    building: dict[str, Any], assets: Path, static: Path
) -> None:
    """A stamp alone is not believed."""
    inputs = building["inputs_hash"](assets)
    is_current = building["_is_current"]

    whole = is_current(static, inputs=inputs)
    next(static.glob("loa-*.css")).unlink()

    assert (whole, is_current(static, inputs=inputs)) == (True, False)


def test_a_lock_that_cannot_be_met_ends_in_one_sentence(
    building: dict[str, Any], assets: Path, static: Path
) -> None:
    """Npm's refusal becomes a sentence with its cause; what was built before stays as it was."""
    (assets / "package-lock.json").unlink()
    before = sorted(path.name for path in static.iterdir())

    with pytest.raises(building["AssetsNotBuiltError"]) as caught:
        building["build_static"](assets=assets, static=static)

    sentence = str(caught.value)
    assert sentence.startswith("The page assets could not be fetched")
    assert "\n" not in sentence
    assert "package-lock" in sentence
    assert sorted(path.name for path in static.iterdir()) == before


def test_new_files_replace_the_old_ones(building: dict[str, Any], tmp_path: Path) -> None:
    """Files that no page names any more do not pile up."""
    built, static = tmp_path / "built", tmp_path / "static"
    for folder, name in ((built, "loa-2.css"), (static, "loa-1.css")):
        folder.mkdir()
        (folder / name).write_text("", encoding="utf-8")
    (built / "manifest.json").write_text(json.dumps({"loa.css": "loa-2.css"}), encoding="utf-8")

    building["_put_in_place"](built, static, inputs="abc")

    names = sorted(path.name for path in static.iterdir())
    assert names == ["inputs.sha256", "loa-2.css", "manifest.json"]
