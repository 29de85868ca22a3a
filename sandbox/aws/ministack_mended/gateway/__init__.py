"""What stands before MiniStack's services: a log of the calls, faults on request, and a control path for tests."""

from .server import install

__all__ = ["install"]
