import { expect, test } from 'vitest'
import { type Attempt, isComplete } from '../../../../../lambdas/clouds/network/tls/complete-observation.ts'

const [ipv4, otherIpv4, ipv6, otherIpv6] = ['93.184.215.14', '93.184.215.15', '2606:2800:21f::1', '2606:2800:21f::2']

const reported = (address: string): Attempt => ({ address })
const failed = (address: string, failedWith: string): Attempt => ({ address, failedWith })

test.each<[string, readonly Attempt[], boolean]>([
  ['every address has told', [reported(ipv4), reported(ipv6)], true],
  ['a proxy has taken one each time', [reported('keys.example'), reported('keys.example')], true],
  ['one refuses', [reported(ipv4), failed(otherIpv4, 'ECONNREFUSED')], false],
  ['one does not answer', [reported(ipv4), failed(otherIpv4, 'TimeoutError')], false],
  ['there is no way to one by IPv4', [reported(ipv4), failed(otherIpv4, 'EHOSTUNREACH')], false],
  ['a proxy reaches one of them only', [reported('keys.example'), failed('keys.example', 'ENETUNREACH')], false],
  ['there is no IPv6 here', [reported(ipv4), failed(ipv6, 'EAFNOSUPPORT'), failed(otherIpv6, 'EAFNOSUPPORT')], true],
  ['no IPv6 has a route', [reported(ipv4), failed(ipv6, 'ENETUNREACH'), failed(otherIpv6, 'EHOSTUNREACH')], true],
  ['one by IPv6 has told', [reported(ipv6), failed(otherIpv6, 'EHOSTUNREACH')], false],
  ['one by IPv6 refuses', [reported(ipv4), failed(ipv6, 'ECONNREFUSED'), failed(otherIpv6, 'EHOSTUNREACH')], false],
  ['there is no IPv6 here, and one refuses', [failed(ipv4, 'ECONNREFUSED'), failed(ipv6, 'EAFNOSUPPORT')], false],
])('when %s a look is complete or not', (_, attempts, complete) => {
  expect(isComplete(attempts)).toBe(complete)
})

test('a look that has left addresses out is not complete, whatever the others have told', () => {
  expect(isComplete([reported(ipv4), reported(ipv6)], 0)).toBe(true)
  expect(isComplete([reported(ipv4), reported(ipv6)], 1)).toBe(false)
})
