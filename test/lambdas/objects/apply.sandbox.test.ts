import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { apply } from '../../../lambdas/objects/apply.ts'
import { clientOf } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()

const owner = { deployment: '123456789012/eu-central-1/workload-identity', cluster: 'prod' }

const account: Manifest = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'reader', namespace: 'default' },
}

describe('applying an object', () => {
  it('is unchanged when another client creates an equal object between the dry run and the read', async () => {
    const labels = { 'app.kubernetes.io/managed-by': 'workload-identity' }
    const withUid = (uid: string) => ({ ...account, metadata: { ...account.metadata, labels, uid } })
    const tried = [withUid('of the dry run'), withUid('of somebody')]
    const calls = {
      owner,
      read: async () => withUid('of somebody'),
      serverSideApply: async () => ({ object: tried.shift() ?? withUid('one too many') }),
    }

    expect(await apply(calls, account, { adopt: false })).toMatchObject({ action: 'unchanged' })
  })

  it('is unchanged when a controller writes to it between the read and the dry run', async () => {
    const labels = { 'app.kubernetes.io/managed-by': 'workload-identity' }
    const at = (resourceVersion: string, annotations = {}) => ({
      ...account,
      metadata: { ...account.metadata, labels, annotations, uid: 'u', resourceVersion },
    })
    const later = at('2', { 'deployment.kubernetes.io/revision': '1' })
    const read = [at('1')]
    const calls = { owner, read: async () => read.shift() ?? later, serverSideApply: async () => ({ object: later }) }

    expect(await apply(calls, account, { adopt: false })).toMatchObject({ action: 'unchanged' })
  })

  it('is written when it differs, although a controller writes to it again and again', async () => {
    let version = 0
    const next = (role: string) => {
      version += 1
      const labels = { 'app.kubernetes.io/managed-by': 'workload-identity' }
      const metadata = { ...account.metadata, labels, annotations: { role }, uid: 'u', resourceVersion: `${version}` }
      return { ...account, metadata }
    }
    const calls = { owner, read: async () => next('old'), serverSideApply: async () => ({ object: next('new') }) }

    expect(await apply(calls, account, { adopt: false })).toMatchObject({ action: 'updated' })
  })

  it.each(['GET', 'PATCH'])('reports the verb that was refused: %s', async (method) => {
    const cluster = await clusters.emulate(`refuses-${method.toLowerCase()}`)
    cluster.faults.add({ kind: 'refuse', operation: `${method} /api/v1/namespaces/default/*`, times: 1 })
    const verb = method === 'GET' ? 'get' : 'patch'

    await expect(apply(clientOf(cluster), account, { adopt: false })).rejects.toMatchObject({
      name: 'AccessDenied',
      reason: expect.stringContaining(`may not ${verb} serviceaccounts on cluster ${cluster.name}`),
    })
  })
})
