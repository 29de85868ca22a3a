/** A plan and a drift report the error that a setup would fail with. */
import {
  type IAMClient,
  TagOpenIDConnectProviderCommand,
  TagRoleCommand,
  UntagOpenIDConnectProviderCommand,
  UntagRoleCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { workloadsItem } from '../../../lambdas/operations/record/record.ts'
import type { KubeObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { iamClient, putRecord, readRecord } from '../../e2e/support/aws-clients.ts'
import { type ExistingCluster, existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { driftOf, planOf } from '../../e2e/support/runs/comparison.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { send } from '../../sandbox/kubernetes/support.ts'

let running: System
let iam: IAMClient
let own: ExistingCluster

beforeAll(async () => {
  running = await system()
  iam = iamClient(running)
  own = await existingCluster(running, 'refused')
  expect((await running.setUp(own.body())).error).toBeUndefined()
})
afterAll(() => iam?.destroy())

/** The error that plan, drift and setup must report. */
interface Refusal {
  readonly name: string
  readonly object: string
  readonly reason: string
}

interface Situation {
  readonly what: string
  readonly expected: () => { readonly name: string; readonly object: string }
  readonly change: () => unknown
  readonly undo: () => unknown
}

const account = {
  kind: 'ServiceAccount',
  namespace: 'reports',
  name: 'exporter',
  path: '/api/v1/namespaces/reports/serviceaccounts/exporter',
}
const webhook = { namespace: 'workload-identity-webhook', name: 'pod-identity-webhook' }
const deployment = {
  kind: 'Deployment',
  ...webhook,
  path: `/apis/apps/v1/namespaces/${webhook.namespace}/deployments/${webhook.name}`,
}
const configuration = { kind: 'MutatingWebhookConfiguration', name: webhook.name }
const roleAnnotation = 'eks.amazonaws.com/role-arn'

const situations: Situation[] = [
  {
    what: 'a role without one of its tags',
    expected: () => ({ name: 'OwnershipConflict', object: own.roleArn }),
    change: () => iam.send(new UntagRoleCommand({ RoleName: own.name, TagKeys: ['workload-identity:deployment'] })),
    undo: () => adopt(),
  },
  {
    what: 'a role with the tags of another cluster',
    expected: () => ({ name: 'OwnershipConflict', object: own.roleArn }),
    change: () => tagRole('other'),
    undo: () => tagRole(own.name),
  },
  {
    what: 'a provider without one of its tags',
    expected: () => ({ name: 'OwnershipConflict', object: own.providerArn }),
    change: () => {
      const removed = { OpenIDConnectProviderArn: own.providerArn, TagKeys: ['workload-identity:deployment'] }
      return iam.send(new UntagOpenIDConnectProviderCommand(removed))
    },
    undo: () => adopt(),
  },
  {
    what: 'a provider with the tags of another cluster',
    expected: () => ({ name: 'OwnershipConflict', object: own.providerArn }),
    change: () => tagProvider('other'),
    undo: () => tagProvider(own.name),
  },
  {
    what: 'a service account without its label',
    expected: () => ({ name: 'OwnershipConflict', object: 'ServiceAccount reports/exporter' }),
    change: () => edited(account, (metadata) => ({ ...metadata, labels: {} })),
    undo: () => adopt(),
  },
  {
    what: 'a service account with another role, set by kubectl',
    expected: () => ({ name: 'FieldConflict', object: 'ServiceAccount reports/exporter' }),
    change: () => patchAs('kubectl-annotate', account, otherRole),
    undo: () => adopt(),
  },
  {
    what: 'a Deployment with a field that another field manager owns',
    expected: () => ({ name: 'FieldConflict', object: `Deployment ${webhook.namespace}/${webhook.name}` }),
    change: () => patchAs('autoscaler', deployment, one),
    undo: () => putBack(deployment),
  },
  {
    what: 'a webhook configuration with the annotation of another deployment',
    expected: () => ({ name: 'OwnershipConflict', object: `MutatingWebhookConfiguration ${webhook.name}` }),
    change: () => {
      const owner = { 'workload-identity/deployment': '000000000000/eu-west-1/Another' }
      return edited(configuration, (metadata) => ({ ...metadata, annotations: { ...metadata.annotations, ...owner } }))
    },
    undo: () => putBack(configuration),
  },
  {
    what: 'a policy that the deployment no longer allows',
    expected: () => ({ name: 'InvalidRequest', object: 'workload reports/exporter' }),
    change: () => recordPolicies(['arn:aws:iam::aws:policy/AdministratorAccess']),
    undo: () => recordPolicies([]),
  },
]

const one = { spec: { replicas: 1 } }
const otherRole = { metadata: { annotations: { [roleAnnotation]: 'arn:aws:iam::000000000000:role/other' } } }

const spec = z.looseObject({ workloads: z.array(z.looseObject({ namespace: z.string(), serviceAccount: z.string() })) })
const recorded = z.object({ spec })
const invalid = z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })) })

it.for(situations)('plan, drift and setup report the same error for $what', async ({ expected, change, undo }) => {
  await change()
  try {
    const drifted = await driftOf(running, own.name)
    const planned = await plannedRefusals()
    const refused = await setup()
    expect(refused).toMatchObject([expected()])
    // A drift continues after the error that ends a setup.
    const first = drifted.problems.slice(0, 1).map(refusalOf)
    expect({ planned, first }).toEqual({ planned: refused, first: refused })
  } finally {
    await undo()
  }
  expect((await driftOf(running, own.name)).problems).toEqual([])
})

/** The request that changes nothing. */
async function request(): Promise<z.output<typeof spec>> {
  const response = await fetch(`${running.api}/v1/clusters/${own.name}`)
  return recorded.parse(await response.json()).spec
}

async function setup(): Promise<Refusal[]> {
  const body = await request()
  const response = await running.post(body)
  if (response.status === 400) return issuesOf(await response.json(), body)
  const { error } = await running.ended(response.headers.get('location') ?? '')
  return error ? [refusalOf(error)] : []
}

async function plannedRefusals(): Promise<Refusal[]> {
  const body = await request()
  const response = await running.postTo('/v1/plans', body)
  if (response.status === 400) return issuesOf(await response.json(), body)
  return (await planOf(running, body)).problems.map(refusalOf)
}

/** The issues of a 400 response, in the form of an operation's error. */
function issuesOf(answer: unknown, { workloads }: z.output<typeof spec>): Refusal[] {
  return invalid.parse(answer).issues.map(({ path, message }) => {
    const [, index, field] = /^workloads\[(\d+)\]\.(.+)$/.exec(path) ?? []
    const workload = workloads[Number(index)]
    const object = `workload ${workload?.namespace}/${workload?.serviceAccount}`
    return { name: 'InvalidRequest', object, reason: `${field} ${message}` }
  })
}

function refusalOf({ name, object, reason }: Refusal): Refusal {
  return { name, object, reason }
}

/** Adopts the changed object, then sends the request without adopt again. */
async function adopt(): Promise<void> {
  for (const adopts of [true, false]) {
    expect((await running.setUp(own.body({ adopt: adopts }))).error).toBeUndefined()
  }
}

function tagRole(cluster: string) {
  return iam.send(
    new TagRoleCommand({ RoleName: own.name, Tags: [{ Key: 'workload-identity:cluster', Value: cluster }] }),
  )
}

function tagProvider(cluster: string) {
  const Tags = [{ Key: 'workload-identity:cluster', Value: cluster }]
  return iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: own.providerArn, Tags }))
}

interface ObjectRef {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

const before = new Map<ObjectRef, KubeObject>()

function liveObject(ref: ObjectRef): KubeObject {
  const live = own.cluster.store.get(ref.kind, ref.name, ref.namespace)
  if (!live) throw new Error(`${ref.kind} ${ref.name} does not exist`)
  return live
}

function edited(ref: ObjectRef, edit: (metadata: KubeObject['metadata']) => KubeObject['metadata']): void {
  const live = liveObject(ref)
  before.set(ref, structuredClone(live))
  own.cluster.store.put({ ...live, metadata: edit(live.metadata) })
}

async function patchAs(manager: string, ref: ObjectRef & { readonly path: string }, body: object): Promise<void> {
  before.set(ref, structuredClone(liveObject(ref)))
  const sent = { body, contentType: 'application/merge-patch+json' }
  expect(await send(own.cluster, `PATCH ${ref.path}?fieldManager=${manager}`, sent)).toMatchObject({ code: 200 })
}

function putBack(ref: ObjectRef): void {
  const live = before.get(ref)
  if (live) own.cluster.store.put(live)
}

async function recordPolicies(policyArns: readonly string[]): Promise<void> {
  const key = { pk: `CLUSTER#${own.name}`, sk: 'WORKLOADS' }
  const { workloads } = workloadsItem.parse(await readRecord(running, key))
  const changed = workloads.map(({ role, ...ref }) => ({ ...ref, role: { ...role, policyArns } }))
  await putRecord(running, { ...key, workloads: changed })
}
