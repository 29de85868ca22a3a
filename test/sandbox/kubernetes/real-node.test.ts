import { expect, test } from 'vitest'
import { BackOff } from '../../../sandbox/kubernetes/real/node/back-off.ts'
import { expand } from '../../../sandbox/kubernetes/real/node/environment.ts'
import { endpointsOf } from '../../../sandbox/kubernetes/real/node/services.ts'
import { filesOf } from '../../../sandbox/kubernetes/real/node/volume-files.ts'

/** From the examples of the API reference: Container v1 core, `command`. */
test.each([
  ['--namespace=$(NAMESPACE)', '--namespace=wh'],
  ['$$(NAMESPACE)', '$(NAMESPACE)'],
  ['$(ABSENT) and $NAMESPACE', '$(ABSENT) and $NAMESPACE'],
])('%s becomes %s', (text, expected) => {
  expect(expand(text, { NAMESPACE: 'wh' })).toBe(expected)
})

const service = {
  metadata: { namespace: 'wh', name: 'webhook' },
  spec: { clusterIP: '10.96.0.9', ports: [{ name: 'https', port: 443, targetPort: 8443 }] },
}
const sliceOf = (name: string, endpoints: object[]) => ({
  metadata: { namespace: 'wh', labels: { 'kubernetes.io/service-name': name } },
  ports: [{ name: 'https', port: 8443 }],
  endpoints,
})

test('the address of a Service leads to its ready endpoints alone, at the port of the pods', () => {
  const network = {
    services: [service],
    slices: [
      sliceOf('webhook', [
        { addresses: ['10.244.0.2'], conditions: { ready: true } },
        { addresses: ['10.244.0.3'], conditions: { ready: false } },
      ]),
      sliceOf('other', [{ addresses: ['10.244.0.4'], conditions: { ready: true } }]),
    ],
  }
  expect(endpointsOf(network, '10.96.0.9', 443)).toEqual([{ address: '10.244.0.2', port: 8443 }])
  expect(endpointsOf(network, '10.96.0.9', 80)).toEqual([])
  expect(endpointsOf(network, '10.244.0.2', 8443)).toBeUndefined()
})

test('a program waits longer after each short run, and not after a long one', () => {
  const backOff = new BackOff()
  const ran = (seconds: number) => ({ code: 1, startedAt: new Date(0), finishedAt: new Date(seconds * 1000) })
  const waits = [0, 1, 2, 3, 4, 5, 600].map((seconds) => backOff.after(ran(seconds)))
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 1000])
})

test('items choose the keys of a volume, their paths and modes; a key that is not there is an error', async () => {
  const contents = new Map([
    ['tls.crt', Buffer.from('certificate')],
    ['tls.key', Buffer.from('key')],
  ])
  const reader = { secret: async () => contents, configMap: async () => undefined }
  const sources = { pod: {}, reader, token: async () => '' }
  const volume = (items: object[]) => ({ name: 'certs', secret: { secretName: 'certs', defaultMode: 0o440, items } })
  expect(await filesOf(volume([{ key: 'tls.crt', path: 'server/cert.pem', mode: 0o400 }]), sources)).toEqual(
    new Map([['server/cert.pem', { content: Buffer.from('certificate'), mode: 0o400 }]]),
  )
  expect([...((await filesOf(volume([]), sources)) ?? [])].map(([path, { mode }]) => [path, mode])).toEqual([
    ['tls.crt', 0o440],
    ['tls.key', 0o440],
  ])
  await expect(filesOf(volume([{ key: 'ca.crt', path: 'ca.crt' }]), sources)).rejects.toThrow(
    'references non-existent secret key: ca.crt',
  )
})
