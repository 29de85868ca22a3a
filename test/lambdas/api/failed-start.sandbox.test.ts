import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import * as getOperation from '../../../lambdas/api/operations/get-operation.ts'
import * as startRotation from '../../../lambdas/api/starts/start-rotation.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'

const { aws } = apiAccount()
afterEach(() => aws.faults.clear())

/** More than the attempts of the SDK. */
const times = 10

/** Sends a dry run: several can run at the same time. */
const send = (key?: string) =>
  callApi(startRotation.handler, {
    body: { dryRun: true },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  })

async function read(location: unknown) {
  const operationId = String(location).replace('/v1/operations/', '')
  return callApi(getOperation.handler, { parameters: { operationId } })
}

const calls = [
  ['that recorded it', 'dynamodb:TransactWriteItems'],
  ['that started it', 'states:StartExecution'],
  ['that recorded that it runs', 'dynamodb:UpdateItem'],
] as const

test.each(calls)(
  'when the response of the call %s is lost, the problem names the operation, and the repeated request with its key returns it',
  async (_, operation) => {
    const key = randomUUID()
    await aws.faults.add({ kind: 'drop-response', operation, times })
    const { status, headers, body } = await send(key)
    await aws.faults.clear()
    expect(status).toBe(503)
    expect(headers).toMatchObject({
      location: expect.stringMatching(/^\/v1\/operations\/[\da-f-]{36}$/),
      'retry-after': '5',
    })
    expect(body).toMatchObject({ instance: headers.location, type: 'urn:workload-identity:problem:unavailable' })
    expect(body.detail).toContain(`${headers.location} may have started`)
    expect((await read(headers.location)).body).toMatchObject({ kind: 'rotation', dryRun: true })
    expect(await send(key)).toMatchObject({ status: 202, headers: { location: headers.location } })
  },
)

test('an operation that was not recorded is not found at the location', async () => {
  await aws.faults.add({ kind: 'unavailable', operation: 'dynamodb:TransactWriteItems', times })
  const { status, headers } = await send()
  await aws.faults.clear()
  expect(status).toBe(503)
  expect((await read(headers.location)).status).toBe(404)
})

test('a repeated request names its operation when that cannot be read', async () => {
  const key = randomUUID()
  const { headers } = await send(key)
  await aws.faults.add({ kind: 'unavailable', operation: 'dynamodb:Query', times })
  const again = await send(key)
  expect(again.status).toBe(503)
  expect(again.headers.location).toBe(headers.location)
})

test('a start that AWS refuses names its operation, and no internal detail', async () => {
  await aws.faults.add({ kind: 'refuse', operation: 'states:StartExecution', times })
  const { status, headers, body } = await send()
  expect(status).toBe(500)
  expect(body).toMatchObject({ instance: headers.location, type: 'urn:workload-identity:problem:internal' })
  expect(body.detail).not.toContain('states:')
})
