"""A program in the simulator's place: it listens at the control port and ends with its input.

`python stand_in.py SOCKET [WORDS]`: with words it says them and fails instead.
"""

import json
import socket
import sys
import threading
from pathlib import Path

STATUS = {
    "answer": "status",
    "devices": 3,
    "running": True,
    "elapsed_s": 5.0,
    "total": {
        "cluster": "",
        "devices": 3,
        "connected": 2,
        "silent": 1,
        "planned": 2,
        "plan_version": 7,
        "cached": 1,
        "playing": 1,
        "finished": 4,
        "failed": 0,
        "rejected": 0,
        "muted": 0,
        "refused": 0,
        "faults": {"offline": 1},
    },
    "clusters": [],
    "processes": 2,
    "restarts": 0,
    "resident_bytes": 90_000_000,
    "cpu_s": 2.5,
}


def main() -> int:
    """Stand in."""
    path, words = sys.argv[1], sys.argv[2:]
    if words:
        sys.stderr.write("\n".join(words) + "\n")
        return 2
    Path(path).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    threading.Thread(target=_serve, args=(listener,), daemon=True).start()
    sys.stdin.read()
    Path(path).unlink()
    return 0


def _serve(listener: socket.socket) -> None:
    while True:
        line_to, _ = listener.accept()
        asked = json.loads(line_to.makefile("rb").readline())
        answer = STATUS if asked["do"] == "status" else {"answer": "ok", "devices": ["loa-1"]}
        line_to.sendall(json.dumps(answer).encode() + b"\n")
        line_to.close()


if __name__ == "__main__":
    raise SystemExit(main())
