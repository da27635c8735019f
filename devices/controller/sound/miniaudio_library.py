"""The miniaudio package without numpy, and what the rest needs of it by name.

miniaudio takes numpy along wherever it happens to be installed: 20 MB that nothing here uses.
"""

import sys
from types import ModuleType
from typing import cast

# A name that stands for None cannot be imported (importlib's documented way to block one).
_HAD_NUMPY = "numpy" in sys.modules
sys.modules.setdefault("numpy", cast("ModuleType", None))
import miniaudio  # noqa: E402

if not _HAD_NUMPY:
    del sys.modules["numpy"]

__all__ = ["miniaudio"]
