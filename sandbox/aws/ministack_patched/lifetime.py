"""Ends this process when its parent ends, and the processes of functions with it."""

import os
import signal
import sys
import threading
import time

from hypercorn.config import Config
from ministack.core import lambda_runtime

# Seconds for open connections to finish, and for the whole clean stop. Saving the state takes well under a second.
CONNECTION_GRACE = 1.0
STOP_GRACE = 8.0


def end_with_parent() -> None:
    """Stop cleanly when standard input ends: the parent has closed it or has ended, even by SIGKILL."""
    Config.graceful_timeout = CONNECTION_GRACE
    threading.Thread(target=_watch_standard_input, name="parent-watch", daemon=True).start()


def _watch_standard_input() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_GRACE)
    exit_now(1)


def exit_now(status: int) -> None:
    """End without waiting for threads: an execution that sleeps in a Wait state would keep the process alive."""
    lambda_runtime.reset()
    sys.stdout.flush()
    os._exit(status)
