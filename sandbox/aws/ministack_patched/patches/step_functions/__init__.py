"""Step Functions: where MiniStack's interpreter of state machines differs from AWS's."""

from . import (
    clock,
    definitions,
    ending,
    expressions,
    fields,
    history,
    inline_map,
    limits,
    machine_role,
    names,
    nested,
    parallel,
    retrying,
)


def apply() -> None:
    """Patch the interpreter in place."""
    fields.apply()
    expressions.apply()
    parallel.apply()
    inline_map.apply()
    limits.apply()
    machine_role.apply()
    clock.apply()
    retrying.apply()
    ending.apply()
    history.apply()
    definitions.apply()
    names.apply()
    nested.apply()
