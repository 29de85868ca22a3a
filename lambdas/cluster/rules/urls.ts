import { hostProblem } from '../../clouds/network/address.ts'
import { longestIssuerUrl } from '../../spec/patterns.ts'

/**
 * Every reason why a text is not the URL of an HTTP CONNECT proxy. Private addresses are allowed, because a bastion
 * host has a private address. User and password are rejected, because the record stores the request.
 */
export function proxyUrlProblems(text: string): string[] {
  const url = URL.parse(text)
  if (url === null) return ['is not a URL: use http://HOST:PORT']
  const problems: string[] = []
  if (url.protocol !== 'http:')
    problems.push(`has the scheme ${url.protocol} where a proxy takes http: use http://HOST:PORT`)
  if (hasUser(url)) problems.push('holds a user or password (not repeated here): use a proxy that needs none')
  if (url.pathname.length > 1 || url.search !== '' || url.hash !== '') {
    problems.push('has something after the port: use http://HOST:PORT')
  }
  if (!/:\d+\/?$/.test(text)) problems.push('names no port: write http://HOST:PORT')
  const unsafe = hostProblem(url.hostname, 'cluster')
  if (unsafe !== undefined) {
    problems.push(`has a host that a function must not dial, ${unsafe}: use the name or address of the bastion host`)
  }
  return problems
}

/**
 * Every reason why IAM does not accept a text as an issuer. The issuer must be publicly reachable, use https and have
 * no port, query, fragment or user
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html).
 */
export function issuerUrlProblems(text: string): string[] {
  const url = URL.parse(text)
  if (url === null) return ['is not a URL: use https://HOST/PATH, letter by letter as in the iss claim of a token']
  if (hasUser(url)) return ['holds a user or password (not repeated here): an issuer is public, leave them out']
  const problems: string[] = []
  if (url.protocol !== 'https:')
    problems.push(`has the scheme ${url.protocol} where IAM takes https only: use https://HOST/PATH`)
  if (/^[a-z]+:\/\/[^/?#]*:\d*([/?#]|$)/i.test(text))
    problems.push('names a port, which IAM does not take: serve the issuer on 443 and leave the port out')
  if (text.includes('?')) problems.push('has a query, which IAM does not take: leave it out')
  if (text.includes('#')) problems.push('has a fragment, which IAM does not take: leave it out')
  const unsafe = hostProblem(url.hostname, 'public')
  if (unsafe !== undefined)
    problems.push(`has a host that AWS cannot read from, ${unsafe}: publish the documents under a public name`)
  return [...problems, ...issuerSpelling(text, url, problems.length === 0)]
}

function issuerSpelling(text: string, url: URL, isElseFine: boolean): string[] {
  if (text.length > longestIssuerUrl) return [`has ${text.length} characters, and IAM takes ${longestIssuerUrl}`]
  if (/\/$/.test(text))
    return [
      'ends in a slash, and IAM compares letter by letter with the iss claim: leave the slash out, or leave issuerUrl out to have it read from a token',
    ]
  const normal = url.pathname === '/' ? url.origin : url.href
  if (isElseFine && normal !== text)
    return [`is not in normal form: write ${JSON.stringify(normal)} if that is the iss claim`]
  return []
}

function hasUser(url: URL): boolean {
  return url.username !== '' || url.password !== ''
}
