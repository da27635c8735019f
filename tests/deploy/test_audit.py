"""The audit of dependencies: what is known of a version is told, and what could not be asked is."""

import json
import urllib.request
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.programs import program_at

ROOT = Path(__file__).resolve().parents[2]

ADVISORY = """
id: PYSEC-2025-1
details: A template reads what it should not.
affected:
- package: {name: Some_Package, ecosystem: PyPI}
  ranges:
  - type: ECOSYSTEM
    events:
    - introduced: '2.0'
    - fixed: 2.11.3
    - introduced: '3.0'
    - last_affected: '3.1'
  versions: ['1.0.post1']
aliases: [CVE-2025-1]
modified: 2025-03-04T05:06:07.5Z
published: '2025-03-01T00:00:00Z'
"""
WITHDRAWN = """
id: PYSEC-2025-2
affected: [{package: {name: some-package, ecosystem: PyPI}, versions: ['2.5']}]
modified: '2025-05-04T05:06:07Z'
withdrawn: '2025-05-04T05:06:07Z'
"""


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """The program, which is run by its path."""
    return program_at("deploy/audit.py")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the database with an advisory, and one that was withdrawn."""
    folder = tmp_path / "vulns" / "some-package"
    folder.mkdir(parents=True)
    (folder / "PYSEC-2025-1.yaml").write_text(ADVISORY)
    (folder / "PYSEC-2025-2.yaml").write_text(WITHDRAWN)
    return tmp_path


@pytest.mark.parametrize(
    ("version", "is_known"),
    [
        ("1.0", False), ("1.0.post1", True), ("2.0", True), ("2.5", True), ("2.11.2", True),
        ("2.11.3", False), ("3.0", True), ("3.1", True), ("3.1.1", False),
    ],
)  # fmt: skip
def test_a_version_is_known_where_a_range_or_the_list_names_it(
    audit: ModuleType, copy: Path, version: str, *, is_known: bool
) -> None:
    """From what introduced it to what mended it, or to the last that has it."""
    found = audit.read_advisories(copy).about("some.package", version)

    assert [each["id"] for each in found] == ["PYSEC-2025-1"] * is_known


def test_a_version_that_nobody_can_compare_is_told(audit: ModuleType, copy: Path) -> None:
    """A person can."""
    assert audit.read_advisories(copy).about("some-package", "of our own")
    assert not audit.read_advisories(copy).about("another", "of our own")


def test_says_how_old_the_copy_is_and_takes_nothing_else_for_one(
    audit: ModuleType, copy: Path, tmp_path: Path
) -> None:
    """A folder without advisories would know of no hole in anything."""
    assert str(audit.read_advisories(copy).newest) == "2025-05-04"
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no advisories"):
        audit.read_advisories(tmp_path / "empty")


def test_answers_as_osv_does(audit: ModuleType, copy: Path) -> None:
    """The question of pip-audit, in the words of the public API."""

    def answer(version: str) -> dict[str, Any]:
        asked = {"package": {"name": "some-package", "ecosystem": "PyPI"}, "version": version}
        request = urllib.request.Request(url, json.dumps(asked).encode())  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=10) as said:  # noqa: S310 - on the loopback
            told: dict[str, Any] = json.load(said)
        return told

    with audit.answering(audit.read_advisories(copy)) as url:
        known, unknown = answer("2.5"), answer("2.11.3")

    (vuln,) = known["vulns"]
    assert (vuln["id"], vuln["aliases"]) == ("PYSEC-2025-1", ["CVE-2025-1"])
    assert (vuln["published"], vuln["modified"]) == ("2025-03-01T00:00:00Z", "2025-03-04T05:06:07Z")
    assert unknown == {}


def test_nothing_known_is_only_said_of_what_was_asked_about(audit: ModuleType) -> None:
    """An index without advisories knows of no hole, and must not be taken for a clean bill."""
    a, b, c = ("a", "1"), ("b", "2"), ("c", "3")
    clean = {"name": "A", "version": "1", "vulns": []}
    hole = {
        "name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1", "3"]}],
    }  # fmt: skip
    skipped = {"name": "c", "skip_reason": "not found"}

    assert audit.verdict({a}, [clean]) == (0, ["1 locked versions, 1 asked about, 0 known holes"])
    assert audit.verdict({a, c}, [clean, skipped]) == (
        2, ["c 3: not asked about (not found)", "2 locked versions, 1 asked about, 0 known holes"],
    )  # fmt: skip
    code, lines = audit.verdict({a, b, c}, [clean, hole, skipped])
    assert (code, lines[0]) == (1, "b 2: PYSEC-1, mended in 2.1 or 3")
    assert audit.verdict({a, b}, [clean])[0] == 2
    assert audit.verdict(set(), [])[0] == 2


def test_a_hole_is_told_though_another_lock_has_a_version_without_it(audit: ModuleType) -> None:
    """The controller's lock is resolved apart from the station's."""
    old = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": []}]}
    new = {"name": "a", "version": "2", "vulns": []}

    code, lines = audit.verdict({("a", "1"), ("a", "2")}, [old, new])

    assert (code, lines[0]) == (1, "a 1: PYSEC-1, mended in none")


def test_asks_about_what_other_interpreters_install_too(audit: ModuleType, tmp_path: Path) -> None:
    """A marker that is false here is true on the machine of somebody else."""
    lock = tmp_path / "lock"
    lock.write_text(
        "# resolved\n"
        "Num_Py==1.0 ; python_full_version < '3.12' \\\n    --hash=sha256:00\n"
        "num-py==2.0 ; python_full_version >= '3.12' \\\n    --hash=sha256:00\n"
        "uvicorn[standard]==3.0 \\\n    --hash=sha256:00\n"
    )

    pins = audit.pins_in(lock)

    assert pins == {("num-py", "1.0"), ("num-py", "2.0"), ("uvicorn", "3.0")}
    assert audit.in_turns(pins) == [[("num-py", "1.0"), ("uvicorn", "3.0")], [("num-py", "2.0")]]
    lock.write_text("somebody @ https://example.test/a.whl\n")
    with pytest.raises(ValueError, match="not a pinned version"):
        audit.pins_in(lock)


def test_what_could_not_be_asked_does_not_end_as_a_hole(
    audit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is no copy, as a lock that is not there."""
    (tmp_path / "lock").write_text("a==1\n")
    for asked in (["lock", "--database", str(tmp_path)], ["missing"]):
        monkeypatch.setattr("sys.argv", ["audit.py", str(tmp_path / asked[0]), *asked[1:]])

        assert audit.main() == 2
