import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { iamOf } from '../../../../lambdas/clouds/aws/clients/iam.ts'
import { readRolePolicies } from '../../../../lambdas/clouds/aws/role-policies.ts'
import { listenOnFreePort } from '../../../../sandbox/network/listen.ts'
import { setEnvironment } from '../../../support/environment.ts'

/**
 * Two pages of each list. IAM may end a page early, "even when there are more results available":
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
 */
const pages: Readonly<Record<string, readonly [string, string]>> = {
  ListAttachedRolePolicies: [attached('arn:aws:iam::aws:policy/First'), attached('arn:aws:iam::aws:policy/Second')],
  ListRolePolicies: [inline('first'), inline('second')],
}

function attached(arn: string): string {
  return `<AttachedPolicies><member><PolicyArn>${arn}</PolicyArn></member></AttachedPolicies>`
}

function inline(name: string): string {
  return `<PolicyNames><member>${name}</member></PolicyNames>`
}

const server = createServer(async (request, response) => {
  const parameters = new URLSearchParams(await text(request))
  const action = parameters.get('Action') ?? ''
  const [first, second] = pages[action] ?? []
  const page = parameters.has('Marker') ? second : `${first}<IsTruncated>true</IsTruncated><Marker>next</Marker>`
  response.end(`<${action}Response><${action}Result>${page}</${action}Result></${action}Response>`)
})
let restore: () => void

beforeAll(async () => {
  const port = await listenOnFreePort(server)
  restore = setEnvironment({
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  })
})
afterAll(() => {
  restore()
  server.closeAllConnections()
  server.close()
})

it('the policies of a role are those of all pages', async () => {
  const iam = iamOf(undefined)
  const role = { name: 'a', arn: 'arn:aws:iam::123456789012:role/a', iam, signal: AbortSignal.timeout(20_000) }
  expect(await readRolePolicies(role)).toEqual({
    policyArns: ['arn:aws:iam::aws:policy/First', 'arn:aws:iam::aws:policy/Second'],
    inlinePolicyNames: ['first', 'second'],
  })
})
