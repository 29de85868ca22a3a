"""Mends CloudFormation when it is first asked for: it loads most other services, which doubles the time of a start."""

from collections.abc import Callable
from functools import cache
from typing import Any

import ministack.app


def when_loaded(mend: Callable[[], None]) -> None:
    """Call `mend` once, as soon as CloudFormation is there."""
    get_module = ministack.app._get_module
    mend_once = cache(mend)

    def get_mended(name: str) -> Any:
        module = get_module(name)
        if name == "cloudformation":
            mend_once()
        return module

    ministack.app._get_module = get_mended
