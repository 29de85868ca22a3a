import { expect, test } from 'vitest'
import { type Attempt, isComplete } from '../../../../../lambdas/clouds/network/tls/complete-observation.ts'

const [ipv4, otherIpv4, ipv6, otherIpv6] = ['93.184.215.14', '93.184.215.15', '2606:2800:21f::1', '2606:2800:21f::2']

const reported = (address: string): Attempt => ({ address })
const failed = (address: string, failedWith: string): Attempt => ({ address, failedWith })

test.each<[string, readonly Attempt[], boolean]>([
  ['every address has answered', [reported(ipv4), reported(ipv6)], true],
  ['a proxy has chosen one each time', [reported('keys.example'), reported('keys.example')], true],
  ['one refuses', [reported(ipv4), failed(otherIpv4, 'ECONNREFUSED')], false],
  ['one does not answer', [reported(ipv4), failed(otherIpv4, 'TimeoutError')], false],
  ['one has no route by IPv4', [reported(ipv4), failed(otherIpv4, 'EHOSTUNREACH')], false],
  ['a proxy reaches one of them only', [reported('keys.example'), failed('keys.example', 'ENETUNREACH')], false],
  ['this host has no IPv6', [reported(ipv4), failed(ipv6, 'EAFNOSUPPORT'), failed(otherIpv6, 'EAFNOSUPPORT')], true],
  ['no IPv6 has a route', [reported(ipv4), failed(ipv6, 'ENETUNREACH'), failed(otherIpv6, 'EHOSTUNREACH')], true],
  ['one by IPv6 has answered', [reported(ipv6), failed(otherIpv6, 'EHOSTUNREACH')], false],
  ['one by IPv6 refuses', [reported(ipv4), failed(ipv6, 'ECONNREFUSED'), failed(otherIpv6, 'EHOSTUNREACH')], false],
  ['this host has no IPv6, and one refuses', [failed(ipv4, 'ECONNREFUSED'), failed(ipv6, 'EAFNOSUPPORT')], false],
])('when %s an observation is complete or not', (_, attempts, complete) => {
  expect(isComplete(attempts)).toBe(complete)
})

test('an observation that omits addresses is not complete, whatever the others have answered', () => {
  expect(isComplete([reported(ipv4), reported(ipv6)], 0)).toBe(true)
  expect(isComplete([reported(ipv4), reported(ipv6)], 1)).toBe(false)
})
