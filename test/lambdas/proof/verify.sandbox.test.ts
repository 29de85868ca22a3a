import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Cluster } from '../../../sandbox/kubernetes/cluster.ts'
import { issuerUrl, startVerification, type Verification } from '../../support/verification.ts'

let made: Verification<Cluster>
let cluster: Cluster

beforeAll(async () => {
  made = await startVerification((clusters) => clusters.emulate('prod', { issuer: issuerUrl }))
  cluster = made.cluster
})
afterAll(() => made.end())
beforeEach(() => made.next())

describe('verify in a namespace made a moment ago', () => {
  it('waits for the account of the stranger, which the controller manager makes', async () => {
    await made.setUp()
    const otherAccount = cluster.store.get('ServiceAccount', 'default', 'default')
    if (otherAccount) cluster.store.remove(otherAccount)
    expect(await made.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: expect.stringContaining('ServiceAccount default/default'),
    })
    if (otherAccount) cluster.store.put(otherAccount)
  })
})

describe('verify with a cluster that does not do as it is asked', () => {
  it('says that the cluster gives tokens for another audience than it was asked for', async () => {
    await made.setUp()
    const { signer } = cluster
    const sign = signer.sign.bind(signer)
    signer.sign = (subject, _audiences, seconds) => sign(subject, [signer.issuer], seconds)
    expect(await made.failure()).toMatchObject({ name: 'VerificationFailed', object: 'cluster prod' })
    signer.sign = sign
  })
})
