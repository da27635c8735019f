"""Helpers' processes that end with whoever started them, even where that one is killed (Linux)."""

import ctypes
import signal

# <linux/prctl.h>
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def end_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Ask for this signal when the parent dies; also for `preexec_fn`, between fork and exec."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, by, 0, 0, 0)
