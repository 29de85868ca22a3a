"""Runs a command at its own terminal, and types an answer whenever its prompt is shown: [[PROMPT, ANSWER], ...]."""

import fcntl
import json
import os
import pty
import struct
import sys
import termios

dialogue = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    # Without a size, the command cannot redraw lines.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])

shown = ""
while True:
    try:
        read = os.read(terminal, 65536).decode(errors="replace")
    except OSError:  # On Linux, the child has closed the terminal.
        break
    if read == "":
        break
    sys.stdout.write(read)
    shown += read
    if dialogue and dialogue[0][0] in shown:
        _, answer = dialogue.pop(0)
        shown = ""
        os.write(terminal, answer.encode())

_, status = os.waitpid(child, 0)
sys.stdout.flush()
os._exit(os.waitstatus_to_exitcode(status) if not dialogue else 99)
