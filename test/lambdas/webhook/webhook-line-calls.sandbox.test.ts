/** The four steps together after a crash. */
import { describe, expect, it } from 'vitest'
import { type FaultKind, matchesPattern } from '../../../sandbox/faults.ts'
import type { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import type { WebhookCluster } from '../../support/webhook/webhook-setup.ts'

const clusters = webhookClusters()

/** The objects of the product, without their contents, which differ from setup to setup. */
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

/** A pattern for each write of the steps, without those of the webhook and the controllers. */
function ownWrites(cluster: Cluster): string[] {
  const operations = cluster.calls
    .all()
    .filter(({ write, actor }) => write && !actor.startsWith('system:'))
    .map(({ operation }) => operation.replace(/(certificatesigningrequests\/)[^/]+/, '$1*'))
  return [...new Set(operations)]
}

/** The number of calls of this operation in a first run: a patch is preceded by its dry run. */
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

async function expectRecovery(version: string, operation: string, parts: Crash): Promise<void> {
  const crashed = await clusters.emulate({ version })
  failLastCall(crashed.cluster, operation, parts.kind)
  await expect(parts.run(crashed), operation).rejects.toMatchObject({ transient: true })
  expect(ownWrites(crashed.cluster).includes(operation), operation).toBe(parts.kind === 'drop-response')
  await parts.run(crashed)
  expect(endState(crashed.cluster), operation).toEqual(parts.end)
}

interface Crash {
  readonly kind: FaultKind
  readonly run: (webhook: WebhookCluster) => Promise<unknown>
  readonly end: unknown
}

describe('a second run completes a run that has failed', () => {
  it('after each write of the installation whose response was lost', async () => {
    const run = (webhook: WebhookCluster) => webhook.deploy()
    const undisturbed = await clusters.emulate({ version: '1.20.9' })
    await run(undisturbed)
    const writes = ownWrites(undisturbed.cluster)
    expect(writes).toHaveLength(9)
    const crash = { kind: 'drop-response', run, end: endState(undisturbed.cluster) } as const
    for (const operation of writes) await expectRecovery('1.20.9', operation, crash)
  }, 60_000)

  it.each([
    ['after', 'drop-response'],
    ['before', 'unavailable'],
  ] as const)(
    '%s each write of the certificate, the canary and the activation',
    async (_when, kind) => {
      const run = (webhook: WebhookCluster) => webhook.setUp()
      const undisturbed = await clusters.emulate()
      await run(undisturbed)
      const writes = ownWrites(undisturbed.cluster).filter((operation) => /secrets|mutating|canary/.test(operation))
      expect(writes).toHaveLength(6)
      for (const operation of writes)
        await expectRecovery('1.33.2', operation, { kind, run, end: endState(undisturbed.cluster) })
    },
    60_000,
  )

  it('after an approval whose response was lost', async () => {
    const webhook = await clusters.emulate({ version: '1.20.9' })
    const approval = 'PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/*/approval'
    failLastCall(webhook.cluster, approval, 'drop-response')
    await expect(webhook.setUp()).rejects.toMatchObject({ transient: true })
    await webhook.setUp()
    const requests = webhook.cluster.objects('CertificateSigningRequest')
    expect(requests.map((request) => objectsIn(at(request, 'status', 'conditions')).map(({ type }) => type))).toEqual(
      requests.map(() => ['Approved']),
    )
  })
})
