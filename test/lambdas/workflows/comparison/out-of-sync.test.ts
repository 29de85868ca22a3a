import { expect, test } from 'vitest'
import type { StepItem } from '../../../../lambdas/operations/record/record.ts'
import { driftByOwner } from '../../../../lambdas/workflows/comparison/drift.ts'
import { outOfSync } from '../../../../lambdas/workflows/comparison/out-of-sync.ts'
import { driftRequest, item, recordedSteps } from '../../../support/steps/compared-steps.ts'

const role = 'arn:aws:iam::000000000000:role/r'

/** The conditions of the cluster and of its first workload, when these steps recorded something else. */
function conditionsOf(...others: readonly (Pick<StepItem, 'state'> & Partial<StepItem>)[]) {
  const steps = recordedSteps().map((step) => ({ ...step, ...others.find(({ state }) => state === step.state) }))
  const { cluster, workloads } = driftByOwner(driftRequest, steps)
  return { cluster: outOfSync(cluster, 'prod-eu'), workload: workloads[0] && outOfSync(workloads[0].drift, 'prod-eu') }
}

const changed = (...fields: readonly string[]) => [
  {
    object: role,
    action: 'updated' as const,
    differences: fields.map((field) => ({ field, desired: 'a', observed: 'b' })),
  },
]

test('without a difference no condition is False', () => {
  expect(conditionsOf()).toEqual({ cluster: undefined, workload: undefined })
})

test('a difference of a workload is only in its own condition, with the worst severity and the repair', () => {
  expect(conditionsOf({ state: 'CreateRole', item, changes: changed('trustPolicy', 'description') })).toEqual({
    cluster: undefined,
    workload: {
      status: 'False',
      reason: 'Drifted',
      severity: 'security',
      message: `changed ${role}: trustPolicy; changed ${role}: description. "wid drift prod-eu" shows all. Run "wid drift prod-eu --repair", which sends the recorded spec again`,
    },
  })
})

test('additions of others come first, with a separate reason, and the repair is offered only for the rest', () => {
  const additions = [{ field: 'policyArns', observed: 'arn:aws:iam::aws:policy/AdministratorAccess' }]
  const remove =
    'A setup does not remove what others have added. Remove it with the tool that added it, then run "wid drift prod-eu" again'
  const alone = conditionsOf({ state: 'CreateRole', item, changes: [{ object: role, action: 'unchanged', additions }] })
  expect(alone.workload).toEqual({
    status: 'False',
    reason: 'Added',
    severity: 'security',
    message: `added ${role}: policyArns. "wid drift prod-eu" shows all. ${remove}`,
  })
  const changes = changed('a', 'b', 'c').map((change) => ({ ...change, additions }))
  const { workload } = conditionsOf({ state: 'CreateRole', item, changes })
  expect(workload?.reason).toBe('Added')
  expect(workload?.message).toMatch(/^added .*; and 1 more\./)
  expect(workload?.message).toMatch(/again\. Run "wid drift prod-eu --repair", which sends the recorded spec again$/)
})

test('a refusal comes before the differences that it causes, with what to do first', () => {
  const refused = { name: 'FieldConflict', object: 'ServiceAccount a/b', reason: 'helm owns it', action: 'Remove it' }
  const changes = [{ ...changed('role-arn')[0], object: 'ServiceAccount a/b', action: 'updated' as const, refused }]
  expect(conditionsOf({ state: 'BindKsa', item, changes }).workload?.message).toBe(
    'ServiceAccount a/b: helm owns it (Remove it); changed ServiceAccount a/b: role-arn. "wid drift prod-eu" shows all. Do what each problem asks for. Then run "wid drift prod-eu --repair", which sends the recorded spec again',
  )
})

test('a removed value is missing, and one that is not desired is added, as in the report', () => {
  const differences = [
    { field: 'policyArns', desired: 'arn:a' },
    { field: 'policyArns', observed: 'arn:b' },
  ]
  const changes = [{ object: role, action: 'updated' as const, differences }]
  expect(conditionsOf({ state: 'CreateRole', item, changes }).workload?.message).toMatch(
    `missing ${role}: policyArns; added ${role}: policyArns.`,
  )
})

test('a tag that others have added is no difference', () => {
  const additions = [{ field: 'tags.team', observed: 'payments' }]
  const changes = [{ object: role, action: 'unchanged' as const, additions }]
  expect(conditionsOf({ state: 'CreateRole', item, changes }).workload).toBeUndefined()
})

test('of many differences three are named', () => {
  const { workload } = conditionsOf({ state: 'CreateRole', item, changes: changed('a', 'b', 'c', 'd', 'e') })
  expect(workload?.message).toMatch(/: a; .*: b; .*: c; and 2 more\./)
})

test('a difference of the webhook is only in the condition of the cluster', () => {
  const changes = [{ object: 'Deployment hooks/pod-identity-webhook', action: 'created' as const }]
  expect(conditionsOf({ state: 'DeployWebhook', changes })).toEqual({
    cluster: expect.objectContaining({
      reason: 'Drifted',
      severity: 'function',
      message: expect.stringContaining('missing Deployment hooks/pod-identity-webhook.'),
    }),
    workload: undefined,
  })
})

test('an object that cannot be read makes the condition Unknown', () => {
  const error = { name: 'Unreachable', object: 'API server', reason: 'it does not answer', action: 'Check the network' }
  expect(conditionsOf({ state: 'BindKsa', item, status: 'failed', changes: [], error }).workload).toEqual({
    status: 'Unknown',
    reason: 'Unreachable',
    message: expect.stringContaining('API server: it does not answer. Check the network.'),
  })
})
