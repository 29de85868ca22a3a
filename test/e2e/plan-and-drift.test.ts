import { DeleteRolePolicyCommand } from '@aws-sdk/client-iam'
import { beforeAll, expect, it } from 'vitest'
import type { Cluster } from '../../sandbox/kubernetes/index.ts'
import { send } from '../sandbox/kubernetes/support.ts'
import { iamClient } from './support/aws-clients.ts'
import { type ExistingCluster, existingCluster } from './support/clusters/existing-cluster.ts'
import { asRequested, driftOf, namedIn, planOf, writesIn } from './support/runs/comparison.ts'
import { type System, system } from './support/system.ts'

let running: System
/** The first test sets it up, and the second one changes its objects from outside. */
let planned: ExistingCluster

beforeAll(async () => {
  running = await system()
  planned = await existingCluster(running, 'planned')
})

const webhook = 'pod-identity-webhook'
const namespace = 'workload-identity-webhook'

it('a plan for an existing cluster reports exactly the writes of the setup, and writes nothing', async () => {
  const { name, body } = planned
  const since = Date.now()
  const plan = await planOf(running, body())
  expect(await running.writesOf(name, since)).toEqual([])
  expect(plan).toMatchObject({ outcome: 'changes', unknown: [], problems: [] })

  const done = await running.setUp(body())
  expect(done.error).toBeUndefined()
  expect(writesIn(done.steps.flatMap(({ changes }) => changes))).toEqual(writesIn(plan.writes))
  expect(await planOf(running, body())).toMatchObject({ outcome: 'unchanged', writes: [], unknown: [], problems: [] })
  expect(await driftOf(running, name)).toEqual(asRequested)
})

it('drift names exactly the fields and objects that were changed from outside, with the field manager, and is empty after the next setup', async () => {
  const { name, cluster, body, roleArn } = planned
  const iam = iamClient(running)
  await iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: 'workload-identity' }))
  iam.destroy()
  const budget = cluster.store.get('PodDisruptionBudget', webhook, namespace)
  if (budget) cluster.store.remove(budget)
  await scale(cluster, 1)

  const since = Date.now()
  const observed = await driftOf(running, name)
  const deployment = `Deployment ${namespace}/${webhook}`
  expect(namedIn(observed)).toEqual(
    [
      `${deployment}: spec.replicas`,
      `${roleArn}: inlinePolicy`,
      `missing PodDisruptionBudget ${namespace}/${webhook}`,
    ].sort(),
  )
  expect(observed.changed).toContainEqual(
    expect.objectContaining({ object: deployment, desired: 2, observed: 1, manager: 'kubectl-scale' }),
  )
  expect(observed.problems).toMatchObject([{ name: 'FieldConflict', object: deployment }])

  await running.sandbox.secrets.keep(`${name}/user-cluster`, withoutRights(cluster.kubeconfig()))
  const unauthorized = await driftOf(running, name)
  expect(namedIn(unauthorized)).toEqual([`${roleArn}: inlinePolicy`])
  expect(unauthorized.unreachable).toEqual(
    expect.arrayContaining(
      [deployment, `MutatingWebhookConfiguration ${webhook}`, 'ServiceAccount reports/exporter'].map((object) => ({
        object,
        name: 'InvalidCredentials',
      })),
    ),
  )
  const incomplete = await planOf(running, body())
  expect(incomplete).toMatchObject({ outcome: 'incomplete', reason: expect.stringContaining(`${name}/user-cluster`) })
  expect(await running.writesOf(name, since)).toEqual([])

  await running.sandbox.secrets.keep(`${name}/user-cluster`, cluster.kubeconfig())
  const refused = await running.setUp(body({ adopt: false }))
  const action = expect.stringContaining('adopt: true')
  expect(refused.error).toMatchObject({ name: 'FieldConflict', object: deployment, action })
  expect((await running.setUp(body({ adopt: true }))).error).toBeUndefined()
  expect(await driftOf(running, name)).toEqual(asRequested)
})

/** As `kubectl scale` does. */
async function scale(cluster: Cluster, replicas: number): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${webhook}?fieldManager=kubectl-scale`
  const sent = { body: { spec: { replicas } }, contentType: 'application/merge-patch+json' }
  expect(await send(cluster, `PATCH ${path}`, sent)).toMatchObject({ code: 200 })
}

function withoutRights(kubeconfig: string): string {
  return kubeconfig.replace(/(token"?: *"?)[^"\n]+/, '$1revoked')
}
