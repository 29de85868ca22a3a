import { Unsupported } from '../../errors/step-errors.ts'

/**
 * Requires an issuer URL that IAM accepts. The API has already validated an issuer from a request. An issuer that the
 * cluster reports is validated only here.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 *
 * @throws {Unsupported} when IAM does not accept the issuer
 */
export function requireRegistrable(issuerUrl: string): void {
  const problem = registrationProblem(issuerUrl)
  if (problem === undefined) return
  throw new Unsupported({
    object: issuerUrl,
    reason: `the cluster's issuer ${problem.observed}, and an OIDC provider of IAM holds ${problem.allowed}`,
    action: problem.action,
  })
}

function registrationProblem(issuerUrl: string): { observed: string; allowed: string; action: string } | undefined {
  if (issuerUrl.length > 255) {
    const observed = `has ${issuerUrl.length} characters`
    return { observed, allowed: '255 at most', action: 'Give the cluster a shorter issuer URL' }
  }
  if (/^https:\/\/[^/?#]*[:@]/.test(issuerUrl)) {
    return {
      observed: 'has a port or a user',
      allowed: 'neither',
      action: 'Give the cluster an issuer URL on port 443, without the port in it',
    }
  }
  if (/[?#]/.test(issuerUrl)) {
    return {
      observed: 'has a query or a fragment',
      allowed: 'neither',
      action: 'Give the cluster an issuer URL without query and fragment',
    }
  }
  return undefined
}
