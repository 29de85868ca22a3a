"""moto's unpatched server, except that it ends when its standard input does: `python -m moto_peer`."""

import os
import sys
import threading

from moto.server import main


def _end_with_standard_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=_end_with_standard_input, daemon=True).start()
main(["--host", "127.0.0.1", "--port", os.environ["PORT"]])
