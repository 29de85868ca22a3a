import type { RequestListener } from 'node:http'
import { beforeAll, describe, expect, it } from 'vitest'
import { withDefinition } from '../e2e/support/definition.ts'
import { type ExistingCluster, existingCluster } from '../e2e/support/existing-cluster.ts'
import { expectFailure } from '../e2e/support/failure.ts'
import { quickSystem } from '../e2e/support/quick.ts'

const running = quickSystem()
const action =
  /^Let the issuer publish its discovery document and its key set as OpenID Connect Discovery describes them$/

/** Answers the discovery document so, and all else as it should be. */
function answering(own: ExistingCluster, answer: RequestListener): void {
  own.answer = (request, response) => {
    if (`https://${request.headers.host}${request.url}` === own.discoveryUrl) return void answer(request, response)
    response.end(JSON.stringify(own.documents[request.url ?? '']))
  }
}

describe('a discovery document', () => {
  let slow: ExistingCluster
  let slowLocation: string

  // Begun first, since one look at it takes the ten seconds that it may take; the deadline has passed then.
  beforeAll(async () => {
    slow = await existingCluster(running.system, 'slow')
    answering(slow, () => {})
    slowLocation = await withDefinition(
      running.system,
      (text) => text.replace('readyTimeoutMinutes * 60000', 'readyTimeoutMinutes * 60'),
      () => running.system.start(slow.body()),
    )
  })

  it.each<[string, RequestListener, RegExp]>([
    ['is too large', (_, response) => void response.end(`"${'x'.repeat(70_000)}"`), /: it is larger than 65536 bytes$/],
    [
      'is redirected',
      (_, response) => void response.writeHead(302, { location: 'https://planted-secret.example.com/' }).end(),
      /: it redirects \(status 302\), and redirects are not followed$/,
    ],
    ['is no JSON', (_, response) => void response.end('<html>planted-secret</html>'), /: it is not JSON$/],
    [
      'is of another issuer',
      (_, response) => void response.end(JSON.stringify({ issuer: 'https://planted-secret', jwks_uri: 'https://a/b' })),
      /: its issuer is not https:\/\/oidc\.discovery-x\d+\.example\.com$/,
    ],
  ])('that %s fails the setup, until it is as it should be', async (_, answer, reason) => {
    const own = await existingCluster(running.system, 'discovery')
    answering(own, answer)
    const operation = await running.system.setUp(own.body())
    const object = own.discoveryUrl
    expectFailure(running.system, operation, { name: 'InvalidDiscovery', step: 'CheckCluster', object, reason, action })
    own.answer = undefined
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })

  it('whose key set has no key fails the setup and names the key set, until it has one', async () => {
    const own = await existingCluster(running.system, 'no-keys')
    const { documents } = own
    own.documents = { ...documents, '/openid/v1/jwks': { keys: [] } }
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'InvalidDiscovery',
      step: 'CheckCluster',
      object: own.jwksUrl,
      reason: /: it has no RSA or EC key for signatures$/,
      action,
    })
    own.documents = documents
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })

  it('that comes too slowly is waited for until the deadline, and named then', async () => {
    expectFailure(running.system, await running.system.ended(slowLocation), {
      name: 'ClusterNotReady',
      step: 'CheckCluster',
      object: `cluster ${slow.name}`,
      reason: new RegExp(
        `^the cluster was not ready by the deadline: ${slow.discoveryUrl}: no whole answer within 10 s \\(check the host that serves it\\)$`,
      ),
      action: /^Do what the reason asks for, and send the request again$/,
    })
    slow.answer = undefined
    expect((await running.system.setUp(slow.body())).error).toBeUndefined()
  })
})
