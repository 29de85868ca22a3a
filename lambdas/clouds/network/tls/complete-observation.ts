import ipaddr from 'ipaddr.js'

export interface Attempt {
  /** An IP address, or the host's name if a proxy chooses the address. */
  readonly address: string
  /** The system's code, such as ECONNREFUSED, when the address presented no certificates. */
  readonly failedWith?: string
}

/**
 * The codes of connect(2) for an address without a route. A Lambda function without IPv6 gets EAFNOSUPPORT
 * (https://github.com/aws/aws-lambda-python-runtime-interface-client/issues/49).
 */
const noRouteCodes = ['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'ENETUNREACH', 'EHOSTUNREACH']

/**
 * Whether the attempts read the certificates of each address of the host. Without IPv6 connectivity, as in most Lambda
 * functions, IPv6 addresses do not count. Otherwise a host with IPv6 addresses could never be observed completely.
 *
 * @param untried the number of addresses without an attempt
 */
export function isComplete(attempts: readonly Attempt[], untried = 0): boolean {
  if (untried > 0) return false
  const isIpv6 = ({ address }: Attempt) => ipaddr.IPv6.isValid(address)
  const hasIpv6 = attempts
    .filter(isIpv6)
    .some(({ failedWith }) => failedWith === undefined || !noRouteCodes.includes(failedWith))
  return attempts.every((attempt) => attempt.failedWith === undefined || (isIpv6(attempt) && !hasIpv6))
}
