"""A JSONata expression may take a second: of processor time, as on machines that do nothing else.

MiniStack looks at the clock, and all executions share one processor: with twenty at once, any expression may be late.
"""

import time

from jsonata.timebox import Timebox

Timebox.current_milli_time = staticmethod(lambda: time.thread_time_ns() // 1_000_000)
