import * as z from 'zod/mini'
import { callerArn, exchangeToken, type Refusal } from '../clouds/aws/web-identity.ts'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { keyIdOf } from '../clouds/kubernetes/token-key.ts'
import { allDone } from '../errors/attempts.ts'
import { AccessDenied, InvalidObject, NotYetConsistent } from '../errors/step-errors.ts'
import { clusterPart } from '../objects/cluster-part.ts'
import { proofPod, requireMutated } from '../webhook/desired/proof-pod.ts'
import { tokenSeconds } from '../webhook/desired/token-mount.ts'
import { type Attempt, type Proof, proof } from './proof.ts'
import { changedAccount, changedSince } from './since-setup.ts'
import { requireAudience } from './token-audience.ts'

const attempt = z.object({
  account: z.object({ namespace: z.string(), serviceAccount: z.string() }),
  audience: z.string(),
})

const question = z.object({
  /** The name of the cluster, for errors. */
  cluster: z.string(),
  roleArn: z.string(),
  /** The workload's own token. */
  own: attempt,
  /** Tokens that must be refused. They are tried after STS has accepted the workload's own token. */
  others: z.array(attempt),
  /** Whether a webhook has to mutate pods of the account. */
  triesPod: z.boolean(),
  /** Whether a setup has ended long ago. */
  settled: z.boolean(),
})

const refusal = z.object({ code: z.string(), message: z.string() })

const session = z.pick(proof, { subject: true, audience: true, provider: true, expiresAt: true, assumedRoleArn: true })

const finding = z.object({
  /** ID of the key that signed the workload's own token. */
  keyId: z.optional(z.string()),
  own: z.union([z.object({ session }), z.object({ refusal })]),
  /** The responses of STS, in the order of the other tokens. `refusal` is absent if STS accepted the token. */
  others: z.array(z.object({ refusal: z.optional(refusal) })),
  mutation: proof.shape.mutation,
})

type Question = z.output<typeof question>
type Trust = Omit<z.output<typeof finding>, 'mutation'>

/**
 * The cluster part of Verify. Like a pod of the workload, it exchanges tokens at STS, which needs no AWS permissions.
 * It creates the tokens at the API server. It returns facts and errors from STS, but no tokens or session credentials.
 */
export const tryTokens = clusterPart({
  question,
  finding,
  async find(client, question, signal) {
    const [trust, mutation] = await Promise.all([trustFor(client, question, signal), mutationOf(client, question)])
    return { ...trust, mutation }
  },
})

async function trustFor(client: ClusterClient, question: Question, signal: AbortSignal): Promise<Trust> {
  const { cluster, roleArn, others } = question
  // The workload's own token comes first, so that its error is reported if several requests fail.
  const [own, ...tokens] = await allDone([
    ownToken(client, question),
    ...others.map((other) => tokenFor(client, cluster, other).catch(retryUntilExists)),
  ])
  const keyId = keyIdOf(own)
  const answer = await exchangeToken(roleArn, own, signal)
  if ('refusal' in answer) return { keyId, own: answer, others: [] }
  // STS gets the other tokens last. Until STS accepts the workload's own token, a refusal proves nothing.
  const [assumedRoleArn, ...refusals] = await allDone([
    callerArn(roleArn, answer.session, signal),
    ...tokens.map((token) => refusalOf(roleArn, token, signal)),
  ])
  return { keyId, own: { session: { ...answer.session.facts, assumedRoleArn } }, others: refusals }
}

async function refusalOf(roleArn: string, token: string, signal: AbortSignal): Promise<{ refusal?: Refusal }> {
  const answer = await exchangeToken(roleArn, token, signal)
  return 'refusal' in answer ? answer : {}
}

async function ownToken(client: ClusterClient, question: Question): Promise<string> {
  try {
    return await tokenFor(client, question.cluster, question.own)
  } catch (error) {
    throw (question.settled && error instanceof InvalidObject && (await changeOf(client, question))) || error
  }
}

async function tokenFor(client: ClusterClient, cluster: string, { account, audience }: Attempt): Promise<string> {
  const { namespace, serviceAccount } = account
  const lifetime = { audience, expirationSeconds: tokenSeconds }
  const { token } = await client.createToken({ namespace, name: serviceAccount }, lifetime)
  requireAudience(token, { audience, cluster })
  return token
}

/**
 * The controller manager creates the other account, `default`, shortly after its namespace.
 *
 * @throws {NotYetConsistent} when the account does not exist yet
 */
function retryUntilExists(error: unknown): never {
  if (!(error instanceof InvalidObject)) throw error
  throw new NotYetConsistent({ object: error.object, reason: error.reason, action: error.action })
}

async function mutationOf(client: ClusterClient, question: Question): Promise<Proof['mutation']> {
  if (!question.triesPod) return 'not installed'
  const { account } = question.own
  const pod = await client.create(proofPod(account), { dryRun: true })
  try {
    requireMutated(pod, account, question.roleArn)
    return 'mutated'
  } catch (error) {
    throw (question.settled && (await changeOf(client, question))) || error
  }
}

/** Returns the error for a change of the account since the setup, or undefined if no change is known. */
async function changeOf(client: ClusterClient, { own: { account: workload }, roleArn, cluster }: Question) {
  const { namespace, serviceAccount: name } = workload
  const account = await client.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name }).catch(unlessDenied)
  if (account === 'denied') return undefined
  const changed = changedAccount(account, workload, roleArn)
  return changed && changedSince(changed, cluster)
}

/** The credentials may lack the optional right to read the account. */
function unlessDenied(error: unknown): 'denied' {
  if (!(error instanceof AccessDenied)) throw error
  return 'denied'
}
