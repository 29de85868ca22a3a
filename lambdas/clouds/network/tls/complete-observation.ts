import ipaddr from 'ipaddr.js'

/** One observation of one address of a host. */
export interface Attempt {
  /** An IP address, or the host's name where a proxy chooses the address. */
  readonly address: string
  /** The system's code, such as ECONNREFUSED, when the address presented no certificates. */
  readonly failedWith?: string
}

/**
 * Codes for an address that cannot be reached from here at all. A function without IPv6 gets the first
 * (https://github.com/aws/aws-lambda-python-runtime-interface-client/issues/49). Others get one of the codes that
 * connect(2) lists.
 */
const noWay = ['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'ENETUNREACH', 'EHOSTUNREACH']

/**
 * Whether the observations show what the host presents at each of its addresses. Where there is no IPv6 at all, as in
 * most functions, IPv6 addresses do not count. Otherwise a host that has some could never be observed completely.
 *
 * @param untried the number of addresses that were not observed
 */
export function isComplete(attempts: readonly Attempt[], untried = 0): boolean {
  if (untried > 0) return false
  const isIpv6 = ({ address }: Attempt) => ipaddr.IPv6.isValid(address)
  const hasIpv6 = attempts
    .filter(isIpv6)
    .some(({ failedWith }) => failedWith === undefined || !noWay.includes(failedWith))
  return attempts.every((attempt) => attempt.failedWith === undefined || (isIpv6(attempt) && !hasIpv6))
}
