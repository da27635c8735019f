"""Hatchling's hook: a wheel or an editable install gets the pages' assets built first."""

# ruff: noqa: INP001 - run by its path, never imported

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface  # type: ignore[import-not-found, unused-ignore]


class AssetsBuildHook(BuildHookInterface[Any]):  # type: ignore[misc, unused-ignore]
    """Builds `broadcaster/web/static/`; a source distribution needs nothing built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build for both kinds of wheel, `standard` and `editable`; stop with one sentence."""
        if self.target_name != "wheel":
            return
        building = runpy.run_path(str(Path(__file__).with_name("build_static.py")))
        try:
            building["build_static"]()
        except building["AssetsNotBuiltError"] as failure:
            self.app.abort(str(failure))
