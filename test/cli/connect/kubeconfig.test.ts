import path from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { addressOf, kubeconfigText } from '../../../cli/connect/kubeconfig.ts'
import { parseClusterCredentials } from '../../../lambdas/clouds/kubernetes/credentials.ts'
import { createAuthority } from '../../../sandbox/network/authority.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const cluster = { name: 'c', server: 'https://prod.example:6443', skipTLSVerify: false, caData: 'Y2E=' }

test('contains server, authority and token, and no other fields of the user’s kubeconfig', async () => {
  const own = { ...cluster, proxyUrl: 'http://127.0.0.1:8118' }
  expect(parse(kubeconfigText('prod', await addressOf(own), { token: 'the-token', wantsRenewal: false }))).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'prod',
    clusters: [{ name: 'prod', cluster: { server: cluster.server, 'certificate-authority-data': 'Y2E=' } }],
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'prod' } }],
    users: [{ name: 'prod', user: { token: 'the-token' } }],
  })
})

test('keeps a different TLS server name', async () => {
  const address = await addressOf({ ...cluster, tlsServerName: 'kubernetes.default' })
  expect(address).toEqual({ server: cluster.server, ca: 'Y2E=', tlsServerName: 'kubernetes.default' })
  expect(kubeconfigText('prod', address, { token: 't', wantsRenewal: false })).toContain(
    'tls-server-name: kubernetes.default',
  )
})

test('is accepted by the functions and by client libraries', async () => {
  const directory = await temporaryDirectory()
  try {
    const { caFile } = await createAuthority(path.join(directory.path, 'authority'))
    const { caData: _, ...withFile } = { ...cluster, caFile }
    const text = kubeconfigText('prod', await addressOf(withFile), { token: 'the-token', wantsRenewal: true })
    expect(parseClusterCredentials(text, 'arn')).toMatchObject({
      server: cluster.server,
      token: 'the-token',
      wantsRenewal: true,
    })
    const config = new KubeConfig()
    config.loadFromString(text)
    expect(config.getCurrentUser()?.token).toBe('the-token')
  } finally {
    await directory.remove()
  }
})

test.for([
  {
    case: 'no authority',
    own: { name: 'c', server: cluster.server, skipTLSVerify: false },
    why: 'has no certificate authority',
  },
  { case: 'an unchecked certificate', own: { ...cluster, skipTLSVerify: true }, why: 'has no certificate authority' },
  {
    case: 'a server on this machine',
    own: { ...cluster, server: 'https://127.0.0.1:6443' },
    why: 'is an address of this machine',
  },
  {
    case: 'a missing file',
    own: { name: 'c', server: cluster.server, skipTLSVerify: false, caFile: '/nowhere/ca.pem' },
    why: 'cannot be read',
  },
])('is not created with $case', async ({ own, why }) => {
  await expect(addressOf(own)).rejects.toThrow(why)
})
