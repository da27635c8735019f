"""Where tests put their files: into memory where there is room, so that no commit waits for a disk.

Programs are killed in these tests, machines are not: what a disk keeps through a power cut is none
of their subjects. `TMPDIR` overrules it.
"""

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - the point of it
_ROOM_BYTES = 6_000_000_000


def _has_room(folder: Path) -> bool:
    return (
        folder.is_dir()
        and os.access(folder, os.W_OK)
        and shutil.disk_usage(folder).free >= _ROOM_BYTES
    )


if "TMPDIR" not in os.environ and _has_room(_MEMORY):
    # Programs that tests start take it from the environment.
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None
