/**
 * Hosts with several addresses, without a proxy. The product and openssl run in a network namespace with public addresses,
 * which needs unshare, ip, python3 and user namespaces, but not root.
 */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { temporaryDirectory } from '../support/temporary.ts'
import { authority, pem, presentation, server } from './support/certificates.ts'
import type { Observed, Plan } from './support/several-addresses.ts'

const [alive, aliveToo, refusing, lost, aliveIpv6, unroutedIpv6] = [
  '93.184.215.14',
  '93.184.215.15',
  '93.184.215.16',
  '93.184.215.17',
  '2606:2800:21f::1',
  '2606:2800:21f::2',
]
/** In the order of the resolver. */
const addressesOf: Record<string, readonly string[]> = {
  'one.hosts.example': [alive],
  'two.hosts.example': [alive, aliveToo],
  'refusing.hosts.example': [refusing, alive],
  'lost.hosts.example': [lost, alive],
  'ipv6.hosts.example': [aliveIpv6, alive],
  'unrouted.hosts.example': [unroutedIpv6, alive],
  'half-routed.hosts.example': [unroutedIpv6, aliveIpv6, alive],
  'down.hosts.example': [refusing],
  'private.hosts.example': [alive, '10.0.0.1'],
  'rebound.hosts.example': [alive, '127.0.0.1'],
}
const names = Object.keys(addressesOf)
/** openssl tries addresses in sequence, each for the timeout of the kernel of more than two minutes. */
const unshown = new Set(['lost.hosts.example'])

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let observed: Observed

beforeAll(async () => {
  directory = await temporaryDirectory()
  observed = await inOwnNetwork()
})
afterAll(() => directory.remove())

async function inOwnNetwork(): Promise<Observed> {
  const file = (name: string) => join(directory.path, name)
  const root = await authority({ name: 'Root' })
  const serverBelow = async (address: string) => {
    const intermediate = await authority({ name: 'Intermediate', by: root })
    const leaf = await server({ name: '*.hosts.example', by: intermediate })
    return { address, ...presentation([leaf, intermediate]) }
  }
  const servers = await Promise.all([alive, aliveToo, aliveIpv6].map(serverBelow))
  const plan: Plan = {
    servers,
    read: names,
    show: names.filter((name) => !unshown.has(name)),
    caFile: file('roots.pem'),
  }
  const hosts = names.flatMap((name) => (addressesOf[name] ?? []).map((address) => `${address} ${name}\n`))
  await Promise.all([
    writeFile(file('roots.pem'), pem(root)),
    writeFile(file('hosts'), hosts.join('')),
    writeFile(file('plan.json'), JSON.stringify(plan)),
  ])
  const network = `set -e
    ip link set lo up
    for address in ${[alive, aliveToo, refusing, lost].join(' ')}; do ip address add $address/32 dev lo; done
    ip address add ${aliveIpv6}/128 dev lo
    python3 ${join(import.meta.dirname, 'support/full_listener.py')} ${lost} 443
    mount --bind ${file('hosts')} /etc/hosts
    exec "$0" "$@"`
  const script = join(import.meta.dirname, 'support/several-addresses.ts')
  const namespaces = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--kill-child']
  const { stdout } = await promisify(execFile)(
    'unshare',
    [...namespaces, 'sh', '-c', network, process.execPath, script, file('plan.json')],
    { env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: file('roots.pem') }, timeout: 60_000 },
  )
  const byName = z.record(z.string(), z.string())
  return z.object({ shown: byName, ours: byName, all: byName, complete: byName }).parse(JSON.parse(stdout))
}

test.each([
  ['two.hosts.example', 'two servers with different chains: the first one', 'two.hosts.example'],
  ['refusing.hosts.example', 'the first one refuses connections: the second one', 'refusing.hosts.example'],
  ['lost.hosts.example', 'the first one does not answer: the second one', 'one.hosts.example'],
  ['ipv6.hosts.example', 'IPv6 and IPv4: the same one', 'ipv6.hosts.example'],
])('%s (%s) has the thumbprint that openssl shows', (name, _, shownAt) => {
  expect(observed.ours[name]).toMatch(/^[0-9a-f]{40}$/)
  expect(observed.ours[name]).toBe(observed.shown[shownAt])
})

test('a host that refuses at each address is unreachable', () => {
  expect(observed.ours['down.hosts.example']).toContain('Unreachable: down.hosts.example:443: no answer (ECONNREFUSED)')
})

test.each([
  ['private.hosts.example', 'it is a private address (10.0.0.1)'],
  ['rebound.hosts.example', 'it is a loopback address (127.0.0.1)'],
])('does not connect to %s, although it also has a public address', (name, problem) => {
  expect(observed.ours[name]).toContain(`UnsafeAddress: ${name}:443: it must not be connected to: ${problem}`)
})

test('a rotation reads the chains of all IPv4 and IPv6 addresses, and skips those that do not respond', () => {
  const [first, second, ipv6] = ['one', 'two', 'ipv6'].map(
    (name) => observed.all[`${name}.hosts.example`]?.split(',') ?? [],
  )
  expect(first).toEqual([observed.shown['one.hosts.example']])
  expect(new Set(second).size).toBe(2)
  expect(second).toContain(observed.shown['two.hosts.example'])
  expect(new Set(ipv6).size).toBe(2)
  expect(ipv6).toEqual(
    expect.arrayContaining([observed.shown['ipv6.hosts.example'], observed.shown['one.hosts.example']]),
  )
  for (const name of ['refusing', 'lost']) {
    expect(observed.all[`${name}.hosts.example`]).toBe(
      [observed.shown['one.hosts.example'], 'Unreachable'].sort().join(),
    )
  }
})

test('a rotation knows whether it has read all addresses with a route', () => {
  const complete = ['one', 'two', 'ipv6', 'unrouted', 'refusing', 'lost', 'half-routed'].map((name) => [
    name,
    observed.complete[`${name}.hosts.example`],
  ])
  expect(Object.fromEntries(complete)).toEqual({
    one: 'true',
    two: 'true',
    ipv6: 'true',
    unrouted: 'true',
    refusing: 'false',
    lost: 'false',
    'half-routed': 'false',
  })
})

test.each(['private.hosts.example', 'rebound.hosts.example'])(
  'a rotation does not connect to forbidden addresses of %s',
  (name) => {
    expect(observed.all[name]).toContain('UnsafeAddress')
  },
)
