"""The condition key dynamodb:LeadingKeys: the partition keys that a call to DynamoDB is about.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb

KEY = "dynamodb:LeadingKeys"


class ItemArn(str):
    """The ARN of the table of one item of a transaction, which is authorized by itself, with the item's partition key."""

    leading_keys: list[str]


def apply() -> None:
    """Add the key to what MiniStack knows of a call, and of each item of a transaction."""
    context_of = iam_actions.dynamodb_service_context
    checks_of = iam_actions.dynamodb_transaction_checks
    enforce = iam_evaluator.enforce

    def dynamodb_service_context(body: bytes) -> dict[str, Any]:
        return {**context_of(body), **_with_keys(_keys_of_call(_parsed(body)))}

    def dynamodb_transaction_checks(action: str, body: bytes, region: str, account: str) -> list[tuple[str, str]]:
        checks = checks_of(action, body, region, account)
        items = [detail for item in _parsed(body).get("TransactItems") or [] for detail in item.values()]
        return [(action, _item_arn(arn, item)) for (action, arn), item in zip(checks, items, strict=True)]

    def enforce_on_item(*args: Any, resource_arn: str = "*", service_context: Any = None, **more: Any) -> Any:
        keys = _with_keys(resource_arn.leading_keys) if isinstance(resource_arn, ItemArn) else {}
        return enforce(*args, resource_arn=resource_arn, service_context={**(service_context or {}), **keys}, **more)

    iam_actions.dynamodb_service_context = dynamodb_service_context
    iam_actions.dynamodb_transaction_checks = dynamodb_transaction_checks
    iam_evaluator.enforce = enforce_on_item


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _with_keys(keys: list[str]) -> dict[str, list[str]]:
    return {KEY: keys} if keys else {}


def _item_arn(arn: str, item: dict[str, Any]) -> ItemArn:
    keyed = ItemArn(arn)
    keyed.leading_keys = _keys_of_call(item)
    return keyed


def _keys_of_call(call: dict[str, Any]) -> list[str]:
    batches = call.get("RequestItems") or {}
    in_batches = [key for table, batch in batches.items() for key in _keys_in(table, None, batch.get("Keys") or [])]
    items = [call[part] for part in ("Key", "Item") if part in call]
    name, index = call.get("TableName"), call.get("IndexName")
    return [*in_batches, *_keys_in(name, index, items), *_queried(call, _partition_key(name, index))]


def _keys_in(table: Any, index: Any, items: list[dict[str, Any]]) -> list[str]:
    name = _partition_key(table, index)
    return [_text(item[name]) for item in items if name in item]


def _partition_key(table: Any, index: Any) -> str | None:
    definition = dynamodb._tables.get(str(table).split("/")[-1]) or {}
    indexes = [*(definition.get("GlobalSecondaryIndexes") or []), *(definition.get("LocalSecondaryIndexes") or [])]
    named = next((each for each in indexes if each["IndexName"] == index), definition)
    hashes = [key["AttributeName"] for key in named.get("KeySchema") or [] if key["KeyType"] == "HASH"]
    return hashes[0] if hashes else None


def _queried(call: dict[str, Any], name: str | None) -> Iterator[str]:
    """What the condition on the keys of a query requires of the partition key."""
    names = call.get("ExpressionAttributeNames") or {}
    values = call.get("ExpressionAttributeValues") or {}
    for attribute, value in re.findall(r"([#\w]+)\s*=\s*(:\w+)", call.get("KeyConditionExpression") or ""):
        if names.get(attribute, attribute) == name and value in values:
            yield _text(values[value])


def _text(value: dict[str, Any]) -> str:
    return str(next(iter(value.values())))
