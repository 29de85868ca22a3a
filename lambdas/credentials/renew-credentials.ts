import type * as z from 'zod/mini'
import { readSecret, replaceSecret } from '../clouds/aws/secrets.ts'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { parseClusterCredentials } from '../clouds/kubernetes/credentials.ts'
import { accountOfToken, type CredentialsLife, lifeOf } from '../clouds/kubernetes/credentials-life.ts'
import { credentialsWithToken } from '../clouds/kubernetes/credentials-with-token.ts'
import { AccessDenied, InvalidObject } from '../errors/step-errors.ts'
import { clusterWith, managementWith, requireOwnCluster } from '../objects/connect.ts'
import { type EndingCredentials, notifyOfEnding } from '../operations/notifications/credentials-ending.ts'
import { expectedCluster } from '../operations/record/own-cluster.ts'
import { recordedCredentials } from '../operations/record/recorded-credentials.ts'
import { accountNamespace, clusterAccount, managementAccount } from '../ownership/setup-account.ts'
import type { Change } from '../report/change.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { description } from './renew-credentials.step.ts'
import { isDue, isEnding, lifetimeSeconds, whyNotRenewed } from './renewal.ts'

type Input = z.output<typeof description.input>

/** A secret with the credentials of one API server. */
interface CredentialSecret {
  readonly secretArn: string
  /** Name of the setup account on this API server. */
  readonly account: string
  /** The command that creates new credentials. */
  readonly command: string
  /** Returns a client with the credentials of this secret value. Sends no request. */
  readonly clientWith: (value: string) => ClusterClient
  /** @throws {StepError} when the server rejects the credentials, or is not the expected server */
  readonly requireAccepted: (client: ClusterClient) => Promise<void>
}

interface Outcome {
  readonly outcome: 'kept' | 'renewed'
  readonly life: CredentialsLife
  /** Why credentials that are due were not renewed. */
  readonly why?: string
  /** The error of a renewal that should be retried. */
  readonly failure?: { readonly error: unknown }
}

interface CheckedSecret extends Outcome {
  readonly secret: CredentialSecret
  readonly isMarked: boolean
}

/**
 * Renews the tokens in the cluster's secrets that are marked for renewal. A new token replaces the working one only
 * after the API server has accepted it. After a crash, the secret contains the old or the new token. Both are valid.
 *
 * @throws {InvalidCredentials} when a secret has no credentials, or its server rejects them
 * @throws {ConcurrentChange} when another value was stored meanwhile
 * @throws {Unreachable} when the API server does not answer
 * @throws {AccessDenied} when the secret may not be read or written, or no notification may be sent
 */
export const run: StepRun<typeof description> = async (input, context) => {
  const checked: CheckedSecret[] = []
  for (const secret of secretsOf(input, context)) checked.push(await renewIfDue(secret, context))
  if (!context.dryRun) await notifyOfEnding(checked.flatMap(endingOf), context)
  const failure = checked.find((one) => one.failure)?.failure
  if (failure) throw failure.error
  const recordedOf = (account: string) => {
    const one = checked.find(({ secret }) => secret.account === account)
    return one && recordedCredentials({ ...one.life, wantsRenewal: one.isMarked })
  }
  return {
    output: { secrets: checked.map(reportOf) },
    changes: checked.flatMap(changesOf),
    observed: {
      credentials: recordedOf(clusterAccount),
      managementCredentials: recordedOf(managementAccount(input.target.name)),
    },
  }
}

export const handler = step(description, run)

function secretsOf(input: Input, context: StepContext): CredentialSecret[] {
  return [...ownSecret(input, context), ...managementSecret(input, context)]
}

/** The agent of a cluster needs no secret. */
function ownSecret({ target, issuerUrl }: Input, { signal, status }: StepContext): CredentialSecret[] {
  const { name, credentialsSecretArn: secretArn } = target
  if (secretArn === undefined) return []
  return [
    {
      secretArn,
      account: clusterAccount,
      command: `wid connect ${name}`,
      clientWith: (value) => clusterWith(value, { ...target, credentialsSecretArn: secretArn }, signal),
      requireAccepted: async (client) =>
        void (await requireOwnCluster(client, target, expectedCluster(status, issuerUrl))),
    },
  ]
}

function managementSecret({ target: { name }, management }: Input, { signal }: StepContext): CredentialSecret[] {
  if (!management) return []
  return [
    {
      secretArn: management.credentialsSecretArn,
      account: managementAccount(name),
      command: `wid connect ${name} --management`,
      clientWith: (value) => managementWith(value, management, name, signal),
      requireAccepted: async (client) => void (await client.version()),
    },
  ]
}

async function renewIfDue(secret: CredentialSecret, { dryRun, signal }: StepContext): Promise<CheckedSecret> {
  const value = await readSecret(secret.secretArn, signal)
  const credentials = parseClusterCredentials(value, secret.secretArn)
  const { token = '', wantsRenewal: isMarked = false } = credentials
  const checked: CheckedSecret = { secret, isMarked, outcome: 'kept', life: lifeOf(credentials) }
  if (!isDue(checked.life, new Date())) return checked
  const why = whyNotRenewed({ account: accountOfToken(token), isMarked }, `${accountNamespace}:${secret.account}`)
  if (why !== undefined) return { ...checked, why }
  if (dryRun) return { ...checked, outcome: 'renewed' }
  try {
    return { ...checked, ...(await renew(secret, { value, life: checked.life }, signal)) }
  } catch (error) {
    return { ...checked, why: 'the renewal has failed', failure: { error } }
  }
}

interface Stored {
  readonly value: string
  readonly life: CredentialsLife
}

async function renew(
  { secretArn, account, clientWith, requireAccepted }: CredentialSecret,
  { value, life }: Stored,
  signal: AbortSignal,
): Promise<Partial<Outcome>> {
  const client = clientWith(value)
  await requireAccepted(client)
  const next = await nextToken(client, account, lifetimeSeconds(life, new Date()))
  if ('why' in next) return next
  const nextLife = lifeOf(next)
  if (!isLater(nextLife, life)) return { why: 'the cluster gives no token that ends later' }
  const nextValue = credentialsWithToken(value, next.token, secretArn)
  await requireAccepted(clientWith(nextValue))
  await replaceSecret(secretArn, { from: value, to: nextValue }, signal)
  return { outcome: 'renewed', life: nextLife }
}

/** If the cluster denies a token, the step does not fail. A notification precedes the expiry of the old token. */
async function nextToken(
  client: ClusterClient,
  name: string,
  expirationSeconds: number,
): Promise<{ readonly token: string } | { readonly why: string }> {
  try {
    return await client.createToken({ namespace: accountNamespace, name }, { expirationSeconds })
  } catch (error) {
    if (error instanceof AccessDenied || error instanceof InvalidObject) return { why: error.reason }
    throw error
  }
}

function isLater(one: CredentialsLife, other: CredentialsLife): boolean {
  return (one.endsAt?.getTime() ?? 0) > (other.endsAt?.getTime() ?? 0)
}

function reportOf({
  secret,
  outcome,
  life,
  why,
}: CheckedSecret): z.output<typeof description.output>['secrets'][number] {
  return {
    secretArn: secret.secretArn,
    outcome,
    ...(life.endsAt && { endsAt: life.endsAt.toISOString() }),
    ...(why !== undefined && { why }),
  }
}

function changesOf({ secret, outcome }: CheckedSecret): Change[] {
  return outcome === 'kept' ? [] : [{ object: secret.secretArn, action: 'updated', detail: 'a new token' }]
}

function endingOf({ secret, life, isMarked, why = '' }: CheckedSecret): EndingCredentials[] {
  if (!life.endsAt || !isEnding(life, new Date())) return []
  const command = isMarked ? `${secret.command} --renew` : secret.command
  return [{ secretArn: secret.secretArn, endsAt: life.endsAt.toISOString(), why, command }]
}
