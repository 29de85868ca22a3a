import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RealCluster } from '../../../sandbox/kubernetes/real/cluster.ts'
import {
  type PrivateCluster,
  privateBody,
  privateCluster,
  setUpChanging,
} from '../../e2e/support/clusters/private-cluster.ts'
import { rotate } from '../../e2e/support/clusters/rotation.ts'
import { isLegacy, peer } from '../../support/kubernetes/kubernetes-peer.ts'
import { type RealSystem, startRealSystem } from './support/real-system.ts'

const minutes = 60_000
const version = peer?.gitVersion.slice(1) ?? ''

let system: RealSystem
let own: PrivateCluster<RealCluster>
let end = async () => {}

beforeAll(async () => {
  ;({ system, end } = await startRealSystem())
  own = await privateCluster(system, 'real-hosted', version)
}, 5 * minutes)

afterAll(() => end(), minutes)

describe(`a kube-apiserver of ${version} whose issuer is private`, { timeout: 5 * minutes }, () => {
  it('is set up and proved by one POST, once the API server has the requested flags', async () => {
    const old = own.cluster.settings.issuer
    const body = privateBody(own.name, isLegacy(version) ? { 'discovery.acceptRefusedTokens': true } : {})
    const { ended } = await setUpChanging(system, { ...own, body }, (issuers) => own.cluster.restart({ issuers }))
    expect(ended.error).toBeUndefined()
    expect(ended.result?.proofs).toHaveLength(1)
    expect(own.cluster.tokenFlags.issuers).toEqual(isLegacy(version) ? [own.issuer] : [own.issuer, old])
  })

  it('is not changed by a second POST', async () => {
    await system.clearCalls()
    expect((await system.setUp(own.body)).error).toBeUndefined()
    expect(await system.writes()).toEqual([])
  })

  it('has a new key published before the key signs, and is proved with tokens of that key', async () => {
    const { cluster } = own
    const first = cluster.tokenFlags.signingKey
    const added = await cluster.addServiceAccountKey()
    await cluster.restart({ keys: [first, added] })
    expect((await rotate(system)).get(own.name)?.outcome).toBe('published')

    await cluster.restart({ signingKey: added })
    expect(await verification()).toMatchObject({ status: 'succeeded' })

    await cluster.restart({ keys: [added] })
    expect(await verification()).toMatchObject({ status: 'succeeded' })
  })
})

async function verification() {
  return system.ended(await system.send(`/v1/clusters/${own.name}/verifications`, {}))
}
