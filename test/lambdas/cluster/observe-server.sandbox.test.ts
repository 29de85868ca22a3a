import { decodeJwt } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshAudience } from '../../../lambdas/clouds/kubernetes/fresh-token.ts'
import { listEvents, observeIdentity } from '../../../lambdas/cluster/observe-identity.cluster.ts'
import { listNodes, observeServer } from '../../../lambdas/cluster/observe-server.cluster.ts'
import type { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { exampleRequest } from '../../support/api/requests.ts'
import { foundThroughJson } from '../../support/kubernetes/cluster-parts.ts'
import { clientOf } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const issuer = 'https://issuers.example/user'
const clusters = reachableClusters()

describe('the cluster part of CheckCluster', () => {
  let user: Cluster
  beforeAll(async () => {
    user = await clusters.emulate('user', { issuer })
  })
  beforeEach(() => {
    user.faults.clear()
    user.calls.clear()
  })

  const { webhook, workloads } = exampleRequest('setup')
  const question = {
    target: { name: 'user', credentialsSecretArn: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:user' },
    audience: freshAudience(),
    hosted: false,
    needs: { webhook, workloads },
  }
  const reviews = () => user.calls.all().filter(({ operation }) => operation.includes('authorization.k8s.io'))

  it('reads the version, a token for the requested audience, and the missing rights', async () => {
    const found = await foundThroughJson(observeServer, user, question)
    expect(found).toMatchObject({
      server: { value: { gitVersion: user.gitVersion } },
      missing: { value: { rights: [] } },
    })
    const token = 'value' in found.token ? found.token.value : ''
    expect(decodeJwt(token)).toMatchObject({ iss: issuer, aud: [question.audience] })
    expect(reviews()).not.toEqual([])
  })

  it('reads the version although the API server refuses a token', async () => {
    user.faults.add({ kind: 'refuse', operation: 'POST *serviceaccounts/default/token*', times: 1 })
    expect(await foundThroughJson(observeServer, user, question)).toMatchObject({
      server: { value: {} },
      token: { error: { name: 'AccessDenied', object: expect.any(String) } },
    })
  })

  it('reviews no rights on a cluster of another issuer', async () => {
    await foundThroughJson(observeServer, user, { ...question, issuers: ['https://issuers.example/another'] })
    expect(reviews()).toEqual([])
  })

  it('lists the fields of nodes by which the distribution is recognised', async () => {
    const labels = { 'node.kubernetes.io/instance-type': 'k3s' }
    user.store.put({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n', labels, uid: 'n', resourceVersion: '', creationTimestamp: '2026-11-25T10:00:00Z' },
    })
    expect(await foundThroughJson(listNodes, user, {})).toEqual([
      { labels, annotations: {}, providerID: '', osImage: '' },
    ])
  })
})

describe('the management cluster part of CheckCluster', () => {
  const ref = { name: 'prod', namespace: 'default' }
  const issuerURL = 'https://issuers.example/prod'
  let management: Cluster
  beforeAll(async () => {
    management = await clusters.emulate('management', { management: true })
  })

  it('reports a missing AWSCluster, and the identity of an existing one', async () => {
    const { server } = clientOf(management)
    expect(await foundThroughJson(observeIdentity, management, ref)).toEqual({ server, isThere: false })
    management.store.put({
      apiVersion: 'multicloud.cluster.gke.io/v1',
      kind: 'AWSCluster',
      metadata: { ...ref, uid: 'uid', resourceVersion: '', creationTimestamp: '2026-11-25T10:00:00Z' },
      status: { clusterID: 'id', workloadIdentityInfo: { issuerURL } },
    })
    expect(await foundThroughJson(observeIdentity, management, ref)).toEqual({
      server,
      isThere: true,
      identity: { clusterId: 'id', issuerUrl: issuerURL },
    })
  })

  it('lists events, and none without the right', async () => {
    management.store.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'default', uid: 'e', resourceVersion: '', creationTimestamp: '' },
      involvedObject: { apiVersion: 'multicloud.cluster.gke.io/v1', kind: 'AWSCluster', ...ref },
      type: 'Warning',
      reason: 'SubnetFull',
      message: 'no address left',
      lastTimestamp: '2026-11-25T10:00:00Z',
    })
    expect(await foundThroughJson(listEvents, management, ref)).toMatchObject([{ reason: 'SubnetFull' }])
    management.faults.add({ kind: 'refuse', operation: 'GET *events*', times: 1 })
    expect(await foundThroughJson(listEvents, management, ref)).toEqual([])
  })
})
