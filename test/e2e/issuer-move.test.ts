import { beforeAll, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { ApiClient } from '../../sandbox/kubernetes/api-client.ts'
import { putRecord, readRecord } from './support/aws-clients.ts'
import { exchangeOf, refusedOf, repeatedDuring } from './support/clusters/exchanges.ts'
import { type ExistingCluster, existingCluster } from './support/clusters/existing-cluster.ts'
import { onlyThese, rotate } from './support/clusters/rotation.ts'
import type { OperationAnswer } from './support/operation.ts'
import { footprint } from './support/runs/footprint.ts'
import { type System, system } from './support/system.ts'

const clusterItem = z.looseObject({ status: z.looseObject({ formerIssuer: z.object({ issuerUrl: z.string() }) }) })

let running: System

beforeAll(async () => {
  running = await system()
})

const hostedIssuer = ({ name }: ExistingCluster) => `https://${running.sandbox.deployment.outputs.IssuerHost}/${name}`

const moving = { discovery: { hosting: 'deployment' }, 'cluster.issuerUrl': undefined }

const waitsAt = (state: string) => (operation: OperationAnswer) =>
  operation.steps.find((step) => step.state === state)?.waitingFor !== undefined

/** Uses tokens every 200 ms, as pods do: an old one at STS, a new one at STS, and an old one at the API server. */
async function usingTokens<Result>(own: ExistingCluster, work: (soFar: readonly unknown[]) => Promise<Result>) {
  const { cluster, roleArn } = own
  const [account] = cluster.objects('ServiceAccount', 'reports').filter(({ metadata }) => metadata.name === 'exporter')
  const subject = { namespace: 'reports', name: 'exporter', uid: account?.metadata.uid ?? '' }
  const tokenFor = async (audiences: readonly string[]) => (await cluster.signer.sign(subject, audiences, 3600)).token
  const [old, oldForApi] = await Promise.all([tokenFor(['sts.amazonaws.com']), tokenFor(cluster.signer.issuers)])
  const api = new ApiClient({ port: cluster.port, caPem: cluster.caPem, token: async () => oldForApi })
  const reviewed = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' }
  const spec = { nonResourceAttributes: { path: '/version', verb: 'get' } }
  const useAtApi = async () => {
    await api.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { ...reviewed, spec })
  }
  const oldAtSts = exchangeOf(running, roleArn, async () => old)
  const newAtSts = exchangeOf(running, roleArn, () => tokenFor(['sts.amazonaws.com']))
  const atApi = await repeatedDuring(useAtApi, () => repeatedDuring(newAtSts, () => repeatedDuring(oldAtSts, work)))
  const ofNew = atApi.result
  const ofOld = ofNew.result
  return { result: ofOld.result, uses: [atApi, ofNew, ofOld].map(({ exchanges }) => exchanges) }
}

describe('a cluster that publishes its keys itself', () => {
  it('moves to a hosted issuer, and neither an old nor a new token is refused meanwhile', async () => {
    const own = await existingCluster(running, 'moved')
    const issuer = hostedIssuer(own)
    expect((await running.setUp(own.body())).error).toBeUndefined()

    const { result, uses } = await usingTokens(own, async (soFar) => {
      const location = await running.start(own.body(moving))
      const waiting = await running.until(location, waitsAt('CheckIssuer'))
      await vi.waitFor(() => expect(soFar.length).toBeGreaterThan(5), 10_000)
      own.cluster.setIssuers([issuer, own.issuerUrl])
      return { waiting, ended: await running.ended(location) }
    })
    const instruction = result.waiting.steps.find(({ state }) => state === 'CheckIssuer')?.waitingFor
    expect(instruction).toContain(issuer)
    expect(instruction).toContain(own.issuerUrl)
    expect(result.ended).toMatchObject({ status: 'succeeded', result: { proofs: [{ mutation: 'mutated' }] } })
    for (const each of uses) {
      expect(each.length).toBeGreaterThan(5)
      expect(refusedOf(each)).toEqual([])
    }
  })

  it('trusts its former issuer for 25 hours, after which a rotation removes the trust', async () => {
    const own = await existingCluster(running, 'moved-on')
    const issuer = hostedIssuer(own)
    expect((await running.setUp(own.body())).error).toBeUndefined()
    const old = await tokenOf(own)
    const exchange = exchangeOf(running, own.roleArn, async () => old)
    const location = await running.start(own.body(moving))
    await running.until(location, waitsAt('CheckIssuer'))
    own.cluster.setIssuers([issuer, own.issuerUrl])
    expect((await running.ended(location)).error).toBeUndefined()

    await onlyThese(running, [own.name], async () => {
      expect((await rotate(running)).get(own.name)?.error).toBeUndefined()
      await exchange()
      await endTrust(own)
      expect((await rotate(running)).get(own.name)?.error).toBeUndefined()
      await expect(exchange()).rejects.toThrow(/Not authorized to perform sts:AssumeRoleWithWebIdentity/)
    })
    const again = await running.setUp(own.body(moving))
    expect(again).toMatchObject({ status: 'succeeded' })
    expect((await running.tearDown(`/v1/clusters/${own.name}`)).result).toMatchObject({ remaining: [] })
    expect((await footprint(running, own.name)).filter((line) => line.startsWith('Provider'))).toEqual([])
  })

  it('keeps its roles when the move is cancelled; a rotation shows the missing change, and the request can be sent again', async () => {
    const own = await existingCluster(running, 'moved-late')
    expect((await running.setUp(own.body())).error).toBeUndefined()
    const exchange = exchangeOf(running, own.roleArn, async () => tokenOf(own))
    const location = await running.start(own.body(moving))
    await running.until(location, waitsAt('CheckIssuer'))
    await running.postTo(`${location}/cancel`, {})
    expect(await running.ended(location)).toMatchObject({ status: 'cancelled' })
    await onlyThese(running, [own.name], async () => {
      expect((await rotate(running)).get(own.name)?.error).toMatchObject({
        name: 'VerificationFailed',
        reason: expect.stringContaining(`set --service-account-issuer=${hostedIssuer(own)}`),
      })
      await exchange()
    })
    own.cluster.setIssuers([hostedIssuer(own), own.issuerUrl])
    expect(await running.setUp(own.body(moving))).toMatchObject({ status: 'succeeded' })
  })
})

async function tokenOf({ cluster }: ExistingCluster): Promise<string> {
  const subject = { namespace: 'reports', name: 'exporter', uid: 'any' }
  return (await cluster.signer.sign(subject, ['sts.amazonaws.com'], 3600)).token
}

/** Moves the end of the trust in the former issuer into the past. */
async function endTrust({ name }: ExistingCluster): Promise<void> {
  const item = clusterItem.parse(await readRecord(running, { pk: `CLUSTER#${name}`, sk: 'CLUSTER' }))
  const trustedUntil = new Date(Date.now() - 1000).toISOString()
  const formerIssuer = { ...item.status.formerIssuer, trustedUntil }
  await putRecord(running, { ...item, status: { ...item.status, formerIssuer } })
}
