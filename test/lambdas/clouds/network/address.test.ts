import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { addressProblem, hostProblem } from '../../../../lambdas/clouds/network/address.ts'
import { isNameable } from '../../../../lambdas/clouds/network/address-ranges.ts'

const octet = fc.integer({ min: 0, max: 255 })
const dotted = (...parts: fc.Arbitrary<number>[]) => fc.tuple(...parts).map((numbers) => numbers.join('.'))
const fixed = (value: number) => fc.constant(value)

/** IPv4 addresses that no request may go to. */
const forbidden = fc.oneof(
  dotted(fixed(127), octet, octet, octet),
  dotted(fixed(169), fixed(254), octet, octet),
  dotted(fixed(0), octet, octet, octet),
  dotted(fixed(100), fc.integer({ min: 64, max: 127 }), octet, octet),
  dotted(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
)
/** RFC 1918. */
const privateAddress = fc.oneof(
  dotted(fixed(10), octet, octet, octet),
  dotted(fixed(172), fc.integer({ min: 16, max: 31 }), octet, octet),
  dotted(fixed(192), fixed(168), octet, octet),
)

function asNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** Every spelling that a URL accepts for the same IPv4 address. */
const spellings = fc.constantFrom(
  (address: string) => address,
  (address: string) => String(asNumber(address)),
  (address: string) => `0x${asNumber(address).toString(16)}`,
  (address: string) => `0${asNumber(address).toString(8)}`,
  (address: string) =>
    address
      .split('.')
      .map((part) => `0${Number(part).toString(8)}`)
      .join('.'),
  (address: string) =>
    address
      .split('.')
      .map((part) => `0X${Number(part).toString(16)}`)
      .join('.'),
  (address: string) => `${address}.`,
  (address: string) => address.replaceAll('1', '１'),
  (address: string) => address.replaceAll('.', '。'),
  (address: string) => `::ffff:${address}`,
  (address: string) => `[::ffff:${address}]`,
  (address: string) => `64:ff9b::${address}`,
  (address: string) => `::${address}`,
  // As URLs normalise it.
  (address: string) => URL.parse(`http://[::${address}]`)?.hostname ?? '',
)

describe('hostProblem', () => {
  test('refuses loopback, link-local, unspecified, shared, multicast and reserved addresses in every spelling', () => {
    fc.assert(
      fc.property(forbidden, spellings, (address, spell) => {
        expect(hostProblem(spell(address), 'cluster')).toBeDefined()
        expect(hostProblem(spell(address), 'public')).toBeDefined()
      }),
      { numRuns: 500 },
    )
  })

  test('lets private addresses through for clusters and their proxies, and never for public documents', () => {
    fc.assert(
      fc.property(privateAddress, fc.boolean(), (address, mapped) => {
        const host = mapped ? `[::ffff:${address}]` : address
        expect(hostProblem(host, 'cluster')).toBeUndefined()
        expect(hostProblem(host, 'public')).toBe('it is a private address')
      }),
    )
  })

  test.each([
    'fd00:ec2::254',
    '[fd00:ec2::254]',
    'fd00:0ec2:0::23',
    '168.63.129.16',
    '169.254.169.254',
    '169.254.170.2',
  ])('refuses the metadata address %s', (host) => {
    expect(hostProblem(host, 'cluster')).toBeDefined()
    expect(hostProblem(host, 'public')).toBeDefined()
  })

  test.each(['::1', '[::1]', '::', 'fe80::1', 'fe80::1%eth0', 'ff02::1', '2002:7f00:1::', '2001:db8::1', 'fec0::1'])(
    'refuses the IPv6 address %s',
    (host) => expect(hostProblem(host, 'cluster')).toBeDefined(),
  )

  test.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'api.localhost',
    'localhost.localdomain',
    'metadata.google.internal',
    'METADATA.google.internal.',
    'metadata',
    'instance-data.ec2.internal',
  ])('refuses the name %s', (host) => {
    expect(hostProblem(host, 'cluster')).toBeDefined()
    expect(hostProblem(host, 'public')).toBeDefined()
  })

  test('refuses names of an internal network for public documents only', () => {
    expect(hostProblem('api.corp.internal', 'public')).toBeDefined()
    expect(hostProblem('printer.local', 'public')).toBeDefined()
    expect(hostProblem('api.corp.internal', 'cluster')).toBeUndefined()
  })

  test.each(['', 'a b', 'a/b', 'user@host', 'host:443', 'host?x', 'host#x', 'a\\b', '1.2.3.4.5', 'a..%00'])(
    'refuses %j, which is no host',
    (host) => expect(hostProblem(host, 'cluster')).toBe('it is not a host name'),
  )

  test.each([
    'storage.googleapis.com',
    'localhost.example',
    'mylocalhost',
    '8.8.8.8',
    '2606:4700::1111',
    '[2606:4700::1111]',
  ])('accepts %s', (host) => {
    expect(hostProblem(host, 'public')).toBeUndefined()
    expect(hostProblem(host, 'cluster')).toBeUndefined()
  })

  test('judges an address as addressProblem does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.constantFrom('public', 'cluster'), (address, reach) => {
        expect(hostProblem(address, reach)).toBe(addressProblem(address, reach))
      }),
      { numRuns: 500 },
    )
  })

  test('never lets an address be public that a cluster may not have', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        if (addressProblem(address, 'cluster')) expect(addressProblem(address, 'public')).toBeDefined()
      }),
      { numRuns: 500 },
    )
  })
})

describe('the ranges that an administrator names', () => {
  afterEach(() => void vi.unstubAllEnvs())
  const nameable = fc.oneof(
    dotted(fixed(100), fc.integer({ min: 64, max: 127 }), octet, octet),
    dotted(fixed(198), fc.integer({ min: 18, max: 19 }), octet, octet),
    dotted(fc.integer({ min: 240, max: 254 }), octet, octet, octet),
  )
  const bits = (least: number) => fc.integer({ min: least, max: 32 })
  const never = fc.oneof(
    dotted(fixed(127), octet, octet, octet),
    dotted(fixed(169), fixed(254), octet, octet),
    dotted(fixed(0), octet, octet, octet),
    dotted(fc.integer({ min: 224, max: 239 }), octet, octet, octet),
    fc.constantFrom('168.63.129.16', '100.100.100.200', '255.255.255.255'),
  )

  test('are reached by clusters only, in every spelling', () => {
    fc.assert(
      fc.property(nameable, spellings, bits(15), (address, spell, length) => {
        vi.stubEnv('ADDRESS_RANGES', `198.51.100.0/24,${address}/${length}`)
        if (address === '100.100.100.200') return
        expect(hostProblem(spell(address), 'cluster')).toBeUndefined()
        expect(hostProblem(spell(address), 'public')).toBeDefined()
        vi.stubEnv('ADDRESS_RANGES', '')
        expect(hostProblem(spell(address), 'cluster')).toBeDefined()
      }),
    )
  })

  test('never contain metadata, loopback, link-local, multicast and broadcast addresses, whatever is named', () => {
    fc.assert(
      fc.property(never, spellings, fc.integer({ min: 0, max: 32 }), (address, spell, length) => {
        vi.stubEnv('ADDRESS_RANGES', `0.0.0.0/0,${address}/${length},100.64.0.0/10,240.0.0.0/4`)
        expect(hostProblem(spell(address), 'cluster')).toBeDefined()
      }),
    )
  })

  test.each([
    ['100.64.0.0/10', true],
    ['100.96.0.0/11', true],
    ['100.64.0.0/9', false],
    ['0.0.0.0/0', false],
    ['169.254.0.0/16', false],
    ['127.0.0.0/8', false],
    ['fe80::/10', false],
    ['100.64.0.1', false],
  ])('%s can be named: %s', (range, expected) => expect(isNameable(range)).toBe(expected))
})
