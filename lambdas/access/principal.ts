/** The identity of a caller. Grants compare only properties that the caller cannot choose. */

/** A caller whose signature IAM has verified. */
export interface IamPrincipal {
  readonly kind: 'iam'
  /** ARN of the role or the user. */
  readonly name: string
  /** The unique ID of the role or user. IAM never gives it to a later role or user of the same name. */
  readonly id: string
  readonly account: string
  readonly role?: string
  readonly user?: string
}

/** A caller whose token API Gateway has verified. */
export interface JwtPrincipal {
  readonly kind: 'jwt'
  /** ISSUER#SUBJECT. Equal subjects of two issuers are two callers. */
  readonly name: string
  /** URL of the issuer in the token. */
  readonly issuer: string
  /** The claims that are texts or lists of texts, each as a list. */
  readonly claims: Readonly<Record<string, readonly string[]>>
}

export type Principal = IamPrincipal | JwtPrincipal

/**
 * The formats of callers' ARNs:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
const assumedRole = /^arn:(?<partition>[^:]+):sts::(?<account>\d{12}):assumed-role\/(?<role>[\w+=,.@-]+)\/[\w+=,.@-]+$/
const iamUser = /^arn:[^:]+:iam::(?<account>\d{12}):user\/(?:[!-~]+\/)?(?<user>[\w+=,.@-]+)$/

/**
 * The caller of this ARN and this ID: `AROA…:SESSION` for a role, `AIDA…` for a user. It omits the session name, which
 * the caller of AssumeRole chooses. No grant applies to the root user and federated users, because their ARNs name
 * no role and no IAM user.
 */
export function iamPrincipal(userArn: string, userId: string): IamPrincipal {
  const [id = ''] = userId.split(':')
  return { kind: 'iam', id, ...nameIn(userArn) }
}

function nameIn(userArn: string): Omit<IamPrincipal, 'kind' | 'id'> {
  const { partition, account = '', role } = assumedRole.exec(userArn)?.groups ?? {}
  if (role !== undefined) return { name: `arn:${partition}:iam::${account}:role/${role}`, account, role }
  const { account: ofUser = '', user } = iamUser.exec(userArn)?.groups ?? {}
  return { name: userArn, account: ofUser, ...(user !== undefined && { user }) }
}

/** The name of the caller that requested an operation, from the operation's record. */
export function ownerOf(requestedBy: string): string {
  return requestedBy.startsWith('arn:') ? nameIn(requestedBy).name : requestedBy
}

const bearer = /^(?:Bearer +)?[\w-]+\.(?<payload>[\w-]+)\.[\w-]+$/i

/**
 * The caller of a token that API Gateway has verified. It reads the claims from the token itself, because API Gateway
 * passes a list as one text, in which a group with a space looks like two groups. Returns undefined unless the header
 * contains exactly the verified token.
 *
 * @param authorization the header
 * @param verified the claims that API Gateway has passed
 */
export function jwtPrincipal(
  authorization: string | undefined,
  verified: Readonly<Record<string, unknown>>,
): JwtPrincipal | undefined {
  const claims = claimsIn(authorization)
  const { iss, sub } = claims
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '') return undefined
  // A token that is not the verified one differs in at least one of these claims.
  const isVerified = ['iss', 'sub', 'exp', 'iat', 'jti'].every((name) => sameClaim(claims[name], verified[name]))
  return isVerified ? { kind: 'jwt', name: `${iss}#${sub}`, issuer: iss, claims: textsIn(claims) } : undefined
}

/** API Gateway passes numbers as texts. */
function sameClaim(inToken: unknown, verified: unknown): boolean {
  return typeof inToken === 'number' ? inToken === Number(verified) : inToken === verified
}

function claimsIn(authorization: string | undefined): Readonly<Record<string, unknown>> {
  const payload = bearer.exec(authorization ?? '')?.groups?.payload
  if (payload === undefined) return {}
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? { ...claims } : {}
  } catch {
    return {}
  }
}

function textsIn(claims: Readonly<Record<string, unknown>>): Record<string, readonly string[]> {
  const entries = Object.entries(claims).flatMap(([name, value]) => {
    const texts = [value].flat().filter((one) => typeof one === 'string')
    return texts.length > 0 ? [[name, texts] as const] : []
  })
  return Object.fromEntries(entries)
}
