import { beforeAll, describe, expect, it } from 'vitest'
import { ApiClient } from '../../sandbox/kubernetes/api-client.ts'
import { exchangeOf, refusedOf, repeatedDuring } from './support/exchanges.ts'
import { type ExistingCluster, existingCluster } from './support/existing-cluster.ts'
import type { OperationAnswer } from './support/operation.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

const hostedIssuer = ({ name }: ExistingCluster) => `https://${running.sandbox.deployment.outputs.IssuerHost}/${name}`

const moving = { discovery: { hosting: 'deployment' }, 'cluster.issuerUrl': undefined }

/** What the operation asks for at this step. */
const askedAt = (state: string) => (operation: OperationAnswer) =>
  operation.steps.find((step) => step.state === state)?.waitingFor !== undefined

/** What pods do with their tokens, every 200 ms: an old one at STS, one of now at STS, and an old one at the API server. */
async function usingTokens<Result>(own: ExistingCluster, work: () => Promise<Result>) {
  const { cluster, roleArn } = own
  const [account] = cluster.objects('ServiceAccount', 'reports').filter(({ metadata }) => metadata.name === 'exporter')
  const subject = { namespace: 'reports', name: 'exporter', uid: account?.metadata.uid ?? '' }
  const tokenFor = async (audiences: readonly string[]) => (await cluster.signer.sign(subject, audiences, 3600)).token
  const [old, oldForApi] = await Promise.all([tokenFor(['sts.amazonaws.com']), tokenFor(cluster.signer.issuers)])
  const api = new ApiClient({ port: cluster.port, caPem: cluster.caPem, token: async () => oldForApi })
  const reviewed = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' }
  const spec = { nonResourceAttributes: { path: '/version', verb: 'get' } }
  const ask = async () => {
    await api.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { ...reviewed, spec })
  }
  const oldAtSts = exchangeOf(running, roleArn, async () => old)
  const newAtSts = exchangeOf(running, roleArn, () => tokenFor(['sts.amazonaws.com']))
  const atApi = await repeatedDuring(ask, () => repeatedDuring(newAtSts, () => repeatedDuring(oldAtSts, work)))
  const ofNew = atApi.result
  const ofOld = ofNew.result
  return { result: ofOld.result, uses: [atApi, ofNew, ofOld].map(({ exchanges }) => exchanges) }
}

describe('a cluster that has published its keys itself', () => {
  it('moves to a hosted issuer, and no token is refused meanwhile: neither an old one nor one of the moment', async () => {
    const own = await existingCluster(running, 'moved')
    const issuer = hostedIssuer(own)
    expect((await running.setUp(own.body())).error).toBeUndefined()

    const { result, uses } = await usingTokens(own, async () => {
      const location = await running.start(own.body(moving))
      const asked = await running.until(location, askedAt('CheckIssuer'))
      own.cluster.setIssuers([issuer, own.issuerUrl])
      return { asked, ended: await running.ended(location) }
    })
    const instruction = result.asked.steps.find(({ state }) => state === 'CheckIssuer')?.waitingFor
    expect(instruction).toContain(issuer)
    expect(instruction).toContain(own.issuerUrl)
    expect(result.ended).toMatchObject({ status: 'succeeded', result: { proofs: [{ mutation: 'mutated' }] } })
    for (const each of uses) {
      expect(each.length).toBeGreaterThan(5)
      expect(refusedOf(each)).toEqual([])
    }
  })
})
