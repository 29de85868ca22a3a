import ipaddr from 'ipaddr.js'

/** A look at one address of a host. */
export interface Attempt {
  /** Or the host's name, where a proxy takes one of its addresses. */
  readonly address: string
  /** The system's code, such as ECONNREFUSED, when it did not tell what it presents. */
  readonly failedWith?: string
}

/**
 * That there is no way to an address from here. A function without IPv6 gets the first
 * (https://github.com/aws/aws-lambda-python-runtime-interface-client/issues/49), others one of those that connect(2) lists.
 */
const noWay = ['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'ENETUNREACH', 'EHOSTUNREACH']

/**
 * Whether it is known what the host presents at each of its addresses. Where there is no IPv6 at all, as in most functions,
 * its IPv6 addresses do not count: else nothing would ever be known of a host that has some.
 *
 * @param untried how many addresses there are beside those that were looked at
 */
export function isComplete(attempts: readonly Attempt[], untried = 0): boolean {
  if (untried > 0) return false
  const isIpv6 = ({ address }: Attempt) => ipaddr.IPv6.isValid(address)
  const hasIpv6 = attempts
    .filter(isIpv6)
    .some(({ failedWith }) => failedWith === undefined || !noWay.includes(failedWith))
  return attempts.every((attempt) => attempt.failedWith === undefined || (isIpv6(attempt) && !hasIpv6))
}
