import { X509Certificate } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { kubeconfigText } from '../../../cli/connect/kubeconfig.ts'
import { storedCredentials, validityOf } from '../../../cli/doctor/stored-credentials.ts'
import { createAuthority } from '../../../sandbox/network/authority.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const directory = await temporaryDirectory()
afterAll(() => directory.remove())

const claims = (payload: object) => `head.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.signature`
const token = claims({ exp: 1_800_000_000 })
const tokenEnd = new Date('2027-01-15T08:00:00Z')
const address = { server: 'https://prod.example', caData: 'Y2E=' }

/** A kubeconfig that was not made by wid, with this user. */
function kubeconfig(user: object): string {
  return stringify({
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: address.server, 'certificate-authority-data': address.caData } }],
    contexts: [
      { name: 'wrong', context: { cluster: 'c', user: 'wrong' } },
      { name: 'right', context: { cluster: 'c', user: 'right' } },
    ],
    'current-context': 'right',
    users: [
      { name: 'wrong', user: { token: claims({ exp: 1 }) } },
      { name: 'right', user },
    ],
  })
}

function end(secret: string): Date | undefined {
  const stored = storedCredentials(secret)
  return stored && validityOf(stored.user)?.end
}

test('reads the end from a kubeconfig of wid connect, from JSON with a token, and from the current context of another kubeconfig', () => {
  expect(
    end(kubeconfigText('prod', { server: address.server, ca: address.caData }, { token, wantsRenewal: true })),
  ).toEqual(tokenEnd)
  expect(end(JSON.stringify({ ...address, token }))).toEqual(tokenEnd)
  expect(end(kubeconfig({ token }))).toEqual(tokenEnd)
})

test('takes the end of a client certificate if it is before that of the token', async () => {
  const authority = await createAuthority(directory.path)
  const { chain: cert } = await authority.issue(['client.example'])
  const certificateEnd = new X509Certificate(cert).validToDate
  const data = Buffer.from(cert).toString('base64')
  expect(end(kubeconfig({ 'client-certificate-data': data }))).toEqual(certificateEnd)
  expect(end(JSON.stringify({ ...address, clientCertificateData: cert }))).toEqual(certificateEnd)
  expect(validityOf({ certData: data })?.start).toEqual(new X509Certificate(cert).validFromDate)
  expect(end(kubeconfig({ token, 'client-certificate-data': data }))).toEqual(
    certificateEnd < tokenEnd ? certificateEnd : tokenEnd,
  )
})

test.for([
  ['a token without an end', JSON.stringify({ ...address, token: claims({ sub: 'account' }) })],
  ['a token of another form', JSON.stringify({ ...address, token: 'opaque' })],
  ['an invalid certificate', kubeconfig({ 'client-certificate-data': 'a2V5' })],
] as const)('%s has no end', ([, secret]) => {
  expect(storedCredentials(secret)).toBeDefined()
  expect(end(secret)).toBeUndefined()
})

test.for([
  ['invalid YAML', '{ users: [{ "'],
  ['an empty secret', ''],
  ['only a token', JSON.stringify({ token })],
] as const)('%s has no credentials', ([, secret]) => {
  expect(storedCredentials(secret)).toBeUndefined()
})

test('ignores fields that run a program, read a file or skip verification', () => {
  const stored = storedCredentials(
    kubeconfig({ token, exec: { command: 'steal' }, tokenFile: '/etc/passwd', 'client-key': '/etc/passwd' }),
  )
  expect(stored?.user).toEqual({ token })
  expect(stored?.cluster).toMatchObject({ skipTLSVerify: false })
})
