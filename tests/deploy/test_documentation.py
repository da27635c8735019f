"""What is written about Loa is true: every command, setting, route, topic and metric is told."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from broadcaster.monitoring import measuring
from broadcaster.settings import Settings
from devices.protocol import topics
from devices.protocol.contract.published import FOLDER as CONTRACT
from tests.programs import program_at

ROOT = Path(__file__).parents[2]
INDEX = ROOT / "deploy" / "INDEX.md"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:broadcaster|devices|playlists|deploy|tests)/[\w./-]+)`")


def pages() -> Mapping[str, str]:
    """Every page of documentation, by its path."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {
        each: (ROOT / each).read_text("utf-8")
        for each in told.stdout.splitlines()
        if (ROOT / each).is_file()
    }


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """What writes the reference, which is run by its path."""
    return program_at("deploy/reference/write.py")


@pytest.mark.parametrize("name", ["commands.md", "routes.md"])
def test_every_command_and_every_route_is_told(reference: ModuleType, name: str) -> None:
    """As the code has them now: `make reference` writes both anew."""
    written = reference.PAGES[name]()

    assert (ROOT / "deploy" / "reference" / name).read_text("utf-8") == written
    assert written.count("\n## " if name == "commands.md" else "\n| `") > 50


def test_every_command_and_route_says_what_it_is_for(reference: ModuleType) -> None:
    """A command in both languages."""
    told = re.findall(r"^## `(.+)`\n\n(.*)$", reference.commands(), re.MULTILINE)
    empty = re.findall(r"^\| `(.+)` \|\s*\|$", reference.routes(), re.MULTILINE)

    assert [command for command, words in told if " / " not in words] == []
    assert empty == []


def test_every_setting_is_told() -> None:
    """In the table of the page that tells how Loa runs; and none that there is not."""
    text = (ROOT / "deploy" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (`LOA_[^|]+)\|", text, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`LOA_([A-Z0-9_]+)`", row)}

    assert told == {name.upper() for name in Settings.model_fields}


def test_every_topic_is_told() -> None:
    """In the contract: those of the AsyncAPI document, and those that the code makes."""
    text = (CONTRACT / "CONTRACT.md").read_text("utf-8")
    document = json.loads((CONTRACT / "asyncapi.json").read_text("utf-8"))
    addresses = {each["address"] for each in document["channels"].values()}
    made = {
        topics.plan("s", "c"), topics.now("s", "c"), topics.live("s", "c"), topics.config("s", "d"),
        topics.to_device("s", "d"),
        *(topics.from_device("s", "d", each) for each in topics.Upward),
    }  # fmt: skip
    filled = {
        each.replace("{station}", "s").replace("{cluster}", "c").replace("{device}", "d")
        for each in addresses
    }

    assert len(addresses) >= 7
    assert made <= filled
    short = [each.removeprefix("loa/1/{station}/") for each in addresses]
    assert [each for each in short if f"`{each}`" not in text] == []


def test_every_metric_is_told() -> None:
    """Each name that stands in the code stands in the table, which is held against a scrape."""
    source = Path(measuring.__file__).read_text("utf-8")
    names = set(re.findall(r'"((?:loa|process)_[a-z_]+)"', source))
    table = pages()["broadcaster/monitoring/README.md"]

    assert len(names) > 15
    assert [each for each in names if f"| `{each}` |" not in table] == []


def test_every_page_is_in_the_index_and_every_link_leads_somewhere() -> None:
    """One index for all of it, and nothing that points at what was moved away."""
    linked = {
        (INDEX.parent / target).resolve().relative_to(ROOT).as_posix()
        for target in LINK.findall(INDEX.read_text("utf-8"))
    }
    broken = [
        (page, target)
        for page, text in pages().items()
        for target in LINK.findall(text)
        if "://" not in target and not (ROOT / page).parent.joinpath(target).exists()
    ]

    assert set(pages()) - {"deploy/INDEX.md"} - linked == set()
    assert broken == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "deploy/ARCHITECTURE.md"])
def test_what_these_pages_send_one_to_is_there(page: str) -> None:
    """Every file and folder by its path."""
    named = PATH.findall(pages()[page])

    assert len(named) > 12
    assert [each for each in named if not (ROOT / each).exists()] == []


def test_the_guide_works_through_the_five_most_common_changes() -> None:
    """In an order of steps."""
    chapters = [
        (title.strip(), text)
        for title, _, text in (
            each.partition("\n") for each in pages()["CONTRIBUTING.md"].split("\n## ")[1:]
        )
    ]

    assert [title for title, _ in chapters] == [
        "A new voice", "A new confirmation kind", "A new report", "A new page",
        "A new reading rule",
    ]  # fmt: skip
    steps = {title: len(re.findall(r"^\d\. ", text, re.MULTILINE)) for title, text in chapters}
    assert min(steps.values()) >= 4


def test_the_architecture_has_one_picture_that_names_what_there_is() -> None:
    """It can be drawn, and says the three packages."""
    page = pages()["deploy/ARCHITECTURE.md"]
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", page)
    drawn = ET.parse(ROOT / "deploy" / picture)  # noqa: S314 - ours
    words = " ".join("".join(each.itertext()) for each in drawn.iter())

    assert all(f"{each}/" in words for each in ("broadcaster", "devices", "playlists"))
    assert {each.split("/")[1] for each in re.findall(r"broadcaster/\w+", words)} <= {
        each.name.removesuffix(".py") for each in (ROOT / "broadcaster").iterdir()
    } | {"app"}


def test_the_first_page_stays_short() -> None:
    """What it would add lies beside what it explains."""
    assert len(pages()["README.md"].splitlines()) <= 150
