import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { handler } from '../../../lambdas/discovery/hosts-in-use.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { lambdaContext } from '../../support/api/lambda-context.ts'
import { exampleSpec, firstGeneration, newOperation, recordEndedSetup } from '../../support/api/operations.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'

const account = awsAccount()

/** What CloudFormation's side was sent, in the place of its presigned URL. */
const answers: {
  readonly method: string | undefined
  readonly contentType: string | undefined
  readonly body: unknown
}[] = []
let status = 200
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
  answers.push({ method: request.method, contentType: request.headers['content-type'], body })
  response.writeHead(status).end()
})
let ResponseURL: string

beforeAll(async () => {
  ResponseURL = `http://127.0.0.1:${await listenOnFreePort(server)}/answer?signature=secret`
})
afterAll(() => void server.close())
beforeEach(async () => {
  answers.length = 0
  status = 200
  await account.faults.clear()
  await account.calls.clear()
})

const kept = 'oidc.example.com'

function call(change: object) {
  const ids = { StackId: 's', RequestId: 'r', LogicalResourceId: 'KeptHosts', ResponseURL }
  return handler({ ...ids, ...change }, lambdaContext())
}

/** Records a setup that has only begun. Gives back the cluster's name. */
async function recordAsked(issuerUrl: string): Promise<string> {
  const { operation, request } = newOperation()
  const change = firstGeneration(exampleSpec('existing-cluster', { cluster: { name: operation.cluster, issuerUrl } }))
  await recordOperation({ operation, request, change })
  return operation.cluster
}

const deletion = (...Hosts: string[]) => ({ RequestType: 'Delete', ResourceProperties: { Hosts } })

test('an answer is put to the URL of the request, without a content type, for which it is not signed', async () => {
  await call({ RequestType: 'Create', ResourceProperties: { Hosts: [kept] } })
  expect(answers).toMatchObject([{ method: 'PUT', contentType: undefined, body: { Status: 'SUCCESS' } }])
  expect(await account.calls.all()).toEqual([])
})

test('a deletion is refused while a cluster was asked for with an issuer there, or was found with one', async () => {
  await call(deletion(kept))
  const asked = await recordAsked(`https://${kept}/asked`)
  await call(deletion(kept))
  const found = await recordEndedSetup({ facts: { issuerUrl: `https://${kept}/found` } })
  await call(deletion(kept))
  await call(deletion('another.example.com'))
  expect(answers.map(({ body }) => body)).toMatchObject([
    { Status: 'SUCCESS' },
    { Status: 'FAILED', Reason: expect.stringContaining(`${kept} is the issuer host of ${asked}.`) },
    { Status: 'FAILED', Reason: expect.stringContaining(`${kept} is the issuer host of ${asked}, ${found}.`) },
    { Status: 'SUCCESS' },
  ])
})

test('an update is refused when it takes the host away, and not when it adds one', async () => {
  const update = (before: string[], after: string[]) =>
    call({ RequestType: 'Update', OldResourceProperties: { Hosts: before }, ResourceProperties: { Hosts: after } })
  await update([kept], [kept, 'another.example.com'])
  await update([kept], ['another.example.com'])
  await update([], [kept])
  const statuses = answers.map(({ body }) => body)
  expect(statuses).toMatchObject([{ Status: 'SUCCESS' }, { Status: 'FAILED' }, { Status: 'SUCCESS' }])
})

test('when the record cannot be read the hosts stay, and CloudFormation is told why', async () => {
  await account.faults.add({ kind: 'refuse', operation: 'dynamodb:Query', object: '*', times: 5 })
  await call(deletion(kept))
  expect(answers).toMatchObject([
    { body: { Status: 'FAILED', Reason: expect.stringMatching(/so it stays as it is\. .*dynamodb:Query/) } },
  ])
})

test('a request that is not understood is answered, too', async () => {
  await call({ RequestType: 'Delete' })
  expect(answers).toMatchObject([
    { body: { Status: 'FAILED', Reason: expect.stringContaining('The log of this function has the error') } },
  ])
})

test('an answer that is not taken fails the call, so that Lambda makes it again, and names no URL', async () => {
  status = 403
  await expect(call(deletion())).rejects.toThrow('CloudFormation did not take the answer: status 403')
  expect(JSON.stringify(vi.mocked(process.stdout.write).mock.calls)).not.toContain('secret')
})
