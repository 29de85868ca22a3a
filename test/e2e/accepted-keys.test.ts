import { beforeAll, describe, expect, it } from 'vitest'
import type { KeyRef } from '../../lambdas/operations/record/record.ts'
import { signingKeysResult } from '../../lambdas/workflows/signing-keys/signing-keys.ts'
import type { Cluster } from '../../sandbox/kubernetes/index.ts'
import { keyRefsOf } from '../support/steps/key-refs.ts'
import { type PrivateCluster, privateCluster, setUpPrivate } from './support/clusters/private-cluster.ts'
import { publicDocuments, publicKids } from './support/clusters/public-kids.ts'
import { onlyThese, rotate } from './support/clusters/rotation.ts'
import type { OperationAnswer } from './support/operation.ts'
import { type System, system } from './support/system.ts'
import { wid, widOnTerminal } from './support/wid.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

/** Waits until PublishDiscovery waits for the key to be accepted, and returns the reason. */
async function acceptanceReason(location: string, kid: string): Promise<string> {
  const reasonIn = ({ steps }: OperationAnswer) =>
    steps.find(({ state, waitingFor }) => state === 'PublishDiscovery' && waitingFor?.includes(kid))?.waitingFor
  return reasonIn(await running.until(location, (operation) => reasonIn(operation) !== undefined)) ?? ''
}

/** Replaces the credentials of the cluster by those of another API server, whose tokens name the same issuer. */
async function replaceApiServer({ name, issuer }: PrivateCluster): Promise<Cluster> {
  const { kubernetes, secrets } = running.sandbox
  const other = await kubernetes.addUserCluster({
    name: `${name}-other`,
    version: '1.33.2',
    issuer: { installer: 'kubeadm' },
  })
  other.setIssuers([issuer])
  await secrets.keep(`${name}/user-cluster`, kubernetes.kubeconfig(`${name}-other`))
  return other
}

const refresh = ({ name }: PrivateCluster) => running.send(`/v1/clusters/${name}/signing-keys`, {})
const accept = ({ name }: PrivateCluster, { kid, thumbprint }: KeyRef) =>
  running.postTo(`/v1/clusters/${name}/signing-keys/${kid}/accept`, { thumbprint })

/** The only key of an API server. */
async function keyOf(cluster: Cluster): Promise<KeyRef> {
  const [key] = await keyRefsOf(cluster)
  if (!key) throw new Error('the API server has no key')
  return key
}

describe('when the credentials of a cluster with a hosted issuer lead to another API server with that issuer', () => {
  it('a rotation publishes no key, and names it; after an administrator accepts the key, the next rotation publishes it', async () => {
    const own = await privateCluster(running, 'keys-of-another')
    expect((await setUpPrivate(running, own)).ended.error).toBeUndefined()
    const before = await publicDocuments(running, own.issuer)
    const other = await replaceApiServer(own)
    const key = await keyOf(other)
    const keyId = key.kid

    await onlyThese(running, [own.name], async () => {
      const rotation = await running.send('/v1/rotations', {})
      const reason = await acceptanceReason(rotation, keyId)
      expect(reason).toContain(`signs with key ${keyId}, and no published key vouches for it`)
      expect(await publicDocuments(running, own.issuer)).toEqual(before)
      await running.postTo(`${rotation}/cancel`, {})
      await running.ended(rotation)
      expect(await publicDocuments(running, own.issuer)).toEqual(before)

      expect(reason).toContain(`/accept with {"thumbprint": "${key.thumbprint}"}`)
      expect((await accept(own, { ...key, thumbprint: 'A'.repeat(43) })).status).toBe(404)
      const accepted = await accept(own, key)
      expect([accepted.status, await accepted.json()]).toMatchObject([
        200,
        { published: [own.cluster.signer.keyId], accepted: [keyId] },
      ])
      // The rotation then fails, because the other cluster has no webhook.
      await rotate(running)
      expect(await publicKids(running, own.issuer)).toContain(keyId)
    })
  })

  it('a waiting refresh publishes the key when an administrator accepts it', async () => {
    const own = await privateCluster(running, 'keys-made-anew')
    expect((await setUpPrivate(running, own)).ended.error).toBeUndefined()
    const other = await replaceApiServer(own)
    const { signer } = other
    const location = await refresh(own)
    await acceptanceReason(location, signer.keyId)
    const { thumbprint } = await keyOf(other)
    const args = ['accept-key', own.name, '--', signer.keyId]
    const declined = await widOnTerminal(running, args, ['n'])
    expect([declined.code, declined.shown]).toEqual([
      1,
      expect.stringContaining(`(RFC 7638, SHA-256) is ${thumbprint}.`),
    ])
    const unknown = await wid(running, ['accept-key', own.name, 'another'])
    expect([unknown.code, unknown.err]).toEqual([3, expect.stringContaining(`Waiting keys: ${signer.keyId}.`)])
    const accepted = await widOnTerminal(running, args, ['y'])
    expect([accepted.code, accepted.shown]).toEqual([0, expect.stringContaining('is accepted')])
    const { error, result } = await running.ended(location)
    expect(error).toBeUndefined()
    expect(signingKeysResult.parse(result)).toMatchObject({ added: [signer.keyId] })
    const response = await fetch(`${running.api}/v1/clusters/${own.name}`)
    expect(await response.json()).toMatchObject({
      status: {
        waitingKeys: [],
        acceptedKeys: [{ kid: signer.keyId, acceptedBy: expect.stringContaining('user/administrator') }],
      },
    })
  })
})
