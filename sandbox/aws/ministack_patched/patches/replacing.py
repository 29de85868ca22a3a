"""Replaces functions of MiniStack. This works because MiniStack looks them up at each call."""

import functools
from collections.abc import Callable
from typing import Any


def replaces(owner: Any, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The decorated function replaces `name` of a module or a dict. Its first argument is the replaced function."""

    def put(replacement: Callable[..., Any]) -> Callable[..., Any]:
        if isinstance(owner, dict):
            owner[name] = functools.partial(replacement, owner.get(name))
        else:
            setattr(owner, name, functools.partial(replacement, getattr(owner, name)))
        return replacement

    return put
