import { describe, expect, test } from 'vitest'
import * as accept from '../../../lambdas/api/signing-keys/accept-signing-key.ts'
import * as refresh from '../../../lambdas/api/signing-keys/refresh-signing-keys.ts'
import * as revoke from '../../../lambdas/api/signing-keys/revoke-signing-key.ts'
import { readCluster, recordAcceptedKey } from '../../../lambdas/operations/record/cluster-record.ts'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import { type ClusterStatus, noStatus } from '../../../lambdas/operations/record/record.ts'
import { writeStatus } from '../../../lambdas/operations/record/status-record.ts'
import { keys } from '../../../lambdas/operations/record/table.ts'
import * as recordKeys from '../../../lambdas/workflows/signing-keys/record-keys.ts'
import { alice } from '../../support/api/alice.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import { lambdaContext } from '../../support/api/lambda-context.ts'
import { recordEndedSetup } from '../../support/api/operations.ts'

apiAccount()

const published = ['old', 'new'].map((kid) => ({ kid, thumbprint: `print-${kid}` }))
const revoked = { kid: 'leaked', thumbprint: 'print-leaked', revokedAt: '2026-11-27T12:00:00.000Z', revokedBy: 'bob' }

/** A cluster whose issuer the deployment hosts, with these keys. */
async function hosted(status: Partial<ClusterStatus> = { publishedKeys: published, revokedKeys: [revoked] }) {
  const cluster = await recordEndedSetup({ example: 'kubeadm' })
  await writeStatus(keys.cluster(cluster), {}, { ...status })
  return cluster
}

const refreshOf = (cluster: string) => callApi(refresh.handler, { parameters: { cluster } })
const revokeOf = (cluster: string, kid: string, body?: unknown) =>
  callApi(revoke.handler, { parameters: { cluster, kid }, ...(body !== undefined && { body }) })
const requestOf = async (operationId: string) => (await operations.readOperation(operationId))?.request

describe('a refresh', () => {
  test('is an operation that locks the cluster, and its input has the keys that were published before', async () => {
    const cluster = await hosted()
    const { status, headers, body } = await refreshOf(cluster)
    expect(status).toBe(202)
    expect(headers).toMatchObject({ location: `/v1/operations/${body.operationId}` })
    expect(body).toMatchObject({ kind: 'key-refresh', cluster, status: 'running', requestedBy: alice })
    expect(await requestOf(body.operationId)).toEqual({
      cluster: { name: cluster, credentialsSecretArn: expect.any(String) },
      issuerUrl: expect.any(String),
      before: ['old', 'new'],
    })
    expect((await readCluster(cluster))?.lock).toMatchObject({ operationId: body.operationId })
    expect((await refreshOf(cluster)).status).toBe(409)
  })

  test('ends with its last step, which releases the lock, and may be called twice', async () => {
    const cluster = await hosted()
    const { operationId } = (await refreshOf(cluster)).body
    const call = { operationId, cluster, state: 'RecordKeys', attempt: 0, input: {} }
    await recordKeys.handler(call, lambdaContext())
    await recordKeys.handler(call, lambdaContext())
    expect((await operations.readOperationItem(operationId))?.status).toBe('succeeded')
    expect((await readCluster(cluster))?.lock).toBeUndefined()
  })
})

describe('a revocation', () => {
  test('has the key with its thumbprint, and the caller, as input', async () => {
    const cluster = await hosted()
    const { status, body } = await revokeOf(cluster, 'old', { force: true })
    expect(status).toBe(202)
    expect(body).toMatchObject({ kind: 'key-revocation', cluster })
    expect(await requestOf(body.operationId)).toMatchObject({
      before: ['old', 'new'],
      revoke: { key: { kid: 'old', thumbprint: 'print-old' }, force: true, revokedBy: alice },
    })
  })

  test('needs no body, and has no force by default', async () => {
    const { body } = await revokeOf(await hosted(), 'old')
    expect(await requestOf(body.operationId)).toMatchObject({ revoke: { force: false } })
  })

  test('of a key that is already revoked is accepted, so that a failed one can continue', async () => {
    const { body } = await revokeOf(await hosted(), 'leaked')
    expect(await requestOf(body.operationId)).toMatchObject({
      revoke: { key: { kid: 'leaked', thumbprint: 'print-leaked' } },
    })
  })

  test.each([
    [{ publishedKeys: published }, 'Published keys: old, new'],
    [{}, 'Published keys: none'],
  ])('of an unknown key is 404, and lists the published keys', async (status, known) => {
    const cluster = await hosted(status)
    expect(await revokeOf(cluster, 'mistyped')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining(known) },
    })
    expect((await readCluster(cluster))?.lock).toBeUndefined()
  })

  test('with an invalid body is refused with the path of the field', async () => {
    const { status, body } = await revokeOf(await hosted(), 'old', { force: 'yes' })
    expect(status).toBe(400)
    expect(body.issues).toMatchObject([{ path: 'force' }])
  })
})

describe.each([
  ['a refresh', refreshOf],
  ['a revocation', (cluster: string) => revokeOf(cluster, 'old')],
])('%s', (_, send) => {
  test('of a cluster whose issuer is not hosted is 409, and says how to host it', async () => {
    expect(await send(await recordEndedSetup({ example: 'existing-cluster' }))).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('a setup with "discovery": {"hosting": "deployment"}') },
    })
  })
})

describe('an acceptance', () => {
  const waiting = { kid: 'seen', thumbprint: 'S'.repeat(43) }
  const acceptOf = (cluster: string, kid: string, { thumbprint } = waiting) =>
    callApi(accept.handler, { parameters: { cluster, kid }, body: { thumbprint } })
  const statusOf = async (cluster: string) => (await readCluster(cluster))?.cluster.status

  test('records the key that a step waits for, with the caller, once, while an operation runs', async () => {
    const cluster = await hosted({ publishedKeys: published, revokedKeys: [revoked], waitingKeys: [waiting] })
    await refreshOf(cluster)
    const answer = {
      status: 200,
      body: { published: ['old', 'new'], kept: [], revoked: ['leaked'], accepted: ['seen'] },
    }
    expect(await acceptOf(cluster, 'seen')).toMatchObject(answer)
    expect(await acceptOf(cluster, 'seen')).toMatchObject(answer)
    const { acceptedKeys } = (await statusOf(cluster)) ?? {}
    expect(acceptedKeys).toEqual([{ ...waiting, acceptedAt: expect.any(String), acceptedBy: alice }])
  })

  test('of a key that no step waits for is 404, and lists the waiting keys', async () => {
    const cluster = await hosted({ publishedKeys: published, waitingKeys: [waiting] })
    expect(await acceptOf(cluster, 'old')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining(`Waiting keys: seen with thumbprint ${waiting.thumbprint}`) },
    })
    expect(await acceptOf(await hosted(), 'old')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('Waiting keys: none') },
    })
    expect(await statusOf(cluster)).not.toHaveProperty('acceptedKeys')
  })

  test('does not accept another key with the same ID, and names that key', async () => {
    const other = { ...waiting, thumbprint: 'O'.repeat(43) }
    const cluster = await hosted({ publishedKeys: published, waitingKeys: [other] })
    expect(await acceptOf(cluster, 'seen')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining(`Waiting keys: seen with thumbprint ${other.thumbprint}`) },
    })
    expect(await statusOf(cluster)).not.toHaveProperty('acceptedKeys')
  })

  test('without the thumbprint of the key is refused with the path of the field', async () => {
    const cluster = await hosted({ waitingKeys: [waiting] })
    for (const body of [undefined, {}, { thumbprint: 'print' }]) {
      const request = { parameters: { cluster, kid: 'seen' }, ...(body && { body }) }
      expect(await callApi(accept.handler, request)).toMatchObject({
        status: 400,
        body: { issues: [{ path: 'thumbprint' }] },
      })
    }
  })

  test('is refused when another key got the ID meanwhile', async () => {
    const cluster = await hosted({ publishedKeys: published, waitingKeys: [waiting] })
    const key = { ...waiting, acceptedAt: '2026-11-29T12:00:00.000Z', acceptedBy: alice }
    const read = { ...noStatus, waitingKeys: [{ ...waiting, thumbprint: 'print-before' }] }
    expect(await recordAcceptedKey(cluster, key, read)).toBe(false)
    expect(await statusOf(cluster)).not.toHaveProperty('acceptedKeys')
  })
})
