"""AWS::S3::Bucket keeps its Tags, and one that has contents is not deleted.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
"""

from typing import Any

from ministack.services import s3

from . import cloudformation


def apply() -> None:
    cloudformation.when_loaded(_mend_handlers)


def _mend_handlers() -> None:
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]

    def create(logical_id: str, properties: dict[str, Any], *more: Any) -> Any:
        return tagged(handlers["create"](logical_id, properties, *more), {}, properties)

    def update(name: str, old: dict[str, Any], new: dict[str, Any], *more: Any) -> Any:
        return tagged(handlers["update"](name, old, new, *more), old, new)

    def tagged(result: Any, old: dict[str, Any], new: dict[str, Any]) -> Any:
        tags = s3._bucket_tags.pop(result[0], {})
        provisioners._reconcile_tag_map(tags, old, new)
        if tags:
            s3._bucket_tags[result[0]] = tags
        return result

    def delete(name: str, *more: Any) -> Any:
        if s3._buckets.get(name, {}).get("objects") or s3._bucket_has_versions(name):
            raise ValueError(f"The bucket {name} you tried to delete is not empty")
        return handlers["delete"](name, *more)

    provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"] = {
        **handlers,
        "create": create,
        "update": update,
        "delete": delete,
    }
