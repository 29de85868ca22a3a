"""Scenarios come in as lines of JSON, outcomes go out as lines of JSON.

The first line that comes in is `{"definitions": {...}}`, with the state machines by their names.
"""

import json
import sys
from collections.abc import Callable
from typing import Any


def serve(run: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]) -> None:
    """Answer each scenario with what `run` gives for its definition and itself."""
    # What an engine prints must not come between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    definitions = json.loads(sys.stdin.readline())["definitions"]
    for line in sys.stdin:
        scenario = json.loads(line)
        outcome = run(definitions[scenario["machine"]], scenario)
        answers.write(json.dumps(outcome) + "\n")
        answers.flush()
