import { beforeAll, describe, expect, it } from 'vitest'
import { planOf } from './support/comparison.ts'
import { footprint } from './support/footprint.ts'
import { privateBody, privateCluster, setUpPrivate } from './support/private-cluster.ts'
import { publicKids } from './support/public-kids.ts'
import { onlyThese, rotate } from './support/rotation.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

async function publishKeys(cluster: string): Promise<void> {
  await onlyThese(running, [cluster], async () => {
    expect((await rotate(running)).get(cluster)?.outcome).toBe('published')
  })
}

async function verification(cluster: string) {
  return running.ended(await running.send(`/v1/clusters/${cluster}/verifications`, {}))
}

describe('a cluster whose issuer is private', () => {
  it('has a plan that shows all but the change that the setup waits for, which it names', async () => {
    const own = await privateCluster(running, 'hosted-plan')
    const plan = await planOf(running, own.body)
    expect(plan).toMatchObject({ outcome: 'changes', unknown: [], problems: [] })
    expect(plan.waitingFor).toContain(own.issuer)
    expect(plan.writes.map(({ step }) => step)).toEqual(
      expect.arrayContaining([
        'PublishDiscovery',
        'DeployWebhook',
        'ActivateWebhook',
        'RegisterOidc',
        'CreateRole',
        'BindKsa',
      ]),
    )
    expect(plan.writes.map(({ object }) => object)).toContain(
      `arn:aws:iam::000000000000:oidc-provider/${own.issuer.replace('https://', '')}`,
    )
  })

  it('is set up by one POST and the change that the operation asks for, and a second POST writes nothing', async () => {
    const own = await privateCluster(running, 'hosted-setup')
    const old = own.cluster.signer.issuer
    const { instruction, ended } = await setUpPrivate(running, own)
    expect(instruction).toContain(old)
    expect(ended.error).toBeUndefined()
    expect(ended.result?.proofs).toHaveLength(1)
    expect(own.cluster.signer.issuers).toEqual([own.issuer, old])
    expect(await publicKids(running, own.issuer)).toEqual([own.cluster.signer.keyId])

    const since = Date.now()
    const again = await running.setUp(own.body)
    expect(again.error).toBeUndefined()
    expect(await running.writesOf(own.name, since)).toEqual([])
  })

  it('that holds one issuer only is asked to change it when the request accepts that its tokens are refused', async () => {
    const own = await privateCluster(running, 'hosted-one', '1.21.14')
    const refused = await running.setUp(own.body)
    expect(refused.error).toMatchObject({ name: 'ConsentMissing', step: 'CheckCluster' })
    const body = privateBody(own.name, { 'discovery.acceptRefusedTokens': true })
    const { instruction, ended } = await setUpPrivate(running, { ...own, body })
    expect(instruction).toContain('This refuses every bound token until its pod restarts.')
    expect(ended.error).toBeUndefined()
    expect(own.cluster.signer.issuers).toEqual([own.issuer])
  })

  it('has a new key published by a rotation before it signs with it, and is verified after that', async () => {
    const own = await privateCluster(running, 'hosted-keys')
    expect((await setUpPrivate(running, own)).ended.error).toBeUndefined()

    const before = own.cluster.signer.keyId
    const added = own.cluster.signer.addVerificationKey()
    await publishKeys(own.name)
    expect(await publicKids(running, own.issuer)).toEqual([before, added].toSorted((a, b) => a.localeCompare(b, 'en')))
    own.cluster.signer.signWith(added)
    expect(await verification(own.name)).toMatchObject({ status: 'succeeded' })
  })

  it('is refused when it signs with a key that is not published, and its verification says what to do', async () => {
    const own = await privateCluster(running, 'hosted-early')
    expect((await setUpPrivate(running, own)).ended.error).toBeUndefined()

    const before = own.cluster.signer.keyId
    const added = own.cluster.signer.addVerificationKey()
    own.cluster.signer.signWith(added)
    const early = await verification(own.name)
    expect(early).toMatchObject({
      status: 'failed',
      error: {
        step: 'Verify',
        object: `${own.issuer}/openid/v1/jwks`,
        reason: expect.stringContaining(`lacks the key ${added}`),
        action: expect.stringContaining('POST /v1/clusters/CLUSTER/signing-keys'),
      },
    })
    own.cluster.signer.signWith(before)
    await publishKeys(own.name)
    own.cluster.signer.signWith(added)
    expect(await verification(own.name)).toMatchObject({ status: 'succeeded' })
  })

  it('stays hosted until it is torn down: a request without it is refused, and nothing is started', async () => {
    const own = await privateCluster(running, 'hosted-kept')
    expect((await setUpPrivate(running, own)).ended.error).toBeUndefined()
    const unhosted = { 'cluster.issuerUrl': own.issuer, discovery: undefined }
    const answer = await running.post(privateBody(own.name, unhosted))
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { issues: [{ path: 'discovery.hosting', message: expect.stringContaining('set it to deployment') }] },
    ])
  })

  it('is given back by a teardown: its documents go, and those of others stay', async () => {
    const own = await privateCluster(running, 'hosted-gone')
    const other = await privateCluster(running, 'hosted-stays')
    for (const each of [own, other]) expect((await setUpPrivate(running, each)).ended.error).toBeUndefined()

    const done = await running.tearDown(`/v1/clusters/${own.name}`)
    expect(done).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
    expect(await publicKids(running, own.issuer)).toBe(403)
    expect(await publicKids(running, other.issuer)).toEqual([other.cluster.signer.keyId])
    expect((await footprint(running, own.name)).filter((line) => line.startsWith('Provider'))).toEqual([])
  })
})
