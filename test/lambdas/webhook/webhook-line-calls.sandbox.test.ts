/** The four steps together: that a crash does no harm. */
import { describe, expect, it } from 'vitest'
import { type FaultKind, matchesPattern } from '../../../sandbox/faults.ts'
import type { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import type { WebhookCluster } from '../../support/webhook/webhook-setup.ts'

const world = webhookClusters()

/** What the setup is about, without what differs from one to the next. */
function endState(cluster: Cluster): unknown {
  const kinds = ['Namespace', 'ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'Secret']
  const more = ['Service', 'Deployment', 'PodDisruptionBudget', 'MutatingWebhookConfiguration']
  return [...kinds, ...more].flatMap((kind) =>
    cluster
      .objects(kind)
      .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'workload-identity')
      .map(({ metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`),
  )
}

/** What the steps have written, one pattern for each; the webhook and the controllers write too. */
function ownWrites(cluster: Cluster): string[] {
  const operations = cluster.calls
    .all()
    .filter(({ write, actor }) => write && !actor.startsWith('system:'))
    .map(({ operation }) => operation.replace(/(certificatesigningrequests\/)[^/]+/, '$1*'))
  return [...new Set(operations)]
}

/** How many calls of this operation a first run makes, the last of them the one that writes: a dry run comes before. */
function callsOf(operation: string): number {
  return operation.startsWith('PATCH') ? 2 : 1
}

function failLastCall(cluster: Cluster, operation: string, kind: FaultKind): void {
  let remaining = callsOf(operation)
  cluster.faults.take = (call) => {
    if (!matchesPattern(operation, call.operation)) return undefined
    remaining -= 1
    return remaining === 0 ? { kind, operation, times: 1 } : undefined
  }
}

async function isMadeGood(version: string, operation: string, parts: Crash): Promise<void> {
  const crashed = await world.emulate({ version })
  failLastCall(crashed.cluster, operation, parts.kind)
  await expect(parts.run(crashed), operation).rejects.toMatchObject({ transient: true })
  expect(ownWrites(crashed.cluster).includes(operation), operation).toBe(parts.kind === 'drop-response')
  await parts.run(crashed)
  expect(endState(crashed.cluster), operation).toEqual(parts.end)
}

interface Crash {
  readonly kind: FaultKind
  readonly run: (made: WebhookCluster) => Promise<unknown>
  readonly end: unknown
}

describe('a run that ends in the middle is made good by the next one', () => {
  it('after each write of the installation whose answer was lost', async () => {
    const run = (made: WebhookCluster) => made.deploy()
    const smooth = await world.emulate({ version: '1.20.9' })
    await run(smooth)
    const writes = ownWrites(smooth.cluster)
    expect(writes).toHaveLength(9)
    const crash = { kind: 'drop-response', run, end: endState(smooth.cluster) } as const
    for (const operation of writes) await isMadeGood('1.20.9', operation, crash)
  }, 60_000)

  it.each([
    ['after', 'drop-response'],
    ['before', 'unavailable'],
  ] as const)(
    '%s each write of the certificate, the canary and the activation',
    async (_when, kind) => {
      const run = (made: WebhookCluster) => made.setUp()
      const smooth = await world.emulate()
      await run(smooth)
      const writes = ownWrites(smooth.cluster).filter((operation) => /secrets|mutating|canary/.test(operation))
      expect(writes).toHaveLength(6)
      for (const operation of writes)
        await isMadeGood('1.33.2', operation, { kind, run, end: endState(smooth.cluster) })
    },
    60_000,
  )

  it('after an approval whose answer was lost', async () => {
    const made = await world.emulate({ version: '1.20.9' })
    const approval = 'PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/*/approval'
    failLastCall(made.cluster, approval, 'drop-response')
    await expect(made.setUp()).rejects.toMatchObject({ transient: true })
    await made.setUp()
    const requests = made.cluster.objects('CertificateSigningRequest')
    expect(requests.map((request) => objectsIn(at(request, 'status', 'conditions')).map(({ type }) => type))).toEqual(
      requests.map(() => ['Approved']),
    )
  })
})
