import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { handler } from '../../../lambdas/discovery/hosts-in-use.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { lambdaContext } from '../../support/api/lambda-context.ts'
import { exampleSpec, firstGeneration, newOperation, recordEndedSetup } from '../../support/api/operations.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'

const account = awsAccount()

/** Requests to the server that stands in for CloudFormation's presigned URL. */
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

const host = 'oidc.example.com'

function call(change: object) {
  const ids = { StackId: 's', RequestId: 'r', LogicalResourceId: 'KeptHosts', ResponseURL }
  return handler({ ...ids, ...change }, lambdaContext())
}

/** Records a setup that has not found its cluster yet. Returns the name of the cluster. */
async function recordStarted(issuerUrl: string): Promise<string> {
  const { operation, request } = newOperation()
  const change = firstGeneration(exampleSpec('existing-cluster', { cluster: { name: operation.cluster, issuerUrl } }))
  await recordOperation({ operation, request, change })
  return operation.cluster
}

const deletion = (...Hosts: string[]) => ({ RequestType: 'Delete', ResourceProperties: { Hosts } })

test('puts its answer to the URL of the request without a content type, which the signature does not allow', async () => {
  await call({ RequestType: 'Create', ResourceProperties: { Hosts: [host] } })
  expect(answers).toMatchObject([{ method: 'PUT', contentType: undefined, body: { Status: 'SUCCESS' } }])
  expect(await account.calls.all()).toEqual([])
})

test('refuses a deletion while a cluster has an issuer there by its spec or by its status', async () => {
  await call(deletion(host))
  const requested = await recordStarted(`https://${host}/requested`)
  await call(deletion(host))
  const found = await recordEndedSetup({ facts: { issuerUrl: `https://${host}/found` } })
  await call(deletion(host))
  await call(deletion('another.example.com'))
  expect(answers.map(({ body }) => body)).toMatchObject([
    { Status: 'SUCCESS' },
    { Status: 'FAILED', Reason: expect.stringContaining(`${host} is the issuer host of ${requested}.`) },
    { Status: 'FAILED', Reason: expect.stringContaining(`${host} is the issuer host of ${requested}, ${found}.`) },
    { Status: 'SUCCESS' },
  ])
})

test('refuses an update that removes a host, and allows one that adds a host', async () => {
  const update = (before: string[], after: string[]) =>
    call({ RequestType: 'Update', OldResourceProperties: { Hosts: before }, ResourceProperties: { Hosts: after } })
  await update([host], [host, 'another.example.com'])
  await update([host], ['another.example.com'])
  await update([], [host])
  const statuses = answers.map(({ body }) => body)
  expect(statuses).toMatchObject([{ Status: 'SUCCESS' }, { Status: 'FAILED' }, { Status: 'SUCCESS' }])
})

test('keeps the hosts when it cannot read the record, and reports the reason to CloudFormation', async () => {
  await account.faults.add({ kind: 'refuse', operation: 'dynamodb:Query', object: '*', times: 5 })
  await call(deletion(host))
  expect(answers).toMatchObject([
    { body: { Status: 'FAILED', Reason: expect.stringMatching(/so the host stays as it is\. .*dynamodb:Query/) } },
  ])
})

test('answers a malformed request', async () => {
  await call({ RequestType: 'Delete' })
  expect(answers).toMatchObject([
    { body: { Status: 'FAILED', Reason: expect.stringContaining('The log of this function has the error') } },
  ])
})

test('fails when CloudFormation refuses its answer, so that Lambda retries, and logs no URL', async () => {
  status = 403
  await expect(call(deletion())).rejects.toThrow('CloudFormation did not take the answer: status 403')
  expect(JSON.stringify(vi.mocked(process.stdout.write).mock.calls)).not.toContain('secret')
})
