import * as z from 'zod/mini'
import { type PolicyDocument, samePolicy } from '../clouds/aws/policy-document.ts'
import type { Refusal } from '../clouds/aws/web-identity.ts'
import { NotYetConsistent, VerificationFailed } from '../errors/step-errors.ts'
import type { WorkloadRef } from '../ownership/ownership.ts'
import { type DesiredPolicies, inlinePolicyName } from '../role/role.ts'
import { subjectOf } from '../role/trust-policy.ts'
import type { DeepReadonly } from '../steps/contract.ts'

/** A token that STS was expected to refuse and has refused. */
const refusedToken = z.object({
  subject: z.string(),
  audience: z.string(),
  /** STS's error code. */
  answer: z.string(),
})

export type RefusedToken = z.output<typeof refusedToken>

/** The proof for one workload. It contains no credentials. */
export const proof = z.object({
  roleArn: z.string(),
  /** The subject that STS recognized in the token: "system:serviceaccount:NAMESPACE:NAME". */
  subject: z.string(),
  audience: z.string(),
  /** ARN of the OIDC provider. */
  provider: z.string(),
  /** ARN of the session, from GetCallerIdentity. */
  assumedRoleArn: z.string(),
  /** The expiry of the session's credentials (ISO 8601, UTC). They are already discarded. */
  expiresAt: z.string(),
  /** The tokens that STS refused. If this proof tried none, the list is empty and `refusedAt` is set. */
  refused: z.array(refusedToken),
  refusedAt: z.exactOptional(
    z
      .string()
      .check(z.describe('When STS last refused tokens of other accounts and audiences, if this proof has tried none')),
  ),
  /** The requested managed policies, all of them attached. */
  policyArns: z.array(z.string()),
  /** Whether an inline policy was requested and exists. */
  inlinePolicy: z.boolean(),
  /** `mutated`: in a dry run, the API server returned a pod of the account with everything that the webhook adds. */
  mutation: z.enum(['mutated', 'not installed']),
})

export type Proof = DeepReadonly<z.output<typeof proof>>

/** The service account and the audience of a token to try. */
export interface Attempt {
  readonly account: WorkloadRef
  readonly audience: string
}

/** An audience that no provider of this product accepts. RFC 2606 reserves the top-level domain `invalid`. */
export const wrongAudience = 'workload-identity.invalid'

/**
 * The other account, which must not be able to assume the workload's role: `default` of the same namespace. If the
 * workload is that account, the other account is `default` of another namespace that every cluster has.
 */
export function otherAccountOf(workload: WorkloadRef): WorkloadRef {
  if (workload.serviceAccount !== 'default') return { namespace: workload.namespace, serviceAccount: 'default' }
  return { namespace: workload.namespace === 'default' ? 'kube-public' : 'default', serviceAccount: 'default' }
}

/**
 * Requires that STS recognized the expected token and session.
 *
 * @throws {VerificationFailed} when STS reports another subject, or created a session of another role
 */
export function requireRecognized<Facts extends Readonly<Record<string, string>>>(
  roleArn: string,
  observed: Facts,
  desired: Facts,
): void {
  const wrong = Object.keys(desired).filter((name) => observed[name] !== desired[name])
  if (wrong.length === 0) return
  throw new VerificationFailed({
    object: roleArn,
    reason: `STS answered with another ${wrong.map((name) => `${name} (${observed[name]}, not ${desired[name]})`).join(', ')}`,
    action: 'Look who else changes the role and the OIDC provider, and send the request again',
  })
}

/**
 * Requires the expected refusal of a token, and returns its record.
 *
 * @throws {VerificationFailed} when STS accepted the token
 * @throws {NotYetConsistent} when STS accepted the token, but may still use an earlier trust policy
 * @throws {NotYetConsistent} when STS refused the token with an unexpected error, which proves nothing
 */
export function requireRefused(
  attempt: Attempt,
  answer: Refusal | undefined,
  expected: { readonly code: string; readonly roleArn: string; readonly isPropagating: boolean },
): RefusedToken {
  const subject = subjectOf(attempt.account)
  const token = `a token of ${subject} for the audience ${attempt.audience}`
  if (!answer) {
    const accepted = {
      object: expected.roleArn,
      reason: `STS accepted ${token}, which must not get into this role`,
      action:
        'Look who else changes the trust policy of the role or the client IDs of the provider, and send the request again',
    }
    throw expected.isPropagating ? new NotYetConsistent(accepted) : new VerificationFailed(accepted)
  }
  if (answer.code === expected.code) return { subject, audience: attempt.audience, answer: answer.code }
  throw new NotYetConsistent({
    object: expected.roleArn,
    reason: `STS refused ${token} with ${answer.code}, where only ${expected.code} proves that the role rejects the token`,
    action:
      'Send the request again; if it lasts, look who else changes the trust policy or the client IDs of the provider',
  })
}

/**
 * Requires that the role has the requested policies.
 *
 * @throws {NotYetConsistent} when requested policies are missing; the error names them
 */
export function requirePolicies(
  roleArn: string,
  observed: { readonly policyArns: readonly string[]; readonly inlinePolicy: PolicyDocument | undefined },
  desired: DesiredPolicies,
): Pick<Proof, 'policyArns' | 'inlinePolicy'> {
  const missing = desired.policyArns.filter((arn) => !observed.policyArns.includes(arn))
  if (desired.inlinePolicy && !(observed.inlinePolicy && samePolicy(observed.inlinePolicy, desired.inlinePolicy))) {
    missing.push(`inline policy ${inlinePolicyName} as requested`)
  }
  if (missing.length === 0) return { policyArns: desired.policyArns, inlinePolicy: desired.inlinePolicy !== undefined }
  throw new NotYetConsistent({
    object: roleArn,
    reason: `it lacks ${missing.join(', ')}`,
    action: 'IAM takes some seconds to show what was attached; if it lasts, look who else detaches policies',
  })
}
