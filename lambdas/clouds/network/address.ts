/**
 * Which hosts and addresses a URL from outside may lead to (the rules against server-side request forgery).
 *
 * `public`: discovery documents and key sets, which anybody must be able to read. `cluster`: API servers and the
 * proxies before them, which may be in a private network. Loopback, link-local, multicast and metadata addresses are
 * for neither.
 */
import ipaddr from 'ipaddr.js'

export type Reach = 'public' | 'cluster'

/** Ranges of the IANA special-purpose registries, as ipaddr.js names them, with what a reader calls them. */
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

/** Outside of the ranges that are refused as a whole: AWS's for IPv6 (metadata, DNS, time), and Azure's wire server. */
const metadataRanges = [ipaddr.parseCIDR('fd00:ec2::/32'), ipaddr.parseCIDR('168.63.129.16/32')]

/**
 * NAT64 (RFC 6052), and the old IPv4-compatible addresses (RFC 4291, 2.5.5.1), which a URL spells without dots: what they
 * lead to is the IPv4 address in their last 32 bits.
 */
const embeddings = [ipaddr.IPv6.parseCIDR('64:ff9b::/96'), ipaddr.IPv6.parseCIDR('::/96')]

const forbiddenNames = ['metadata', 'metadata.google.internal', 'instance-data', 'instance-data.ec2.internal']
const forbiddenDomains: Readonly<Record<Reach, readonly string[]>> = {
  public: ['localhost', 'localdomain', 'local', 'internal'],
  cluster: ['localhost', 'localdomain'],
}

/**
 * Why this host must not be connected to, or undefined when it may be. For a name this says nothing about the
 * addresses that it resolves to: {@link addressProblem} has to be asked for each of them.
 *
 * @param host a DNS name or an address, as in a URL: also decimal, octal or hexadecimal (`2130706433`, `0177.1`)
 */
export function hostProblem(host: string, reach: Reach): string | undefined {
  const normal = normalise(host)
  if (normal === undefined) return 'it is not a host name'
  if (ipaddr.isValid(normal)) return addressProblem(normal, reach)
  return nameProblem(normal, reach)
}

/** Why this IP address must not be connected to, or undefined when it may be. */
export function addressProblem(address: string, reach: Reach): string | undefined {
  if (!ipaddr.isValid(address)) return 'it is not an IP address'
  const parsed = withoutMapping(ipaddr.process(address))
  if (metadataRanges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits))) {
    return 'it is a metadata address'
  }
  const range = parsed.range()
  if (allowedRanges[reach].includes(range)) return undefined
  return `it is ${rangeNames[range] ?? 'a reserved address'}`
}

function nameProblem(name: string, reach: Reach): string | undefined {
  if (forbiddenNames.includes(name)) return 'it is a metadata service'
  if (forbiddenDomains[reach].some((domain) => name === domain || name.endsWith(`.${domain}`))) {
    return 'it is a name for this machine or its own network'
  }
  return undefined
}

/**
 * The host as a connection would use it: URL parsing turns every spelling of an IPv4 address into the dotted one and
 * every name into lower case (https://url.spec.whatwg.org/#host-parsing). Without brackets and without a final dot.
 */
function normalise(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const withoutZone = bare.replace(/%.*$/, '')
  if (ipaddr.IPv6.isValid(withoutZone)) return withoutZone
  // Each of these would end the host in a URL, or spell it another way.
  if (/[/?#@\\:%]/.test(bare)) return undefined
  return URL.parse(`https://${bare}/`)?.hostname.replace(/\.$/, '')
}

function withoutMapping(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!(address instanceof ipaddr.IPv6)) return address
  // Of the same range as the IPv4-compatible ones, and addresses of their own.
  if (['loopback', 'unspecified'].includes(address.range())) return address
  const embeds = embeddings.some((range) => address.match(range))
  return embeds ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address
}

/** A URL that came from outside. */
export function shown(issuer: string): string {
  const url = URL.parse(issuer)
  return url && url.href.length <= 200 ? url.href.replace(/\/$/, '') : 'an issuer that is no URL'
}
