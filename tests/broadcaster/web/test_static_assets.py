"""The assets as the build made them: small, named by content, and nothing from elsewhere."""

import gzip
import json
import re
from pathlib import Path

import pytest

from broadcaster.web.frame import PACKAGE
from broadcaster.web.static_files import STATIC, AssetsMissing, manifest, static_url
from tests.clients import TestClient

ASSETS = PACKAGE / "web" / "assets"


def _size(name: str) -> int:
    return (STATIC / manifest()[name]).stat().st_size


def test_assets_may_be_kept_for_ever_and_are_all_there(client: TestClient) -> None:
    """Each name of the manifest is served, and a browser need never ask again."""
    for name in manifest():
        answer = client.get(static_url(name))

        assert answer.status_code == 200, name
        assert "immutable" in answer.headers["cache-control"]


def test_an_asset_that_is_not_there_is_not_remembered(client: TestClient) -> None:
    """A miss during an update must not stay a miss."""
    answer = client.get("/static/loa-000.css")

    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_missing_assets_are_named_with_the_remedy(tmp_path: Path) -> None:
    """An installation without built assets says so in one sentence."""
    with pytest.raises(AssetsMissing) as caught:
        manifest(tmp_path)

    assert "make install" in caught.value.message_vi


def test_the_pages_are_small_enough_for_a_village_phone() -> None:
    """Style at most 30 kB, script with htmx 60 kB; with type, a first page 150 kB on the wire.

    The village head's own pages load none of it: tests/broadcaster/village measures them.
    """
    style, script = _size("loa.css"), _size("htmx.js") + _size("loa.js")
    text = ("loa.css", "htmx.js", "loa.js", "sprite.svg")
    packed = sum(len(gzip.compress((STATIC / manifest()[n]).read_bytes())) for n in text)
    fonts = sum(_size(name) for name in manifest() if name.endswith(".woff2"))

    assert style <= 30_000
    assert script <= 60_000
    assert packed + fonts <= 150_000


def test_the_style_asks_nobody_else_for_anything() -> None:
    """Every address in the style sheet is a file of the same build."""
    style = (STATIC / manifest()["loa.css"]).read_text(encoding="utf-8")

    wanted = {url.strip("\"'").removeprefix("./") for url in re.findall(r"url\(([^)]+)\)", style)}
    assert wanted
    assert wanted <= set(manifest().values())


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    """A misspelt icon would be an empty square on the page."""
    sprite = (STATIC / manifest()["sprite.svg"]).read_text(encoding="utf-8")
    templates = "".join(p.read_text(encoding="utf-8") for p in PACKAGE.rglob("pages/**/*.html"))

    named = set(re.findall(r"""\bicon\(["']([\w-]+)["']\)""", templates))
    named |= set(re.findall(r"""icon_name=["']([\w-]+)["']""", templates))
    assert named
    assert {name for name in named if f'id="icon-{name}"' not in sprite} == set()


def test_every_package_is_pinned_by_integrity_and_by_no_address() -> None:
    """The lock names bytes, not places."""
    lock = json.loads((ASSETS / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert {name for name, entry in packages.items() if "integrity" not in entry} == set()
    assert "resolved" not in json.dumps(lock)
    assert "://" not in json.dumps(lock)


def test_licences_travel_with_what_they_license() -> None:
    """What is passed on to browsers carries its authors' terms."""
    notes = (STATIC / manifest()["licences.txt"]).read_text(encoding="utf-8")

    for package in ("htmx.org", "@fontsource/be-vietnam-pro", "@fontsource/inter", "@tabler/icons"):
        assert package in notes
