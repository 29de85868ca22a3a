/** The values of the setting `network.addressRanges`. */
import ipaddr from 'ipaddr.js'

/**
 * The ranges in which networks use addresses that are neither public nor private: RFC 6598 (VPCs with secondary ranges,
 * Tailscale), RFC 2544, and the former class E.
 */
export const nameableRanges = ['100.64.0.0/10', '198.18.0.0/15', '240.0.0.0/4'] as const

/** Whether a text is an IPv4 range, such as `100.64.0.0/10`, that is completely in one of {@link nameableRanges}. */
export function isNameable(text: string): boolean {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return false
  const [address, bits] = ipaddr.IPv4.parseCIDR(text)
  return nameableRanges.some((range) => {
    const [start, least] = ipaddr.IPv4.parseCIDR(range)
    return bits >= least && address.match(start, least)
  })
}
