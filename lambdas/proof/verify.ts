import type * as z from 'zod/mini'
import { iamOf } from '../clouds/aws/clients/iam.ts'
import { isPropagating, retryableWhilePropagating } from '../clouds/aws/iam-consistency.ts'
import { assumedRoleArn, parseRoleArn, providerArn, stsAudience } from '../clouds/aws/iam-names.ts'
import { listAttachedPolicies, readInlinePolicy } from '../clouds/aws/role-policies.ts'
import { proofSessionName, type Refusal } from '../clouds/aws/web-identity.ts'
import { readDiscovery } from '../clouds/network/read-discovery.ts'
import { type Explanation, NotYetConsistent, StepError, VerificationFailed } from '../errors/step-errors.ts'
import { credentialsAhead } from '../objects/credentials-ahead.ts'
import { type ReachedCluster, reachCluster } from '../objects/reach.ts'
import { readRoleRecord } from '../operations/record/workload-record.ts'
import { inlinePolicyName } from '../role/role.ts'
import { subjectOf } from '../role/trust-policy.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { factsOf } from '../steps/facts-of.ts'
import { memberAccess } from '../steps/member-access.ts'
import { step } from '../steps/step.ts'
import {
  otherAccountOf,
  type Proof,
  requirePolicies,
  requireRecognized,
  requireRefused,
  wrongAudience,
} from './proof.ts'
import { changedSince } from './since-setup.ts'
import {
  concernsCertificate,
  concernsDocuments,
  explainRefusal,
  isPermanent,
  unpublishedKey,
  unreadableDocument,
} from './sts-refusal.ts'
import { tryTokens } from './try-tokens.cluster.ts'
import { description } from './verify.step.ts'

interface Request extends z.output<typeof description.input> {
  readonly issuerUrl: string
  /** Whether the deployment publishes the cluster's keys. */
  readonly isHosted: boolean
  /** IDs of the revoked keys, which are not published again before a teardown of the cluster. */
  readonly revokedKids: readonly string[]
  readonly providerArn: string
}

type TrustProof = Omit<Proof, 'roleArn' | 'policyArns' | 'inlinePolicy'>

/**
 * Proves a workload from end to end. STS exchanges a token that the cluster signs for a session of the role. STS
 * refuses other tokens, which are not tried if the input contains `refusedAt`. The policies are attached. The webhook
 * mutates a pod. The step changes nothing outside the record.
 *
 * @throws {NotYetConsistent} when the proof may still succeed after changes have propagated
 * @throws {VerificationFailed} when waiting does not help
 */
export const run: StepRun<typeof description> = async (input, context) => {
  const { issuerUrl } = factsOf(context)
  const isHosted = context.status.publishedKeys !== undefined
  const revokedKids = (context.status.revokedKeys ?? []).map(({ kid }) => kid)
  const account = parseRoleArn(input.roleArn)
  const request = { ...input, issuerUrl, isHosted, revokedKids, providerArn: providerArn(account, issuerUrl) }
  const cluster = await reachCluster(request.target, context.signal)
  const startedAt = new Date().toISOString()
  const [trust, policies] = await Promise.all([proveTrust(cluster, request, context), provePolicies(request, context)])
  return {
    output: { roleArn: request.roleArn, ...trust, ...policies },
    changes: [],
    observed: { verifiedAt: new Date().toISOString(), ...(trust.refusedAt === undefined && { refusedAt: startedAt }) },
  }
}

export const handler = step(description, run, credentialsAhead)

/** Proves that the workload can assume the role, and that another account or audience cannot. */
async function proveTrust(cluster: ReachedCluster, request: Request, context: StepContext): Promise<TrustProof> {
  const { roleArn, workload, target, installed, settled, refusedAt } = request
  const others = refusedAt === undefined ? toBeRefused(workload) : []
  const found = await cluster.run(tryTokens, {
    cluster: target.name,
    roleArn,
    own: { account: workload, audience: stsAudience },
    others: others.map(({ attempt }) => attempt),
    triesPod: installed.mode !== 'none',
    settled,
  })
  const { own, mutation } = found
  if ('refusal' in own) throw await refusedError(own.refusal, found.keyId, request, context.signal)
  const { subject, audience, provider, assumedRoleArn: session } = own.session
  requireRecognized(
    roleArn,
    { subject, audience, provider, session },
    {
      subject: subjectOf(workload),
      audience: stsAudience,
      provider: request.providerArn,
      session: assumedRoleArn(roleArn, proofSessionName),
    },
  )
  const answers = found.others.map(({ refusal }) => refusal)
  const known = { roleArn, isPropagating: answers.includes(undefined) && (await isRecent(request, context)) }
  const refused = others.map(({ attempt, code }, index) => requireRefused(attempt, answers[index], { ...known, code }))
  return { ...own.session, refused, ...(refusedAt !== undefined && { refusedAt }), mutation }
}

/** Tokens that STS must refuse for the role of the workload, each with the expected error code. */
function toBeRefused(workload: Request['workload']) {
  return [
    { attempt: { account: otherAccountOf(workload), audience: stsAudience }, code: 'AccessDenied' },
    { attempt: { account: workload, audience: wrongAudience }, code: 'InvalidIdentityToken' },
  ]
}

/** Whether STS may still use an earlier state of the role or the provider. */
async function isRecent(request: Request, context: StepContext): Promise<boolean> {
  return isPropagating([await roleWrittenAt(request, context), context.status.providerChangedAt])
}

const unlessShown = '; if it shows none, look for a service control policy that denies sts:AssumeRoleWithWebIdentity'

async function refusedError(
  refusal: Refusal,
  keyId: string | undefined,
  request: Request,
  signal: AbortSignal,
): Promise<NotYetConsistent | VerificationFailed> {
  const { roleArn, providerArn, issuerUrl, settled, target } = request
  const explanation = explainRefusal(refusal, { roleArn, providerArn, issuerUrl })
  if (isPermanent(refusal)) return new VerificationFailed(explanation)
  if (!concernsDocuments(refusal)) {
    return settled ? changedSince(explanation, target.name, unlessShown) : new NotYetConsistent(explanation)
  }
  return new NotYetConsistent((await documentProblem(refusal, keyId, request, signal)) ?? explanation)
}

/** Reads the issuer's documents as STS does, and returns the problem with them. Returns undefined if it finds none. */
async function documentProblem(
  refusal: Refusal,
  keyId: string | undefined,
  { issuerUrl, isHosted, revokedKids }: Request,
  signal: AbortSignal,
): Promise<Explanation | undefined> {
  try {
    const { jwksUri, keys } = await readDiscovery(issuerUrl, signal)
    // If STS does not trust the certificate, it has not looked up the key.
    if (concernsCertificate(refusal) || keyId === undefined || keys.some(({ kid }) => kid === keyId)) return undefined
    return unpublishedKey(refusal, { jwksUri, keyId, isHosted, isRevoked: revokedKids.includes(keyId) })
  } catch (error) {
    if (error instanceof StepError) return unreadableDocument(error, refusal)
    throw error
  }
}

/** The time of the last change of the role that takes a moment to propagate in IAM and STS. */
async function roleWrittenAt({ workload }: Request, { cluster }: StepContext): Promise<string | undefined> {
  return (await readRoleRecord(cluster, workload))?.changedAt
}

async function provePolicies(
  request: Request,
  context: StepContext,
): Promise<Pick<Proof, 'policyArns' | 'inlinePolicy'>> {
  const { roleArn, workload } = request
  const iam = iamOf(memberAccess(roleArn, description))
  const role = { name: parseRoleArn(roleArn).name, arn: roleArn, iam, signal: context.signal }
  const reading = Promise.all([
    listAttachedPolicies(role),
    workload.role.inlinePolicy && readInlinePolicy(role, inlinePolicyName),
  ])
  // IAM may deny a read of the role's policies before it knows the role's path.
  const writtenAt = async () => [await roleWrittenAt(request, context)]
  const [policyArns, inlinePolicy] = await retryableWhilePropagating(reading, writtenAt)
  try {
    return requirePolicies(roleArn, { policyArns, inlinePolicy }, workload.role)
  } catch (error) {
    if (error instanceof NotYetConsistent && request.settled) throw changedSince(error, request.target.name)
    throw error
  }
}
