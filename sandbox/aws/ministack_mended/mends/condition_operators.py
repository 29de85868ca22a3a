"""Operators of conditions: those of ARNs compare part by part, and Null takes several values.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from typing import Any

from ministack.core import iam_evaluator

PARTS = 6


def apply() -> None:
    """Replace MiniStack's operators for ARNs, which match the text as a whole, and its Null, which takes one value."""
    operators = iam_evaluator._CONDITION_OPS
    for name in ("arnequals", "arnlike"):
        operators[name] = _arn_like
    for name in ("arnnotequals", "arnnotlike"):
        operators[name] = lambda actual, expected: not _arn_like(actual, expected)

    evaluate = iam_evaluator._evaluate_single_condition

    def evaluate_condition(operator: str, actual: Any, expected: list[str]) -> bool:
        if operator.lower() == "null":
            return any(evaluate(operator, actual, [each]) for each in expected)
        return evaluate(operator, actual, expected)

    iam_evaluator._evaluate_single_condition = evaluate_condition


def _arn_like(actual: str, expected: str) -> bool:
    value, pattern = (arn.split(":", PARTS - 1) for arn in (actual, expected))
    return len(value) == len(pattern) == PARTS and all(map(iam_evaluator.fnmatch_iam_cs, value, pattern))
