/**
 * Decides to which hosts and addresses an untrusted URL may lead, against server-side request forgery.
 *
 * `public` is for discovery documents and key sets, which must be publicly readable. `cluster` is for API servers and
 * the proxies in front of them, which may be in a private network, or in the ranges of the setting
 * `network.addressRanges`. Neither allows loopback, link-local, multicast and metadata addresses.
 */
import ipaddr from 'ipaddr.js'
import { isNameable } from './address-ranges.ts'

export type Reach = 'public' | 'cluster'

/** The terms for messages, by ipaddr.js's names for the ranges of the IANA special-purpose registries. */
const rangeNames: Readonly<Record<string, string>> = {
  loopback: 'a loopback address',
  linkLocal: 'a link-local address',
  unspecified: 'the unspecified address',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  private: 'a private address',
  uniqueLocal: 'a private address',
  carrierGradeNat: 'a shared address (RFC 6598)',
}

const allowedRanges: Readonly<Record<Reach, readonly string[]>> = {
  public: ['unicast'],
  cluster: ['unicast', 'private', 'uniqueLocal'],
}

/**
 * Metadata addresses that the ranges above allow: AWS's IPv6 range (metadata, DNS, time), Azure's wire server, and
 * Alibaba Cloud's server.
 */
const metadataRanges = ['fd00:ec2::/32', '168.63.129.16/32', '100.100.100.200/32'].map((range) =>
  ipaddr.parseCIDR(range),
)

/**
 * Ranges whose last 32 bits are the effective IPv4 address: NAT64 (RFC 6052), and the old IPv4-compatible addresses
 * (RFC 4291, 2.5.5.1), which URLs spell without dots.
 */
const embeddings = [ipaddr.IPv6.parseCIDR('64:ff9b::/96'), ipaddr.IPv6.parseCIDR('::/96')]

const forbiddenNames = ['metadata', 'metadata.google.internal', 'instance-data', 'instance-data.ec2.internal']
const forbiddenDomains: Readonly<Record<Reach, readonly string[]>> = {
  public: ['localhost', 'localdomain', 'local', 'internal'],
  cluster: ['localhost', 'localdomain'],
}

/**
 * Returns the reason to refuse connections to this host, or undefined when they are allowed. For a DNS name, the result
 * is about the name only. The caller checks each address of the name with {@link addressProblem}.
 *
 * @param host a DNS name or an address in any form of URLs, even decimal, octal or hexadecimal (`2130706433`, `0177.1`)
 */
export function hostProblem(host: string, reach: Reach): string | undefined {
  const normal = normalise(host)
  if (normal === undefined) return 'it is not a host name'
  if (ipaddr.isValid(normal)) return addressProblem(normal, reach)
  return nameProblem(normal, reach)
}

/** Returns the reason to refuse connections to this IP address, or undefined when they are allowed. */
export function addressProblem(address: string, reach: Reach): string | undefined {
  if (!ipaddr.isValid(address)) return 'it is not an IP address'
  const parsed = withoutMapping(ipaddr.process(address))
  if (metadataRanges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits))) {
    return 'it is a metadata address'
  }
  const range = parsed.range()
  if (allowedRanges[reach].includes(range)) return undefined
  if (reach === 'cluster' && range !== 'broadcast' && isNamed(parsed)) return undefined
  return `it is ${rangeNames[range] ?? 'a reserved address'}`
}

/** The stack sets the variable for all of its functions. */
function isNamed(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const named = (process.env.ADDRESS_RANGES ?? '').split(',').filter(isNameable)
  return address instanceof ipaddr.IPv4 && named.some((range) => address.match(ipaddr.IPv4.parseCIDR(range)))
}

function nameProblem(name: string, reach: Reach): string | undefined {
  if (forbiddenNames.includes(name)) return 'it is a metadata service'
  if (forbiddenDomains[reach].some((domain) => name === domain || name.endsWith(`.${domain}`))) {
    return 'it is a name for this machine or its own network'
  }
  return undefined
}

/**
 * Returns the host as a connection would use it, without brackets and without a final dot. URL parsing turns every form
 * of an IPv4 address into the dotted form, and names into lower case (https://url.spec.whatwg.org/#host-parsing).
 */
function normalise(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const withoutZone = bare.replace(/%.*$/, '')
  if (ipaddr.IPv6.isValid(withoutZone)) return withoutZone
  // In a URL, each of these characters would end the host or encode it.
  if (/[/?#@\\:%]/.test(bare)) return undefined
  return URL.parse(`https://${bare}/`)?.hostname.replace(/\.$/, '')
}

function withoutMapping(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!(address instanceof ipaddr.IPv6)) return address
  // `::1` and `::` are in the range of the IPv4-compatible addresses, but embed no IPv4 address.
  if (['loopback', 'unspecified'].includes(address.range())) return address
  const embeds = embeddings.some((range) => address.match(range))
  return embeds ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address
}

/** Returns an untrusted issuer URL for messages. A URL of more than 200 characters is replaced. */
export function shown(issuer: string): string {
  const url = URL.parse(issuer)
  return url && url.href.length <= 200 ? url.href.replace(/\/$/, '') : 'an issuer that is no URL'
}
