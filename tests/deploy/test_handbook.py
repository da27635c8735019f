"""The operator's handbook says what the pages say: nobody looks for a button that is not there.

Its one convention: what stands in bold stands on a page, to the letter; `…` is for what the page
fills in. The English catalogue knows every sentence of the pages (`tests/broadcaster/web` sees to
that), so it is asked here what there is.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from broadcaster import app
from broadcaster.ledger.epochs import NEW_EPOCH, TWO_LIVE_EPOCHS
from broadcaster.ledger.storage import Reason
from broadcaster.ledger.wording import words_of_incident, words_of_storage
from broadcaster.web.language import ENGLISH_PO, read_catalogue
from broadcaster.web.play_marks import PLAY_MARKS
from tests.browser.pictures import COLOURS, PICTURES, SHOWN, Cut, shrunk

ROOT = Path(__file__).parents[2]
HANDBOOK = ROOT / "deploy" / "handbook"
PACKAGE = ROOT / "broadcaster"
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
COMMAND = re.compile(r"`loa ([a-z][a-z -]*)")
PICTURE = re.compile(r"!\[([^]]*)\]\(([^)]+)\)")
FILLED_IN = re.compile(r"%\(\w+\)s|%\(num\)s")
HEADING = re.compile(r'{% block heading %}{{ _\("([^"]+)"\) }}{% endblock %}')
ROW = re.compile(r"^\| \*\*([^*]+)\*\* \|.*\]\([a-z-]+\.md\) \|$", re.MULTILINE)
SAID = re.compile(r'_\("([^"]+)"')
LARGEST_PICTURE = 120_000


@cache
def chapters() -> Mapping[str, str]:
    """Every chapter by its file's name."""
    return {each.name: each.read_text("utf-8") for each in sorted(HANDBOOK.glob("*.md"))}


@cache
def on_pages() -> frozenset[str]:
    """Every sentence and word that a page may show, with `…` where it fills something in."""
    found = set()
    for message in read_catalogue(ENGLISH_PO):
        forms = (message.id,) if isinstance(message.id, str) else message.id
        found |= {FILLED_IN.sub("…", form).replace("%%", "%") for form in forms}
    return frozenset(found)


def in_bold(text: str) -> list[str]:
    """What a chapter says that a page shows."""
    return [" ".join(each.split()) for each in BOLD.findall(text)]


@cache
def told() -> frozenset[str]:
    """All that the handbook has in bold."""
    return frozenset(each for text in chapters().values() for each in in_bold(text))


@pytest.mark.parametrize("chapter", sorted(chapters()))
def test_what_stands_in_bold_stands_on_a_page(chapter: str) -> None:
    """To the letter: a button that was renamed is renamed here."""
    words = in_bold(chapters()[chapter])

    assert len(words) > 15
    assert [each for each in words if each not in on_pages()] == []


def test_a_word_that_no_page_has_is_named() -> None:
    """A button that never was, and one with another ending, are told apart from the real one."""
    words = in_bold(
        "Bấm **Duyệt cho phát**, **Duyệt\nngay**, **Duyệt cho phát.**, **Thêm cách đọc “…”**."
    )

    assert [each for each in words if each not in on_pages()] == ["Duyệt ngay", "Duyệt cho phát."]


def test_every_page_of_the_navigation_is_told() -> None:
    """On the first page, with what it is for and where more is said."""
    rows = ROW.findall(chapters()["README.md"])

    assert {each.label for each in app._NAVIGATION} <= set(rows)


def test_every_page_with_a_name_is_told() -> None:
    """By the heading under which people see it."""
    headings = {
        heading
        for page in PACKAGE.glob("*/pages/*.html")
        for heading in HEADING.findall(page.read_text("utf-8"))
    }

    assert len(headings) > 50
    assert sorted(headings - told()) == []


def test_every_mark_of_a_play_is_told() -> None:
    """With its sign and its word."""
    text = chapters()["README.md"]

    assert [each.word for each in PLAY_MARKS.values()
            if f"| {each.symbol} | **{each.word}** |" not in text] == []  # fmt: skip


def _notice_modules() -> Iterator[Path]:
    """The modules whose notices stand at the head of *Hôm nay*, as the application wires them."""
    tree = ast.parse(Path(app.__file__).read_text("utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        if any(each.name.endswith("_notices") for each in node.names):
            yield ROOT / f"{node.module.replace('.', '/')}.py"


def _sentences(tree: ast.AST) -> Iterator[str]:
    """What a module says; but for what only explains or leads on from a thing that it names."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.keyword(arg="note" | "link"):
                continue
            case ast.Call(func=ast.Name(id="msgid"), args=[ast.Constant(value=str(said))]):
                yield said
        yield from _sentences(node)


def test_everything_that_today_may_report_is_told() -> None:
    """Each notice at the head of the page, with what it means."""
    modules = list(_notice_modules())
    trees = [ast.parse(module.read_text("utf-8")) for module in modules]
    notices = {each for tree in trees for each in _sentences(tree)}

    assert len(modules) == 9
    assert len(notices) > 30
    assert sorted(notices - told()) == []


def test_everything_that_needs_a_look_is_told() -> None:
    """Each line of *Cần xem*; of its short joints and its own explanations no word is needed."""
    board = (PACKAGE / "schedule" / "pages" / "board.html").read_text("utf-8")
    listed = board.partition('id="look-title"')[2].partition('id="coming-title"')[0]
    lines = {FILLED_IN.sub("…", each) for each in SAID.findall(listed)}
    lines = {each for each in lines if len(each.split()) > 3 and not each.endswith(".")}
    causes = (PACKAGE / "schedule" / "pages" / "schedule_words.html").read_text("utf-8")
    causes = causes.partition("{% macro cause")[2].partition("endmacro")[0]
    explained = {words_of_storage(each) for each in Reason} | {
        words_of_incident(each) for each in (NEW_EPOCH, TWO_LIVE_EPOCHS)
    }

    assert len(lines) > 7
    assert len(SAID.findall(causes)) > 6
    assert sorted((lines | set(SAID.findall(causes)) | explained) - told()) == []


def test_every_command_is_there() -> None:
    """As the reference has it."""
    reference = (ROOT / "deploy" / "reference" / "commands.md").read_text("utf-8")
    known = set(re.findall(r"^## `loa (.+)`$", reference, re.MULTILINE))
    written = [each for text in chapters().values() for each in COMMAND.findall(text)]
    named = {each.split(" -")[0].strip() for each in written}

    assert len(named) > 8
    assert sorted(named - known) == []


def test_every_chapter_is_on_the_first_page_and_leads_back() -> None:
    """Nobody has to know the names of files."""
    others = set(chapters()) - {"README.md"}

    assert [each for each in others if f"]({each})" not in chapters()["README.md"]] == []
    assert [each for each in others if "](README.md)" not in chapters()[each]] == []


def test_every_picture_is_there_and_light() -> None:
    """What the chapters show is what the command makes, and a slow line loads it."""
    shown = [
        (says, (HANDBOOK / target).resolve())
        for text in chapters().values()
        for says, target in PICTURE.findall(text)
    ]

    assert {target.name for _, target in shown} == set(PICTURES)
    assert {target.parent for _, target in shown} == {SHOWN}
    assert all(says for says, _ in shown)
    for name in PICTURES:
        with Image.open(SHOWN / name) as picture:
            assert picture.width in {1280, 360}, name
        assert (SHOWN / name).stat().st_size < LARGEST_PICTURE, name


def test_a_picture_is_cut_and_drawn_in_few_colours() -> None:
    """From where it says to where it says, as wide as it was."""
    page = Image.linear_gradient("L").resize((360, 2000)).convert("RGB")

    made = shrunk(page, Cut("thon-1", top=100, height=700))
    whole = shrunk(page, Cut("thon-1", top=0, height=5000))

    assert (made.size, whole.size) == ((360, 700), (360, 2000))
    assert made.mode == "P"
    assert len(made.getcolors() or []) <= COLOURS
