import { expect, test } from 'vitest'
import { type Attempt, isComplete } from '../../../../../lambdas/clouds/network/tls/complete-look.ts'

const [ipv4, otherIpv4, ipv6, otherIpv6] = ['93.184.215.14', '93.184.215.15', '2606:2800:21f::1', '2606:2800:21f::2']

const told = (address: string): Attempt => ({ address })
const failed = (address: string, failedWith: string): Attempt => ({ address, failedWith })

test.each<[string, readonly Attempt[], boolean]>([
  ['every address has told', [told(ipv4), told(ipv6)], true],
  ['a proxy has taken one each time', [told('keys.example'), told('keys.example')], true],
  ['one refuses', [told(ipv4), failed(otherIpv4, 'ECONNREFUSED')], false],
  ['one does not answer', [told(ipv4), failed(otherIpv4, 'TimeoutError')], false],
  ['there is no way to one by IPv4', [told(ipv4), failed(otherIpv4, 'EHOSTUNREACH')], false],
  ['a proxy reaches one of them only', [told('keys.example'), failed('keys.example', 'ENETUNREACH')], false],
  ['there is no IPv6 here', [told(ipv4), failed(ipv6, 'EAFNOSUPPORT'), failed(otherIpv6, 'EAFNOSUPPORT')], true],
  ['no IPv6 has a route', [told(ipv4), failed(ipv6, 'ENETUNREACH'), failed(otherIpv6, 'EHOSTUNREACH')], true],
  ['one by IPv6 has told', [told(ipv6), failed(otherIpv6, 'EHOSTUNREACH')], false],
  ['one by IPv6 refuses', [told(ipv4), failed(ipv6, 'ECONNREFUSED'), failed(otherIpv6, 'EHOSTUNREACH')], false],
  ['there is no IPv6 here, and one refuses', [failed(ipv4, 'ECONNREFUSED'), failed(ipv6, 'EAFNOSUPPORT')], false],
])('when %s a look is complete or not', (_, attempts, complete) => {
  expect(isComplete(attempts)).toBe(complete)
})

test('a look that has left addresses out is not complete, whatever the others have told', () => {
  expect(isComplete([told(ipv4), told(ipv6)], 0)).toBe(true)
  expect(isComplete([told(ipv4), told(ipv6)], 1)).toBe(false)
})
