"""A release as whoever installs it has it: signed, whole, at work where nothing else of it is."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from tests.brokers import free_port
from tests.programs import program_at

ROOT = Path(__file__).parents[2]
ELSEWHERE = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
"""The environment without what would point into this source tree."""

OF_THE_SOURCE = re.compile(r"\.(md|pyi)$|/assets/|package(-lock)?\.json$|pyproject\.toml$")
"""What tells about the code or builds it, and is no part of what runs."""


def tracked() -> list[str]:
    """The files of this source tree, committed or about to be."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [each for each in told.stdout.splitlines() if (ROOT / each).is_file()]


def run(*command: str | Path, cwd: Path = Path("/"), **environment: str) -> str:
    """Run to its end outside of this source tree; fetching may not be possible here."""
    ended = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, cwd=cwd, check=False,
        env=ELSEWHERE | environment,
    )  # fmt: skip
    if "No matching distribution found" in ended.stderr:
        pytest.skip("not run: no package index can be reached")
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `deploy/release.sh` makes of a copy of this source tree, beside who may sign."""
    folder = tmp_path_factory.mktemp("release")
    source, out = folder / "source", folder / "out"
    for each in tracked():
        (source / each).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / each, source / each)
    who = ("-c", "user.name=An", "-c", "user.email=an@xa.example", "-c", "commit.gpgsign=false")
    run("git", "init", "--quiet", cwd=source)
    run("git", "add", "--all", "--force", cwd=source)
    run("git", *who, "commit", "--quiet", "--message", "A release", cwd=source)
    new_key(folder, "key")
    run("deploy/release.sh", sys.executable, folder / "key", out, cwd=source)
    return out


def new_key(folder: Path, name: str) -> None:
    """A key to sign with, and the list of whose signature holds."""
    file = folder / name
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "an@xa.example", "-f", file)
    public = " ".join(file.with_suffix(".pub").read_text().split()[:2])
    (folder / f"{name}.signers").write_text(f'an@xa.example namespaces="loa-release" {public}\n')


def verified(release: Path, signers: Path) -> subprocess.CompletedProcess[str]:
    """What `deploy/verify-release.sh` says."""
    return subprocess.run(
        [ROOT / "deploy/verify-release.sh", release, signers, "an@xa.example"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.index
def test_a_release_is_whole_and_signed(release: Path) -> None:
    """Two wheels, a bill of each, the lock, the sums, the signature; and it verifies."""
    names = {re.sub(r"-\d+\.\d+\.\d+|-py3-none-any", "", each.name) for each in release.iterdir()}

    assert names == {
        "loa.whl", "loa_controller.whl", "loa.cdx.json", "loa-controller.cdx.json",
        "requirements.lock", "SHA256SUMS", "SHA256SUMS.sig",
    }  # fmt: skip
    assert verified(release, release.parent / "key.signers").returncode == 0


@pytest.mark.index
@pytest.mark.parametrize("harm", ["changed", "added", "another key", "sums"])
def test_what_nobody_signed_for_is_refused(release: Path, tmp_path: Path, harm: str) -> None:
    """A changed file, one more file, another signer, other sums."""
    copy = tmp_path / "copy"
    shutil.copytree(release, copy)
    signers = release.parent / "key.signers"
    match harm:
        case "changed":
            (copy / "requirements-0.1.0.lock").write_text("alembic==0\n")
        case "added":
            (copy / "loa-0.1.1-py3-none-any.whl").write_bytes(b"")
        case "another key":
            new_key(tmp_path, "other")
            signers = tmp_path / "other.signers"
        case "sums":
            (copy / "SHA256SUMS").write_text("")

    assert verified(copy, signers).returncode != 0


@pytest.mark.index
def test_the_wheel_holds_all_that_runs(release: Path) -> None:
    """Every module, migration, page, catalogue and table of data; and the pages' built assets."""
    wanted = {
        each
        for each in tracked()
        if each.split("/")[0] in {"broadcaster", "playlists", "devices"}
        and not OF_THE_SOURCE.search(each)
    }
    with zipfile.ZipFile(next(release.glob("loa-*.whl"))) as archive:
        held = set(archive.namelist())

    assert wanted - held == set()
    assert any(re.fullmatch(r"broadcaster/web/static/.+\.css", each) for each in held)
    assert any(re.fullmatch(r"broadcaster/web/static/.+\.woff2", each) for each in held)
    assert not {each for each in held if each.startswith(("tests/", "var/", "deploy/"))}


@pytest.fixture(scope="module")
def clean(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with the wheel, and with what it asks for and no more.

    The dependencies are those of this environment, seen by their path: nothing of this source tree
    comes with them, as what is installed editable is found by a file that is not read there.
    """
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    where = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    (Path(where) / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    run(
        sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps",
        "--no-index", next(release.glob("loa-*.whl")),
    )  # fmt: skip
    return folder / "bin"


@pytest.mark.index
@pytest.mark.processes
def test_it_runs_where_nothing_of_the_source_is(clean: Path, tmp_path: Path) -> None:
    """Its help, its version, a text read; a station founded, with every table; its first page."""
    home = str(tmp_path / "state")
    found = [
        "found", "--commune", "Sông Mây", "--province", "Hà Nội", "--admin", "quan",
        "--admin-name", "Phạm Quân", "--villages", "Cụm Đông: Thôn Một 312/1184",
        "--root-key-file", str(tmp_path / "root.key"),
    ]  # fmt: skip

    assert "backup" in run(clean / "loa", "--help", LOA_STATE_DIR=home)
    assert run(clean / "loa", "version", LOA_STATE_DIR=home).startswith("loa 0.")
    (tmp_path / "text").write_text("Quyết định số 57/QĐ-UBND")
    assert "năm mươi bảy" in run(clean / "loa", "read", tmp_path / "text", LOA_STATE_DIR=home)
    run(clean / "loa", *found, LOA_STATE_DIR=home)
    assert (tmp_path / "state" / "station.sqlite3").stat().st_size > 100_000
    where = run(clean / "python", "-c", "import broadcaster; print(broadcaster.__file__)")
    assert str(clean.parent) in where
    with serving(clean / "python", home) as at:
        page = fetched(f"{at}/sign-in").decode()
        sheet = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert sheet is not None
        assert len(fetched(at + sheet[1])) > 1_000


@contextmanager
def serving(python: Path, home: str) -> Iterator[str]:
    """The site of the station that was founded there; its address."""
    port = free_port()
    with subprocess.Popen(
        [python, "-m", "broadcaster.processes.site"], stdout=subprocess.PIPE, cwd="/",
        stderr=subprocess.DEVNULL, env=ELSEWHERE | {"LOA_STATE_DIR": home, "LOA_PORT": str(port)},
    ) as site:  # fmt: skip
        assert site.stdout is not None
        try:
            assert json.loads(site.stdout.readline())["event"] == "site_ready"
            yield f"http://127.0.0.1:{port}"
        finally:
            site.terminate()


def fetched(url: str) -> bytes:
    """What lies there."""
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - on the loopback
        body: bytes = answer.read()
        return body


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    """The writer of bills, which is run by its path."""
    return program_at("deploy/sbom.py")


def bill(*locks: str) -> dict[str, object]:
    """The bill of these locks."""
    told = subprocess.run(
        [sys.executable, ROOT / "deploy/sbom.py", *locks, "--name", "loa", "--version", "1"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    made: dict[str, object] = json.loads(told.stdout)
    return made


def test_a_bill_names_every_locked_package_with_the_hash_of_each_file() -> None:
    """In the form of CycloneDX 1.6; the same when it is written again."""
    lock = (ROOT / "requirements.lock").read_text()
    made = bill("requirements.lock")
    components = made["components"]
    assert isinstance(components, list)
    hashes = [
        each["value"]
        for one in components
        for each in one["properties"]
        if each["name"] == "loa:file:sha256"
    ]
    licensed = [each for each in components if each.get("licenses")]

    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    locked = sorted(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    assert sorted(each["name"] for each in components) == locked
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", lock))
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", str(made["serialNumber"]))
    assert len(licensed) > len(components) * 0.8
    assert made == bill("requirements.lock")


def test_packages_of_several_locks_are_named_once() -> None:
    """And what the controller locks is what the station locks."""
    both, one = (
        [each["purl"] for each in bill(*locks)["components"]]  # type: ignore[attr-defined]
        for locks in (
            ["requirements.lock", "deploy/controller/requirements.lock"], ["requirements.lock"],
        )
    )  # fmt: skip

    assert both == one


def test_a_lock_without_a_hash_makes_no_bill(sbom: ModuleType) -> None:
    """What could be anything is not vouched for."""
    hashed = f"a==1 ; x == 'y' \\\n  --hash=sha256:{'0' * 64}"

    assert len(list(sbom.read_lock(hashed))) == 1
    with pytest.raises(ValueError, match="b has no hash"):
        list(sbom.read_lock("b==1\n"))
