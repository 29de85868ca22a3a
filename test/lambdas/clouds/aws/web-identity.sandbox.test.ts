import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exchangeToken } from '../../../../lambdas/clouds/aws/web-identity.ts'
import { account } from '../../../../sandbox/account.ts'
import { rootEnvironment } from '../../../../sandbox/aws/server.ts'
import { listenOnFreePort } from '../../../../sandbox/network/listen.ts'
import { setEnvironment } from '../../../support/environment.ts'

const roleArn = `arn:aws:iam::${account.id}:role/workload-identity/prod/reader`

let server: Server
let restore: () => void
const received: { readonly body: URLSearchParams; readonly authorization: string | undefined }[] = []

/** STS, as far as a proof can see it: no server here tells what a session may do, nor for how long. */
beforeAll(async () => {
  server = createServer(async (request, response) => {
    received.push({
      body: new URLSearchParams(await text(request)),
      authorization: request.headers.authorization,
    })
    response.writeHead(200, { 'content-type': 'text/xml' })
    response.end(
      '<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult/></AssumeRoleWithWebIdentityResponse>',
    )
  })
  const port = await listenOnFreePort(server)
  restore = setEnvironment(rootEnvironment(`http://127.0.0.1:${port}`, account.region))
})
afterAll(async () => {
  restore()
  await new Promise((resolve) => server.close(resolve))
})

test('the session of a proof may do nothing, lives for the shortest time, and is asked for without a signature', async () => {
  await exchangeToken(roleArn, 'header.payload.signature', AbortSignal.timeout(20_000))
  const [request] = received
  expect(request?.authorization).toBeUndefined()
  const { Policy = '', ...asked } = Object.fromEntries(request?.body ?? [])
  expect(JSON.parse(Policy)).toEqual({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
  })
  expect(asked).toMatchObject({
    Action: 'AssumeRoleWithWebIdentity',
    RoleArn: roleArn,
    RoleSessionName: 'workload-identity-verification',
    WebIdentityToken: 'header.payload.signature',
    DurationSeconds: '900',
  })
})
