import { expect, it } from 'vitest'
import { webhookFailure } from '../../../../lambdas/clouds/kubernetes/webhook-failure.ts'

const url = 'Post "https://hook.ns.svc:443/mutate?timeout=5s"'
const failed = (cause: string) =>
  `Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: ${url}: ${cause}`

it.each([
  ['unable to load root certificates: unable to parse bytes as PEM block', 'its caBundle holds no certificate'],
  ['x509: certificate signed by unknown authority', 'of an authority that the caBundle does not contain'],
  ['x509: certificate has expired or is not yet valid: current time ...', 'has expired or is not yet valid'],
  ['x509: certificate is valid for a, b, not hook.ns.svc', "is not for the Service's name"],
  ['no endpoints available for service "hook"', 'has no pod that is ready'],
  ['service "hook" not found', 'its Service is not there'],
  ['dial tcp 10.1.2.3:443: connect: connection refused', 'refuses connections'],
  ['Forbidden', 'add .svc to the NO_PROXY'],
  ['proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused', 'add .svc to the NO_PROXY'],
  [
    'proxy error from 127.0.0.1:8090 while dialing 10.0.0.193:443, code 503: 503 Service Unavailable',
    'perhaps the agents of konnectivity do not run',
  ],
  ['context deadline exceeded', 'did not answer in time'],
  ['net/http: request canceled (Client.Timeout exceeded while awaiting headers)', 'did not answer in time'],
  ['dial tcp: lookup hook.ns.svc: no such host', 'the network does not lead to it'],
  ['remote error: tls: internal error', 'it may have no certificate yet'],
  ['EOF', 'it may have no certificate yet'],
  ['<html>secret</html>', 'did not understand its answer'],
])('%s is explained', (cause, words) => {
  const failure = webhookFailure(failed(cause))
  expect(failure).toEqual({ name: 'a.example.com', why: expect.stringContaining(words) })
  expect(failure?.why).not.toContain('secret')
})

it('other messages are no failure of a webhook', () => {
  expect(webhookFailure(undefined)).toBeUndefined()
  expect(webhookFailure('etcdserver: request timed out')).toBeUndefined()
})
