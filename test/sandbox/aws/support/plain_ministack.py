"""Unpatched MiniStack, except that it ends when its standard input does."""

import os
import sys
import threading

import ministack.app


def _end_with_standard_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=_end_with_standard_input, daemon=True).start()
ministack.app.main()
