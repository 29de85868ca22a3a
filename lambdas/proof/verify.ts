import type * as z from 'zod/mini'
import { iamOf } from '../clouds/aws/clients/iam.ts'
import { isPropagating, retryableWhilePropagating } from '../clouds/aws/iam-consistency.ts'
import { assumedRoleArn, parseRoleArn, providerArn, stsAudience } from '../clouds/aws/iam-names.ts'
import { listAttachedPolicies, readInlinePolicy } from '../clouds/aws/role-policies.ts'
import {
  callerArn,
  exchangeToken,
  proofSessionName,
  type Refusal,
  type Session,
  type SessionFacts,
} from '../clouds/aws/web-identity.ts'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { keyIdOf } from '../clouds/kubernetes/token-key.ts'
import { readDiscovery } from '../clouds/network/read-discovery.ts'
import { allDone } from '../errors/attempts.ts'
import {
  AccessDenied,
  type Explanation,
  InvalidObject,
  NotYetConsistent,
  StepError,
  VerificationFailed,
} from '../errors/step-errors.ts'
import { connectToCluster, credentialsAhead } from '../objects/connect.ts'
import { readRoleRecord } from '../operations/workload-record.ts'
import { inlinePolicyName } from '../role/role.ts'
import { subjectOf } from '../role/trust-policy.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { factsOf } from '../steps/facts-of.ts'
import { memberAccess } from '../steps/member-access.ts'
import { step } from '../steps/step.ts'
import { proofPod, requireMutated } from '../webhook/desired/proof-pod.ts'
import { tokenSeconds } from '../webhook/desired/token-mount.ts'
import {
  type Attempt,
  otherAccountOf,
  type Proof,
  type RefusedToken,
  requirePolicies,
  requireRecognized,
  requireRefused,
  wrongAudience,
} from './proof.ts'
import { changedAccount, changedSince } from './since-setup.ts'
import {
  concernsCertificate,
  concernsDocuments,
  explainRefusal,
  isForGood,
  unpublishedKey,
  unreadableDocument,
} from './sts-refusal.ts'
import { requireAudience } from './token-audience.ts'
import { description } from './verify.step.ts'

interface Request extends z.output<typeof description.input> {
  readonly issuerUrl: string
  /** Whether the deployment publishes the cluster's keys. */
  readonly isHosted: boolean
  /** IDs of the keys that are not published again. */
  readonly revokedKids: readonly string[]
  readonly providerArn: string
}

type TrustProof = SessionFacts & Pick<Proof, 'assumedRoleArn' | 'refused' | 'refusedAt'>

/**
 * Proves the whole path of a workload. A token that the cluster signs gets a session of the role. Tokens that must be
 * refused are refused, unless the input says when they were. The policies are attached. A pod gets what it needs. The step writes nothing.
 *
 * @throws {NotYetConsistent} when the proof may still succeed after changes have propagated; the error has all that is known
 * of the reason
 * @throws {VerificationFailed} when waiting does not help
 */
export const run: StepRun<typeof description> = async (input, context) => {
  const { signal } = context
  const { issuerUrl } = factsOf(context)
  const isHosted = context.status.publishedKeys !== undefined
  const revokedKids = (context.status.revokedKeys ?? []).map(({ kid }) => kid)
  const account = parseRoleArn(input.roleArn)
  const request = { ...input, issuerUrl, isHosted, revokedKids, providerArn: providerArn(account, issuerUrl) }
  const cluster = await connectToCluster(request.target, signal)
  const startedAt = new Date().toISOString()
  const [trust, policies, mutation] = await Promise.all([
    proveTrust(cluster, request, context),
    provePolicies(request, context),
    proveMutation(cluster, request),
  ])
  return {
    output: { roleArn: request.roleArn, ...trust, ...policies, mutation },
    changes: [],
    observed: { verifiedAt: new Date().toISOString(), ...(trust.refusedAt === undefined && { refusedAt: startedAt }) },
  }
}

export const handler = step(description, run, credentialsAhead)

async function proveTrust(cluster: ClusterClient, request: Request, context: StepContext): Promise<TrustProof> {
  const { refusedAt } = request
  if (refusedAt === undefined) return proveOnlyItself(cluster, request, context)
  const own = await ownToken(cluster, request)
  const session = await proveAccepted(own, request, context.signal)
  const assumedRoleArn = await proveSession(session, request, context.signal)
  return { ...session.facts, assumedRoleArn, refused: [], refusedAt }
}

/** The role lets the workload in, and nobody else. */
async function proveOnlyItself(cluster: ClusterClient, request: Request, context: StepContext): Promise<TrustProof> {
  const { roleArn, workload } = request
  const { signal } = context
  const tokenOf = (attempt: Attempt) => tokenFor(cluster, request.target.name, attempt)
  const otherAccount = { account: otherAccountOf(workload), audience: stsAudience }
  const wrongAudienceToken = { account: workload, audience: wrongAudience }
  // When several requests fail, the failure of the workload's own token is the one that the person on call reads.
  const [own, otherAccounts, wrongAudienceTokens] = await allDone([
    ownToken(cluster, request),
    tokenOf(otherAccount).catch(onceThere),
    tokenOf(wrongAudienceToken),
  ])
  const session = await proveAccepted(own, request, signal)

  // The other tokens come last: before STS accepts the workload's own token, a refusal proves nothing.
  const refused = async (attempt: Attempt, token: string, code: string): Promise<RefusedToken> => {
    const answer = await exchangeToken(roleArn, token, signal)
    if ('refusal' in answer) return requireRefused(attempt, answer.refusal, { code, roleArn, isPropagating: false })
    const writtenAt = [await roleWrittenAt(request, context), context.status.providerChangedAt]
    return requireRefused(attempt, undefined, { code, roleArn, isPropagating: isPropagating(writtenAt) })
  }
  const [assumedRoleArn, otherAccountRefused, wrongAudienceRefused] = await allDone([
    proveSession(session, request, signal),
    refused(otherAccount, otherAccounts, 'AccessDenied'),
    refused(wrongAudienceToken, wrongAudienceTokens, 'InvalidIdentityToken'),
  ])
  return { ...session.facts, assumedRoleArn, refused: [otherAccountRefused, wrongAudienceRefused] }
}

async function ownToken(cluster: ClusterClient, request: Request): Promise<string> {
  const { target, workload, settled } = request
  try {
    return await tokenFor(cluster, target.name, { account: workload, audience: stsAudience })
  } catch (error) {
    throw (settled && error instanceof InvalidObject && (await changeOf(cluster, request))) || error
  }
}

async function tokenFor(cluster: ClusterClient, clusterName: string, { account, audience }: Attempt): Promise<string> {
  const { namespace, serviceAccount } = account
  const lifetime = { audience, expirationSeconds: tokenSeconds }
  const { token } = await cluster.createToken({ namespace, name: serviceAccount }, lifetime)
  requireAudience(token, { audience, cluster: clusterName })
  return token
}

/**
 * The controller manager makes the other account. In a new namespace the account appears a little later.
 *
 * @throws {NotYetConsistent} when the account does not exist yet
 */
function onceThere(error: unknown): never {
  if (!(error instanceof InvalidObject)) throw error
  throw new NotYetConsistent({ object: error.object, reason: error.reason, action: error.action })
}

async function proveAccepted(token: string, request: Request, signal: AbortSignal): Promise<Session> {
  const { roleArn, providerArn, workload } = request
  const answer = await exchangeToken(roleArn, token, signal)
  if ('refusal' in answer) throw await refusedError(answer.refusal, token, request, signal)
  const { facts } = answer.session
  const { subject, audience, provider } = facts
  requireRecognized(
    roleArn,
    { subject, audience, provider },
    { subject: subjectOf(workload), audience: stsAudience, provider: providerArn },
  )
  return answer.session
}

/** The session is of the role: what it calls itself. */
async function proveSession(accepted: Session, { roleArn }: Request, signal: AbortSignal): Promise<string> {
  const session = await callerArn(roleArn, accepted, signal)
  requireRecognized(roleArn, { session }, { session: assumedRoleArn(roleArn, proofSessionName) })
  return session
}

const unlessShown = '; if it shows none, look for a service control policy that denies sts:AssumeRoleWithWebIdentity'

async function refusedError(
  refusal: Refusal,
  token: string,
  request: Request,
  signal: AbortSignal,
): Promise<NotYetConsistent | VerificationFailed> {
  const { roleArn, providerArn, issuerUrl, settled, target } = request
  const explanation = explainRefusal(refusal, { roleArn, providerArn, issuerUrl })
  if (isForGood(refusal)) return new VerificationFailed(explanation)
  if (!concernsDocuments(refusal)) {
    return settled ? changedSince(explanation, target.name, unlessShown) : new NotYetConsistent(explanation)
  }
  return new NotYetConsistent((await documentProblem(refusal, token, request, signal)) ?? explanation)
}

/** The problem with the issuer's documents, read as STS reads them. Undefined when there is none. */
async function documentProblem(
  refusal: Refusal,
  token: string,
  { issuerUrl, isHosted, revokedKids }: Request,
  signal: AbortSignal,
): Promise<Explanation | undefined> {
  try {
    const { jwksUri, keys } = await readDiscovery(issuerUrl, signal)
    const keyId = keyIdOf(token)
    // STS searches for the key after it has trusted the certificate.
    if (concernsCertificate(refusal) || keyId === undefined || keys.some(({ kid }) => kid === keyId)) return undefined
    return unpublishedKey(refusal, { jwksUri, keyId, isHosted, isRevoked: revokedKids.includes(keyId) })
  } catch (error) {
    if (error instanceof StepError) return unreadableDocument(error, refusal)
    throw error
  }
}

/** When the role was last made or changed in a way that IAM and STS take a moment to see. */
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
  // IAM may refuse to show the policies of a role before it knows the role's path.
  const writtenAt = async () => [await roleWrittenAt(request, context)]
  const [policyArns, inlinePolicy] = await retryableWhilePropagating(reading, writtenAt)
  try {
    return requirePolicies(roleArn, { policyArns, inlinePolicy }, workload.role)
  } catch (error) {
    if (error instanceof NotYetConsistent && request.settled) throw changedSince(error, request.target.name)
    throw error
  }
}

async function proveMutation(cluster: ClusterClient, request: Request): Promise<Proof['mutation']> {
  if (request.installed.mode === 'none') return 'not installed'
  const pod = await cluster.create(proofPod(request.workload), { dryRun: true })
  try {
    requireMutated(pod, request.workload, request.roleArn)
    return 'mutated'
  } catch (error) {
    throw (request.settled && (await changeOf(cluster, request))) || error
  }
}

async function changeOf(cluster: ClusterClient, { workload, roleArn, target }: Request) {
  const { namespace, serviceAccount: name } = workload
  const account = await cluster.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name }).catch(unlessDenied)
  if (account === 'denied') return undefined
  const changed = changedAccount(account, workload, roleArn)
  return changed && changedSince(changed, target.name)
}

/** Without the right to read the account, nothing is known of it. */
function unlessDenied(error: unknown): 'denied' {
  if (!(error instanceof AccessDenied)) throw error
  return 'denied'
}
