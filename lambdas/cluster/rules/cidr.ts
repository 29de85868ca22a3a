import ipaddr from 'ipaddr.js'
import { longestPrefix, shortestPrefix } from '../../spec/cidr-pattern.ts'

/** Returns the reason why the cluster does not accept the text as an IPv4 range, or undefined if it does. */
export function cidrProblem(text: string): string | undefined {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return 'is not an IPv4 range: write it as 10.2.0.0/16'
  const [, bits] = ipaddr.IPv4.parseCIDR(text)
  const network = `${ipaddr.IPv4.networkAddressFromCIDR(text)}/${bits}`
  if (network !== text) return `has address bits outside of its prefix: write ${network}`
  if (bits < shortestPrefix || bits > longestPrefix) {
    return `has a prefix of ${bits} bits: use ${shortestPrefix} to ${longestPrefix}`
  }
  return undefined
}

/** Whether two valid ranges share an address. */
export function rangesOverlap(one: string, other: string): boolean {
  const [a, aBits] = ipaddr.IPv4.parseCIDR(one)
  const [b, bBits] = ipaddr.IPv4.parseCIDR(other)
  return a.match(b, Math.min(aBits, bBits))
}
