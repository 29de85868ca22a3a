"""Limits a JSONata expression to one second of processor time.

MiniStack measures elapsed time. All executions share one processor, so any of twenty executions may time out.
"""

import time

from jsonata.timebox import Timebox

Timebox.current_milli_time = staticmethod(lambda: time.thread_time_ns() // 1_000_000)
