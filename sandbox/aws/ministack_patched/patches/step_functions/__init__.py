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

    # Imported last, because it must wrap the function of inline_map that runs the items, to count them.
    from . import history
