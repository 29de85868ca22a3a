"""Properties that CloudFormation keeps and deletions that it refuses, where MiniStack does not.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import ministack.app
from ministack.services import iam, s3

from .replacing import replaces

Handler = Callable[..., Any]


@replaces(ministack.app, "_get_module")
def get_module(get: Callable[[str], Any], name: str) -> Any:
    """Patch CloudFormation at its first use: its import loads most other services and doubles the start time."""
    module = get(name)
    if name == "cloudformation":
        _patch()
    return module


@cache
def _patch() -> None:
    from ministack.services.cloudformation import provisioners

    _patch_buckets(provisioners)
    _patch_roles(provisioners)
    replaces(provisioners, "_cw_metric_alarm_record")(_record_with_metrics)


def _patch_buckets(provisioners: Any) -> None:
    """Keep the Tags of a bucket, and refuse to delete a bucket that is not empty."""
    handlers = dict(provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"])
    provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"] = handlers

    @replaces(handlers, "create")
    def create(provision: Handler, logical_id: str, properties: dict[str, Any], *more: Any) -> Any:
        return tagged(provision(logical_id, properties, *more), {}, properties)

    @replaces(handlers, "update")
    def update(provision: Handler, name: str, old: dict[str, Any], new: dict[str, Any], *more: Any) -> Any:
        return tagged(provision(name, old, new, *more), old, new)

    @replaces(handlers, "delete")
    def delete(remove: Handler, name: str, *more: Any) -> Any:
        if s3._buckets.get(name, {}).get("objects") or s3._bucket_has_versions(name):
            raise ValueError(f"The bucket {name} you tried to delete is not empty")
        return remove(name, *more)

    def tagged(result: Any, old: dict[str, Any], new: dict[str, Any]) -> Any:
        tags = s3._bucket_tags.pop(result[0], {})
        provisioners._reconcile_tag_map(tags, old, new)
        if tags:
            s3._bucket_tags[result[0]] = tags
        return result


def _patch_roles(provisioners: Any) -> None:
    """Keep the PermissionsBoundary of a role, which MiniStack's handlers drop."""
    handlers = dict(provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"])
    provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"] = handlers
    # The position of the new properties among the arguments.
    for operation, position in {"create": 1, "update": 2}.items():

        @replaces(handlers, operation)
        def provision_with_boundary(provision: Handler, *arguments: Any, position: int = position, **more: Any) -> Any:
            result = provision(*arguments, **more)
            boundary = arguments[position].get("PermissionsBoundary")
            iam._roles[result[0]] = {**iam._roles[result[0]], "PermissionsBoundary": boundary}
            return result


def _record_with_metrics(record: Handler, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Record an alarm on several `Metrics` as an alarm on the first metric. The sandbox does not evaluate alarms."""
    metrics = properties.get("Metrics")
    if not metrics:
        return record(name, properties)
    first = next(each["MetricStat"]["Metric"] for each in metrics if "MetricStat" in each)
    plain = {key: value for key, value in properties.items() if key != "Metrics"}
    return record(name, {**plain, "MetricName": first["MetricName"], "Namespace": first["Namespace"]})
