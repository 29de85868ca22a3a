"""A state machine can invoke, publish and start only what its role allows. MiniStack does not check the role."""

import contextvars
from collections.abc import Callable
from typing import Any

import ministack.app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, lambda_svc, stepfunctions

from ..replacing import replaces

_role_arn: contextvars.ContextVar[str] = contextvars.ContextVar("machine_role", default="")

# The action of each integration, the argument that names the resource, and AWS's error for a denial.
INTEGRATIONS = {
    "states:::lambda:invoke": ("lambda:InvokeFunction", "FunctionName", "Lambda.AWSLambdaException"),
    "states:::sns:publish": ("sns:Publish", "TopicArn", "SNS.AuthorizationErrorException"),
    "states:::states:startExecution": (
        "states:StartExecution",
        "StateMachineArn",
        "StepFunctions.AWSStepFunctionsException",
    ),
}


@replaces(stepfunctions, "_run_execution")
def run_as_machine(run: Callable[[str], None], arn: str) -> None:
    execution = stepfunctions._executions.get(arn) or {}
    machine = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}
    _role_arn.set(machine.get("roleArn", ""))
    run(arn)


@replaces(stepfunctions, "_invoke_resource")
def invoke_if_allowed(invoke: Callable[[str, Any], Any], resource: str, arguments: Any) -> Any:
    if ministack.app.AUTH:
        _check(resource, arguments)
    return invoke(resource, arguments)


def _check(resource: str, arguments: Any) -> None:
    integration = next((each for name, each in INTEGRATIONS.items() if name in resource), None)
    if integration is None:
        return
    action, argument, error = integration
    target = _arn_of(action, str(arguments.get(argument, "")))
    role = _role_arn.get().rpartition("/")[2]
    account = get_account_id()
    caller = f"arn:aws:sts::{account}:assumed-role/{role}/states"
    context = iam_evaluator.EvalContext(
        principal_arn=caller,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=target,
        region=get_region(),
    )
    policies = iam_evaluator._gather_role_policies(role, account)
    limits = iam_evaluator._permissions_boundary(iam._roles, role, account)
    decision = iam_evaluator.evaluate(context, policies, *limits).decision
    if decision != "Allow":
        message = iam_actions.identity_denial_message(action, caller, target, decision == "Deny")
        raise stepfunctions._ExecutionError(error, message)


def _arn_of(action: str, name: str) -> str:
    if name.startswith("arn:") or action != "lambda:InvokeFunction":
        return name
    _, config, _ = lambda_svc._get_func_record_for_ref(name)
    return config["FunctionArn"] if config else name
