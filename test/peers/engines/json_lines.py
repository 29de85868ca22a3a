"""Reads scenarios as lines of JSON, and writes outcomes as lines of JSON.

The first line of the input is `{"definitions": {...}}`, with the state machines by their names.
"""

import json
import sys
from collections.abc import Callable
from typing import Any


def serve(run: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]) -> None:
    """Write the result of `run` for each scenario and its definition."""
    # The output of an engine must not come between the outcomes.
    answers, sys.stdout = sys.stdout, sys.stderr
    definitions = json.loads(sys.stdin.readline())["definitions"]
    for line in sys.stdin:
        scenario = json.loads(line)
        outcome = run(definitions[scenario["machine"]], scenario)
        answers.write(json.dumps(outcome) + "\n")
        answers.flush()
