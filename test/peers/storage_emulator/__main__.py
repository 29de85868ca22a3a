"""Runs gcp-storage-emulator on 127.0.0.1 until standard input ends. PORT and DATA_DIR are in the environment.

Standard input is a pipe of the parent process, so that this process ends with it, even after SIGKILL.
"""

import os
import sys

from gcp_storage_emulator.server import create_server

server = create_server("127.0.0.1", int(os.environ["PORT"]), data_dir=os.environ["DATA_DIR"])
server.start()
while sys.stdin.buffer.read(4096):
    pass
server.stop()
