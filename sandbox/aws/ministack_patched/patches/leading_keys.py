"""The condition keys dynamodb:LeadingKeys and dynamodb:Attributes: the partition keys that a call to DynamoDB accesses, and
the attributes that a write of one item names. The latter is absent for transactions, batches and queries.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb

from .replacing import replaces

KEY = "dynamodb:LeadingKeys"
ATTRIBUTES = "dynamodb:Attributes"


class ItemArn(str):
    """The table's ARN with the partition key of one item of a transaction. Each item is authorized by itself."""

    leading_keys: list[str]


@replaces(iam_actions, "dynamodb_service_context")
def dynamodb_service_context(context_of: Callable[[bytes], dict[str, Any]], body: bytes) -> dict[str, Any]:
    """Add the partition keys of a call, and the attributes of a write."""
    call = _parsed(body)
    return {**context_of(body), **_with_keys(_keys_of_call(call)), **_with_attributes(call)}


@replaces(iam_actions, "dynamodb_transaction_checks")
def dynamodb_transaction_checks(checks_of: Any, action: str, body: bytes, *more: str) -> list[tuple[str, str]]:
    """Add the partition key of each item of a transaction to the check of the item."""
    checks = checks_of(action, body, *more)
    items = [detail for item in _parsed(body).get("TransactItems") or [] for detail in item.values()]
    return [(action, _item_arn(arn, item)) for (action, arn), item in zip(checks, items, strict=True)]


@replaces(iam_evaluator, "enforce")
def enforce_on_item(enforce: Any, *args: Any, resource_arn: str = "*", service_context: Any = None, **more: Any) -> Any:
    """Add the partition key when one item of a transaction is authorized."""
    keys = _with_keys(resource_arn.leading_keys) if isinstance(resource_arn, ItemArn) else {}
    return enforce(*args, resource_arn=resource_arn, service_context={**(service_context or {}), **keys}, **more)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _with_keys(keys: list[str]) -> dict[str, list[str]]:
    return {KEY: keys} if keys else {}


def _with_attributes(call: dict[str, Any]) -> dict[str, list[str]]:
    item = call.get("Key") or call.get("Item")
    if not item:
        return {}
    return {ATTRIBUTES: sorted({*item, *(call.get("ExpressionAttributeNames") or {}).values()})}


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
    """Yield the value that the key condition of a query requires for the partition key."""
    names = call.get("ExpressionAttributeNames") or {}
    values = call.get("ExpressionAttributeValues") or {}
    for attribute, value in re.findall(r"([#\w]+)\s*=\s*(:\w+)", call.get("KeyConditionExpression") or ""):
        if names.get(attribute, attribute) == name and value in values:
            yield _text(values[value])


def _text(value: dict[str, Any]) -> str:
    return str(next(iter(value.values())))
