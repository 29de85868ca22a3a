"""Takes no more connections at an address: its queue is full, and the kernel drops whoever comes then.

Goes on in a process of its own once that is so. Arguments: the address, the port.
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
    # Whoever reads what the parent writes must not wait for this process, too.
    os.close(1)
    os.close(2)
    time.sleep(60)
