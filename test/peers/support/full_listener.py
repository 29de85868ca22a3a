"""Fills the queue of a listening address, so that the kernel drops further connections.

Continues in a child process once the queue is full. Arguments: the address, the port.
"""

import os
import socket
import sys
import time

address = (sys.argv[1], int(sys.argv[2]))
listener = socket.create_server(address, backlog=0)
waiting = [socket.socket() for _ in range(4)]
for each in waiting:
    each.setblocking(False)
    each.connect_ex(address)
if os.fork() == 0:
    # The reader of the parent's output must not wait for this process.
    os.close(1)
    os.close(2)
    time.sleep(60)
