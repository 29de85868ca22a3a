import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { parseClusterCredentials } from '../../../../lambdas/clouds/kubernetes/credentials.ts'
import { InvalidCredentials } from '../../../../lambdas/errors/step-errors.ts'
import { type Authority, createAuthority, type Leaf } from '../../../../sandbox/network/authority.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'

const secretArn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod-eu/user-cluster-d4e5f6'
const server = 'https://api.prod-eu.example'
const secretToken = 'very-secret-token'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let authority: Authority
let client: Leaf
let other: Leaf

beforeAll(async () => {
  directory = await temporaryDirectory()
  authority = await createAuthority(directory.path)
  client = await authority.issue(['client.example'])
  other = await authority.issue(['other.example'])
})

afterAll(() => directory.remove())

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** A valid kubeconfig, with changes of its cluster, its user or its other fields. */
function kubeconfig(change: { cluster?: object; user?: object; config?: object } = {}): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'prod', cluster: { server, 'certificate-authority-data': base64(authority.caPem), ...change.cluster } },
    ],
    users: [{ name: 'robot', user: { token: secretToken, ...change.user } }],
    contexts: [{ name: 'robot@prod', context: { cluster: 'prod', user: 'robot' } }],
    'current-context': 'robot@prod',
    ...change.config,
  })
}

function refusalOf(text: string): InvalidCredentials {
  try {
    parseClusterCredentials(text, secretArn)
  } catch (error) {
    if (error instanceof InvalidCredentials) return error
    throw error
  }
  throw new Error('the credentials were accepted')
}

describe('credentials of a cluster', () => {
  it('are renewed when their kubeconfig has the extension for it', () => {
    const withExtensions = (extensions: unknown) =>
      parseClusterCredentials(kubeconfig({ user: { extensions } }), secretArn)
    const renewal = { name: 'workload-identity/renewal', extension: {} }
    expect(withExtensions([{ name: 'other', extension: {} }, renewal]).wantsRenewal).toBe(true)
    for (const other of [undefined, [], [{ name: 'other' }], 'workload-identity/renewal', [renewal.name]]) {
      expect(withExtensions(other).wantsRenewal, JSON.stringify(other)).toBeUndefined()
    }
  })

  it('are read from a kubeconfig in YAML', () => {
    expect(parseClusterCredentials(kubeconfig(), secretArn)).toEqual({
      server,
      ca: authority.caPem,
      token: secretToken,
    })
  })

  it('are read from a kubeconfig in JSON, with client certificate, proxy and TLS name', () => {
    const config = {
      kind: 'Config',
      clusters: [
        {
          name: 'c',
          cluster: {
            server: `${server}:6443/`,
            'certificate-authority-data': base64(authority.caPem),
            'proxy-url': 'http://bastion.example:8118',
            'tls-server-name': 'kubernetes',
            'insecure-skip-tls-verify': false,
          },
        },
      ],
      users: [
        {
          name: 'u',
          user: { 'client-certificate-data': base64(client.chain), 'client-key-data': base64(client.key) },
        },
      ],
      contexts: [{ name: 'only', context: { cluster: 'c', user: 'u' } }],
    }

    expect(parseClusterCredentials(JSON.stringify(config), secretArn)).toEqual({
      server: `${server}:6443`,
      ca: authority.caPem,
      client: { certificate: client.chain, key: client.key },
      proxyUrl: 'http://bastion.example:8118/',
      serverName: 'kubernetes',
    })
  })

  it('are those of the current context if the kubeconfig has several', () => {
    const contexts = [
      { name: 'first', context: { cluster: 'elsewhere', user: 'nobody' } },
      { name: 'robot@prod', context: { cluster: 'prod', user: 'robot' } },
    ]
    expect(parseClusterCredentials(kubeconfig({ config: { contexts } }), secretArn).token).toBe(secretToken)
  })

  it('are read from a JSON object of server, CA and token, also with the CA as PEM', () => {
    const credentials = { server, ca: authority.caPem, token: secretToken }
    for (const caData of [base64(authority.caPem), authority.caPem]) {
      const text = JSON.stringify({ server, caData, token: secretToken })
      expect(parseClusterCredentials(text, secretArn)).toEqual(credentials)
    }
  })

  it('are read from a JSON object of server, CA and client certificate', () => {
    const text = JSON.stringify({
      server,
      caData: base64(authority.caPem),
      clientCertificateData: base64(client.chain),
      clientKeyData: base64(client.key),
    })
    expect(parseClusterCredentials(text, secretArn).client).toEqual({ certificate: client.chain, key: client.key })
  })

  it('have a token without the line break of an editor', () => {
    expect(parseClusterCredentials(kubeconfig({ user: { token: `${secretToken}\n` } }), secretArn).token).toBe(
      secretToken,
    )
  })
})

describe('credentials that are refused', () => {
  const user = (change: object) => () => kubeconfig({ user: change })
  const cluster = (change: object) => () => kubeconfig({ cluster: change })
  const config = (change: object) => () => kubeconfig({ config: change })

  const refused: readonly [what: string, text: () => string, reason: RegExp][] = [
    ['run a program', user({ exec: { command: 'aws' } }), /users\[0\]\.user\.exec: it runs a program/],
    ['run a plug-in', user({ 'auth-provider': { name: 'gcp' } }), /user\.auth-provider: it runs a plug-in/],
    ['name a token file', user({ tokenFile: '/var/run/token' }), /user\.tokenFile: it names a file/],
    ['name a certificate file', user({ 'client-certificate': '/a.crt' }), /user\.client-certificate: it names a file/],
    ['name a key file', user({ 'client-key': '/a.key' }), /user\.client-key: it names a file/],
    ['have a user name', user({ username: 'admin' }), /user\.username: passwords are not supported/],
    ['have a password', user({ password: 'hunter2' }), /user\.password: passwords are not supported/],
    ['impersonate another user', user({ as: 'system:admin' }), /user\.as: impersonation is not supported/],
    ['verify nothing', cluster({ 'insecure-skip-tls-verify': true }), /cluster\.insecure-skip-tls-verify: it would/],
    ['name a CA file', cluster({ 'certificate-authority': '/ca.crt' }), /cluster\.certificate-authority: it names/],
    ['lack a CA', cluster({ 'certificate-authority-data': undefined }), /certificate-authority-data: it is missing/],
    ['have a CA that is none', cluster({ 'certificate-authority-data': 'AAAA' }), /authority-data: it is neither PEM/],
    [
      'have a broken CA',
      cluster({ 'certificate-authority-data': base64('-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----') }),
      /certificate-authority-data: it is not a certificate/,
    ],
    ['speak http', cluster({ server: 'http://api.prod-eu.example' }), /cluster\.server: it is not an https URL/],
    ['lack a server', cluster({ server: undefined }), /cluster\.server: it is missing/],
    ['have no URL for a server', cluster({ server: 'api.prod-eu.example' }), /cluster\.server: it is not a URL/],
    ['have a user in the URL', cluster({ server: 'https://a:b@api.example' }), /cluster\.server: it has a user/],
    [
      'lead to loopback',
      cluster({ server: 'https://127.0.0.1:6443' }),
      /cluster\.server: the deployment does not connect/,
    ],
    [
      'lead to loopback by name',
      cluster({ server: 'https://localhost:6443' }),
      /cluster\.server: the deployment does not connect/,
    ],
    [
      'lead to link-local addresses',
      cluster({ server: 'https://169.254.169.254' }),
      /cluster\.server: the deployment does not connect/,
    ],
    [
      'lead to IPv6 loopback',
      cluster({ server: 'https://[::1]:6443' }),
      /cluster\.server: the deployment does not connect/,
    ],
    [
      'lead to metadata',
      cluster({ server: 'https://metadata.google.internal' }),
      /cluster\.server: the deployment does not connect/,
    ],
    ['go through SOCKS', cluster({ 'proxy-url': 'socks5://bastion.example:1080' }), /cluster\.proxy-url: only HTTP/],
    [
      'go through a proxy here',
      cluster({ 'proxy-url': 'http://127.0.0.1:3128' }),
      /cluster\.proxy-url: the deployment does not connect/,
    ],
    ['have no token', user({ token: undefined }), /user\.token: there is no token/],
    ['have a token of several words', user({ token: 'two words' }), /user\.token: it has characters/],
    ['have a number as token', user({ token: 12345678 }), /user\.token: it is not text/],
    [
      'have a certificate without its key',
      () => kubeconfig({ user: { token: undefined, 'client-certificate-data': base64(client.chain) } }),
      /user\.client-key-data: it is missing/,
    ],
    [
      'have the key of another certificate',
      () =>
        kubeconfig({
          user: { 'client-certificate-data': base64(client.chain), 'client-key-data': base64(other.key) },
        }),
      /user\.client-key-data: it is not the key of the client certificate/,
    ],
    [
      'have several contexts and choose none',
      () =>
        kubeconfig({
          config: {
            'current-context': '',
            contexts: ['a', 'b'].map((name) => ({ name, context: { cluster: 'prod', user: 'robot' } })),
          },
        }),
      /current-context: it is missing/,
    ],
    [
      'choose a context that does not exist',
      config({ 'current-context': 'gone' }),
      /current-context: there is no such/,
    ],
    ['have no context', config({ contexts: [], 'current-context': undefined }), /current-context: there is no such/],
    ['lack the cluster of the context', config({ clusters: [] }), /clusters: the current context's cluster is not/],
    ['lack the user of the context', config({ users: [] }), /users: the current context's user is not/],
    ['have lists of another shape', config({ users: 'robot' }), /users: it is missing or of another type/],
    ['are empty', () => '', /the value: it is neither a kubeconfig nor a JSON object/],
    ['are a bare token', () => secretToken, /the value: it is neither a kubeconfig nor a JSON object/],
    ['are no YAML', () => `{ "token": "${secretToken}"`, /the value: it is neither YAML nor JSON/],
    ['are another object', () => `{ "token": "${secretToken}" }`, /the value: it has neither/],
    ['are a JSON object without CA', () => JSON.stringify({ server, token: secretToken }), /caData: it is missing/],
  ]

  it.each(refused)('because they %s are refused with the field, and do not occur in the error', (_, text, expected) => {
    const { object, reason, action, stack, message, cause } = refusalOf(text())

    expect(object).toBe(secretArn)
    expect(reason).toMatch(expected)
    expect(action).not.toBe('')
    expect(`${stack} ${message} ${cause}`).not.toContain(secretToken)
    expect(`${stack} ${message} ${cause}`).not.toMatch(/hunter2|two words|12345678|BEGIN/)
  })

  it('are refused quickly when their aliases multiply', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 12; level++) {
      lines.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      )
    }
    expect(refusalOf(lines.join('\n')).reason).toMatch(/neither YAML nor JSON/)
  })
})
