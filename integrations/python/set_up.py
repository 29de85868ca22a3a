"""Sends the request of a JSON file, and waits for its proof: set_up.py URL FILE

The package `workload_identity` is what generate.py has written.
"""

import json
import sys
import time

from workload_identity import Client
from workload_identity.api.operations import get_operation
from workload_identity.api.setups import start_setup
from workload_identity.models import Operation, OperationStatus, OperationSummary, SetupRequest

SECONDS_BETWEEN_LOOKS = 2
ENDED = (OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.CANCELLED)


def wanted(answer, model):
    """The answer, if it is of this model; the API tells what is wrong as a Problem."""
    if isinstance(answer, model):
        return answer
    raise SystemExit(f"The API refused the request: {answer.to_dict() if answer else 'no answer that is described'}")


def main(url, file):
    client = Client(base_url=url)
    with open(file) as text:
        request = SetupRequest.from_dict(json.load(text))
    started = wanted(start_setup.sync(client=client, body=request), OperationSummary)
    while True:
        operation = wanted(get_operation.sync(started.operation_id, client=client), Operation)
        if operation.status in ENDED:
            break
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if operation.status != OperationStatus.SUCCEEDED:
        raise SystemExit(f"{operation.cluster}: {operation.error.to_dict()}")
    for proof in operation.result.proofs:
        print(f"{proof.subject} may act as {proof.role_arn}")


if __name__ == "__main__":
    main(*sys.argv[1:])
