"""Step Functions: where MiniStack's interpreter of state machines differs from AWS's."""


def apply() -> None:
    """Patch the interpreter in place: each module does so when it is imported."""
    from . import (
        clock,
        definitions,
        ending,
        expressions,
        fields,
        inline_map,
        limits,
        machine_role,
        names,
        nested,
        parallel,
        retrying,
    )

    # Last: it counts the items that inline_map runs.
    from . import history
