import type { Refusal } from '../clouds/aws/web-identity.ts'
import type { Explanation } from '../errors/step-errors.ts'

/**
 * The cause of a refusal:
 * - `trust`: the trust policy does not allow the subject, or another policy, such as an SCP, denies the call
 * - `provider`: the provider does not exist
 * - `thumbprint`: the provider's thumbprints match no certificate of the issuer's server
 * - `audience`: the audience is not one of the provider's client IDs
 * - `expired`: the token has expired
 * - `keys`: any other refusal, probably because of the issuer's documents or keys
 */
type RefusalKind = 'trust' | 'provider' | 'thumbprint' | 'audience' | 'expired' | 'keys'

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors */
function kindOf(refusal: Refusal): RefusalKind {
  if (refusal.code === 'AccessDenied' || refusal.code === 'IDPRejectedClaim') return 'trust'
  if (refusal.code === 'ExpiredToken') return 'expired'
  if (/No OpenIDConnect provider found/i.test(refusal.message)) return 'provider'
  if (/thumbprint/i.test(refusal.message)) return 'thumbprint'
  if (/audience/i.test(refusal.message)) return 'audience'
  return 'keys'
}

/** Whether the cause may be the issuer's documents, or the connection from STS to the issuer. */
export function concernsDocuments(refusal: Refusal): boolean {
  return kindOf(refusal) === 'keys' || concernsCertificate(refusal)
}

/** Whether the provider's thumbprints do not match. An untrusted server certificate causes the same refusal. */
export function concernsCertificate(refusal: Refusal): boolean {
  return kindOf(refusal) === 'thumbprint'
}

/** Whether the refusal is permanent, so that waiting cannot help. */
export function isPermanent(refusal: Refusal): boolean {
  return kindOf(refusal) === 'expired'
}

interface Parties {
  readonly roleArn: string
  readonly providerArn: string
  readonly issuerUrl: string
}

/** Explains the refusal of the workload's own token. */
export function explainRefusal(refusal: Refusal, parties: Parties): Explanation {
  return explanations[kindOf(refusal)](parties, refusal.code)
}

const explanations: Readonly<Record<RefusalKind, (parties: Parties, code: string) => Explanation>> = {
  trust: ({ roleArn }, code) => ({
    object: roleArn,
    reason: `STS does not let the service account assume the role (sts:AssumeRoleWithWebIdentity: ${code})`,
    action:
      'A new role takes up to a minute; if it lasts, look for a change of its trust policy, or for a service control policy that denies sts:AssumeRoleWithWebIdentity',
  }),
  provider: ({ providerArn }, code) => ({
    object: providerArn,
    reason: `STS finds no OIDC provider for the cluster's issuer (${code})`,
    action: 'A new provider takes some seconds; if it lasts, send the request again, which registers it',
  }),
  thumbprint: ({ providerArn, issuerUrl }, code) => ({
    object: providerArn,
    reason: `none of the provider's thumbprints is that of the certificate which the server of ${issuerUrl} presents (${code})`,
    action: 'Send the request again, which registers the certificate that is presented now',
  }),
  audience: ({ providerArn }, code) => ({
    object: providerArn,
    reason: `the provider does not take tokens for the audience sts.amazonaws.com (${code})`,
    action: "Send the request again, which adds it to the provider's client IDs",
  }),
  expired: ({ issuerUrl }, code) => ({
    object: issuerUrl,
    reason: `a token that the cluster has just made is expired for STS (${code})`,
    action: "Set the clock of the cluster's control plane",
  }),
  keys: ({ issuerUrl }, code) => ({
    object: issuerUrl,
    reason: `STS cannot verify the cluster's tokens (${code}), although the issuer's documents can be read from here`,
    action:
      "Check that the issuer publishes the key with which the cluster signs, and that nothing keeps AWS's addresses from its discovery documents",
  }),
}

/** Explains a refusal whose cause is a discovery document that is not publicly readable. */
export function unreadableDocument(problem: Explanation, refusal: Refusal): Explanation {
  return {
    object: problem.object,
    reason: `STS cannot verify the cluster's tokens (${refusal.code}), because ${problem.reason}`,
    action: problem.action,
  }
}

const publishItself = 'Let the cluster publish its current keys; a key that was changed a moment ago takes some minutes'

const publishByRefresh =
  'Let the API servers sign with the previous key until a refresh (POST /v1/clusters/CLUSTER/signing-keys) has published this one and the caches have expired: docs/issuer.md#change-the-signing-key'

const signWithAnother =
  'Let the API servers sign with another key: this one is revoked, and is not published again before a teardown of the cluster: docs/issuer.md#change-the-signing-key'

/** A key that signs tokens but is missing in the key set at `jwksUri`. */
interface UnpublishedKey {
  readonly jwksUri: string
  readonly keyId: string
  /** Whether the deployment publishes the keys of the cluster. */
  readonly isHosted: boolean
  readonly isRevoked: boolean
}

/** Explains a refusal whose cause is that the issuer does not publish the key that signed the token. */
export function unpublishedKey(refusal: Refusal, { jwksUri, keyId, isHosted, isRevoked }: UnpublishedKey): Explanation {
  const publishIt = isHosted ? publishByRefresh : publishItself
  return {
    object: jwksUri,
    reason: `STS cannot verify the cluster's tokens (${refusal.code}), because the key set lacks the key ${keyId} with which the cluster signs`,
    action: isRevoked ? signWithAnother : publishIt,
  }
}
