"""Layers in front of MiniStack's services: the ingress, a log of calls, faults on request, a control path for tests."""

from .server import install

__all__ = ["install"]
