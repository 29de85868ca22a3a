"""AWS::CloudWatch::Alarm takes `Metrics`, for an expression of several metrics. The sandbox evaluates no alarm.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
"""

from typing import Any

from . import cloudformation


def apply() -> None:
    cloudformation.when_loaded(_mend_alarms)


def _mend_alarms() -> None:
    """Record such an alarm as one of the first metric of its expression."""
    from ministack.services.cloudformation import provisioners

    record = provisioners._cw_metric_alarm_record

    def record_with_metrics(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        metrics = properties.get("Metrics")
        if not metrics:
            return record(name, properties)
        first = next(each["MetricStat"]["Metric"] for each in metrics if "MetricStat" in each)
        plain = {key: value for key, value in properties.items() if key != "Metrics"}
        return record(name, {**plain, "MetricName": first["MetricName"], "Namespace": first["Namespace"]})

    provisioners._cw_metric_alarm_record = record_with_metrics
