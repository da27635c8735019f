"""A program of this repository that is run by its path, as a module whose parts can be asked."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]


def program_at(path: str) -> ModuleType:
    """The program at `path`, of the repository's top."""
    file = ROOT / path
    spec = importlib.util.spec_from_file_location(f"program_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look for the module that they are of.
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module
