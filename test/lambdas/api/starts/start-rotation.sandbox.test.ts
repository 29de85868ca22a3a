import { expect, test } from 'vitest'
import * as api from '../../../../lambdas/api/starts/start-rotation.ts'
import { listOperations } from '../../../../lambdas/operations/lists/operation-list.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { alice } from '../../../support/api/alice.ts'
import { apiAccount, callApi } from '../../../support/api/api.ts'

apiAccount()

const send = (body?: unknown, headers = {}) => callApi(api.handler, { ...(body !== undefined && { body }), headers })
/** Other tests leave running rotations. */
const endAll = async () => {
  const { entries: left } = await listOperations({ kind: 'rotation' }, { itemsToRead: 1000 })
  await Promise.all(left.map((one) => operations.endOperation(one, { status: 'succeeded' })))
}
const requestOf = async (operationId: string) => (await operations.readOperation(operationId))?.request

test('a rotation covers all clusters, and needs no body', async () => {
  const { status, headers, body } = await send()
  expect(status).toBe(202)
  expect(headers).toMatchObject({ location: `/v1/operations/${body.operationId}`, 'retry-after': '5' })
  expect(body).toMatchObject({ kind: 'rotation', status: 'running', requestedBy: alice })
  expect(body).not.toHaveProperty('cluster')
  expect(await requestOf(body.operationId)).toEqual({ dryRun: false })
})

test('a second rotation gets 409 with the path of the first, until that has ended; a dry run runs beside it', async () => {
  await endAll()
  const first = await send()
  const { headers, body } = await send()
  const location = `/v1/operations/${first.body.operationId}`
  expect({ headers, body }).toMatchObject({
    headers: { location, 'retry-after': '5' },
    body: {
      status: 409,
      type: 'urn:workload-identity:problem:rotation-running',
      title: 'Another rotation is running',
      detail: `Wait for ${location} to end, or cancel it`,
      instance: location,
    },
  })
  expect((await send({ dryRun: true })).status).toBe(202)
  await operations.endOperation(first.body, { status: 'cancelled' })
  expect((await send()).status).toBe(202)
})

test('the body requests a dry run', async () => {
  const { body } = await send({ dryRun: true })
  expect(await requestOf(body.operationId)).toEqual({ dryRun: true })
})

test.each([
  [{ dryRun: 'yes' }, 'dryRun', 'is neither true nor false'],
  [{ cluster: 'prod-eu' }, 'cluster', ''],
])('%j is refused, and the field named', async (sent, field, message) => {
  const { status, body } = await send(sent)
  expect(status).toBe(400)
  expect(JSON.stringify(body)).toContain(field)
  expect(JSON.stringify(body)).toContain(message)
})
