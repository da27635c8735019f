"""`python -m tests.benchmarks.bare_timers N AT_US`: N processes sleep until the same instant.

Each prints by how many microseconds it woke late: the least that this machine can do.
"""

import os
import sys
import time


def main() -> int:
    """Fork, sleep, wake, say."""
    processes, at_us = int(sys.argv[1]), int(sys.argv[2])
    children = [_fork(at_us) for _ in range(processes)]
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


def _fork(at_us: int) -> int:
    child = os.fork()
    if child:
        return child
    time.sleep(max(0, at_us - time.time_ns() // 1_000) / 1e6)
    os.write(1, f"{time.time_ns() // 1_000 - at_us}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
