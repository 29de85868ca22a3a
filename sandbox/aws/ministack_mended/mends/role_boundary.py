"""AWS::IAM::Role keeps its PermissionsBoundary."""

from collections.abc import Callable
from typing import Any

from ministack.services import iam

from . import cloudformation


def apply() -> None:
    cloudformation.when_loaded(_mend_handlers)


def _mend_handlers() -> None:
    """Set the boundary after CloudFormation's own handlers, which drop it."""
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"] = {
        **handlers,
        "create": _with_boundary(handlers["create"], properties=1),
        "update": _with_boundary(handlers["update"], properties=2),
    }


def _with_boundary(provision: Callable[..., Any], properties: int) -> Callable[..., Any]:
    """`properties` is the position of the new properties among the arguments."""

    def provision_with_boundary(*arguments: Any, **more: Any) -> Any:
        result = provision(*arguments, **more)
        name = result[0]
        iam._roles[name] = {**iam._roles[name], "PermissionsBoundary": arguments[properties].get("PermissionsBoundary")}
        return result

    return provision_with_boundary
