"""The name of the interpreter's function for each type of state."""

EXECUTORS = tuple(f"_execute_{state}" for state in ("pass", "task", "choice", "wait", "parallel", "map"))
