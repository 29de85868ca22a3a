import type { Operation, Step } from '../../../client/api.ts'

/** An operation in the format of GET /v1/operations/{operationId}, with changed fields. */
export function operationWith(fields: Partial<Operation> = {}): Operation {
  return {
    operationId: '0199f3c2-7d1e-7c3a-9b52-4a8d7e6f1c20',
    kind: 'setup',
    cluster: 'prod-eu',
    status: 'running',
    requestedBy: 'arn:aws:iam::000000000000:user/alice',
    createdAt: '2026-11-25T10:00:00.000Z',
    request: {},
    steps: [],
    clusterEvents: [],
    ...fields,
  }
}

/** A running step, with changed fields. */
export function stepWith(fields: Partial<Step> = {}): Step {
  return {
    state: 'CreateRole',
    attempts: 1,
    startedAt: '2026-11-25T10:00:00.000Z',
    changes: [],
    status: 'running',
    ...fields,
  }
}
