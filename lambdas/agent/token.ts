import { decodeJwt, jwtVerify } from 'jose'
import * as z from 'zod/mini'
import { algorithms, type PublicKey } from '../clouds/public-key.ts'
import type { Thumbprinted } from '../ownership/keys.ts'
import { accountNamespace, clusterAccount } from '../ownership/setup-account.ts'

/** A key that signs tokens of the agent. */
export interface SigningKey extends Thumbprinted {
  readonly key: PublicKey
}

/** The facts in a verified token of an agent. */
export interface VerifiedAgent {
  /** UID of the service account. */
  readonly accountUid: string
  readonly signedBy: Thumbprinted
  readonly issuedAt: Date
}

/** The `sub` of the tokens of agents. */
export const agentSubject = `system:serviceaccount:${accountNamespace}:${clusterAccount}`

/**
 * The longest accepted lifetime of a token in seconds: the hour that the kubelet requests, and 100 seconds more. A
 * stolen token is not accepted after this time.
 */
const longestLife = 3_700

/** Differences between the clocks of the cluster and of AWS, in seconds. */
const clockTolerance = 60

/**
 * The claims of a token that is bound to a pod, as the kubelet requests it. Other tokens are refused, such as the token
 * in a Secret:
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */
const claims = z.object({
  iat: z.number(),
  exp: z.number(),
  'kubernetes.io': z.object({ pod: z.object({ uid: z.string() }), serviceaccount: z.object({ uid: z.string() }) }),
})

/** The audience of the tokens of all agents of the deployment. */
export function agentAudience(deployment: string): string {
  return `workload-identity-agent:${deployment}`
}

/**
 * Whether the claims of a token are those of an agent of this deployment. It does not verify the signature. Calls
 * without such a token are rejected before the table is read.
 */
export function claimsToBeAgent(token: string, { audience, now }: { readonly audience: string; readonly now: Date }) {
  try {
    const { sub, aud = [], exp = 0 } = decodeJwt(token)
    return sub === agentSubject && [aud].flat().includes(audience) && exp + clockTolerance > now.getTime() / 1000
  } catch {
    return false
  }
}

/**
 * Returns the facts of a token that one of the keys has signed. Returns undefined when the token is not a valid
 * token of a pod of the agent's account, for this deployment. The issuer is not compared, because it changes when the
 * deployment begins to host it: the keys identify the cluster.
 */
export async function verifiedAgent(
  token: string,
  { keys, audience, now }: { readonly keys: readonly SigningKey[]; readonly audience: string; readonly now: Date },
): Promise<VerifiedAgent | undefined> {
  for (const key of keys) {
    const agent = await verifiedBy(key, token, { audience, now })
    if (agent) return agent
  }
  return undefined
}

async function verifiedBy(
  { key, thumbprint }: SigningKey,
  token: string,
  { audience, now }: { readonly audience: string; readonly now: Date },
): Promise<VerifiedAgent | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, {
      audience,
      subject: agentSubject,
      algorithms: [...algorithms],
      clockTolerance,
      currentDate: now,
      requiredClaims: ['exp', 'iat'],
    })
    const { iat, exp, 'kubernetes.io': bound } = claims.parse(payload)
    const isFuture = iat > now.getTime() / 1000 + clockTolerance
    if (isFuture || exp - iat > longestLife) return undefined
    return { accountUid: bound.serviceaccount.uid, signedBy: { thumbprint }, issuedAt: new Date(iat * 1000) }
  } catch {
    // The error is dropped, because its message may quote the token.
    return undefined
  }
}
