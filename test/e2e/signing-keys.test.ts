import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { signingKeysResult } from '../../lambdas/workflows/signing-keys/signing-keys.ts'
import { driftOf } from './support/comparison.ts'
import { exchangeOf } from './support/exchanges.ts'
import type { OperationAnswer } from './support/operation.ts'
import { type PrivateCluster, privateCluster, setUpPrivate } from './support/private-cluster.ts'
import { publicKids } from './support/public-kids.ts'
import { onlyThese, rotate } from './support/rotation.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})
afterEach(() => running.sandbox.aws.setKeyCache(0))

interface HostedCluster extends PrivateCluster {
  readonly roleArn: string
}

/** A cluster whose issuer the deployment hosts, set up to the end. */
async function hosted(name: string): Promise<HostedCluster> {
  const own = await privateCluster(running, name)
  const { ended } = await setUpPrivate(running, own)
  expect(ended.error).toBeUndefined()
  return { ...own, roleArn: String(ended.result?.proofs[0]?.roleArn) }
}

const refresh = async ({ name }: HostedCluster) =>
  running.ended(await running.send(`/v1/clusters/${name}/signing-keys`, {}))
const revoke = async ({ name }: HostedCluster, kid: string, body: object = {}) =>
  running.ended(await running.send(`/v1/clusters/${name}/signing-keys/${kid}/revoke`, body))
const resultOf = ({ error, result }: OperationAnswer) => {
  expect(error).toBeUndefined()
  return signingKeysResult.parse(result)
}
const sorted = (kids: readonly string[]) => kids.toSorted((a, b) => a.localeCompare(b, 'en'))

/** A token of the workload, by the key that the cluster signs with now. */
async function tokenOf({ cluster }: HostedCluster): Promise<string> {
  const subject = { namespace: 'default', name: 's3-reader', uid: 'any' }
  return (await cluster.signer.sign(subject, ['sts.amazonaws.com'], 3600)).token
}

/** @throws {Error} when STS gives no session of the role for the token */
const exchange = ({ roleArn }: HostedCluster, token: string) => exchangeOf(running, roleArn, async () => token)()

/** Adds a key, publishes it, and signs with it: the safe order. Gives back the IDs of the old key and the new one. */
async function changeKey(own: HostedCluster) {
  const { signer } = own.cluster
  const old = signer.keyId
  const added = signer.addVerificationKey()
  expect(resultOf(await refresh(own))).toMatchObject({ added: [added] })
  signer.signWith(added)
  return { old, added }
}

describe('a refresh', () => {
  it('publishes an added key at once, and says what is published, added and kept', async () => {
    const own = await hosted('keys-refreshed')
    const { signer } = own.cluster
    const old = signer.keyId
    const added = signer.addVerificationKey()
    const first = resultOf(await refresh(own))
    expect(first).toMatchObject({ added: [added], kept: [], revoked: [], takesEffect: expect.stringContaining('STS') })
    expect(sorted(first.published)).toEqual(sorted([old, added]))
    expect(await publicKids(running, own.issuer)).toEqual(sorted([old, added]))

    signer.signWith(added)
    signer.removeKey(old)
    const second = resultOf(await refresh(own))
    expect(second).toMatchObject({ added: [], kept: [{ kid: old, until: expect.any(String) }] })
    expect(await publicKids(running, own.issuer)).toContain(old)
  })
})

describe('a revocation', () => {
  it('of an old key has STS refuse its tokens once it reads the keys again, and nothing brings the key back', async () => {
    const own = await hosted('keys-revoked')
    const token = await tokenOf(own)
    const { old, added } = await changeKey(own)
    const newToken = await tokenOf(own)
    await running.sandbox.aws.setKeyCache(3600)
    await exchange(own, token)

    expect(resultOf(await revoke(own, old))).toMatchObject({ published: [added], revoked: [old], added: [] })
    expect(await publicKids(running, own.issuer)).toEqual([added])
    await exchange(own, token)
    await running.sandbox.aws.setKeyCache(0)
    await expect(exchange(own, token)).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidIdentityTokenException' }),
    )
    await exchange(own, newToken)

    expect(resultOf(await refresh(own))).toMatchObject({ published: [added], revoked: [old] })
    expect((await running.setUp(own.body)).error).toBeUndefined()
    await onlyThese(running, [own.name], async () => {
      expect((await rotate(running)).get(own.name)?.outcome).toBe('unchanged')
    })
    expect(await publicKids(running, own.issuer)).toEqual([added])

    expect(await driftOf(running, own.name)).toMatchObject({
      summary: { differences: 0 },
      problems: [],
      additions: [{ field: '--service-account-key-file', observed: expect.stringContaining(old) }],
    })
  })

  it('of the key that signs is refused without force, and with force the verification says what to do', async () => {
    const own = await hosted('keys-forced')
    const { old, added } = await changeKey(own)
    const refused = await revoke(own, added)
    expect(refused).toMatchObject({
      status: 'failed',
      error: { name: 'KeyInUse', step: 'RevokeKey', object: `key ${added} of cluster ${own.name}` },
    })
    expect(await publicKids(running, own.issuer)).toEqual(sorted([old, added]))

    expect(resultOf(await revoke(own, added, { force: true }))).toMatchObject({ published: [old], revoked: [added] })
    const verification = await running.ended(await running.send(`/v1/clusters/${own.name}/verifications`, {}))
    expect(verification).toMatchObject({
      status: 'failed',
      error: { step: 'Verify', action: expect.stringContaining('this one is revoked') },
    })
    own.cluster.signer.signWith(old)
    expect(await running.ended(await running.send(`/v1/clusters/${own.name}/verifications`, {}))).toMatchObject({
      status: 'succeeded',
    })
  })

  it('of an unknown key is 404, with the known ones', async () => {
    const own = await hosted('keys-unknown')
    const response = await running.postTo(`/v1/clusters/${own.name}/signing-keys/unknown/revoke`, {})
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { detail: expect.stringContaining(own.cluster.signer.keyId) },
    ])
  })

  it('is shown in the status of the cluster, with who asked for it', async () => {
    const own = await hosted('keys-shown')
    const { old, added } = await changeKey(own)
    await revoke(own, old)
    const response = await fetch(`${running.api}/v1/clusters/${own.name}`)
    expect(await response.json()).toMatchObject({
      status: {
        publishedKeys: [{ kid: added }],
        revokedKeys: [
          { kid: old, revokedAt: expect.any(String), revokedBy: expect.stringContaining('user/administrator') },
        ],
      },
    })
  })
})
