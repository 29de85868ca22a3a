import { setTimeout as sleep } from 'node:timers/promises'
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { account } from '../../../../sandbox/account.ts'
import type { AnyCluster } from '../../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { System } from '../system.ts'
import type { ExistingCluster } from './existing-cluster.ts'

export interface Exchange {
  /** When the request was sent, in milliseconds since the epoch. */
  readonly at: number
  /** The error's name. Undefined when STS created a session. */
  readonly refused?: string
}

const periodMs = 200

export interface Exchanging<Result> {
  readonly result: Result
  readonly exchanges: readonly Exchange[]
}

/** Exchanges an existing token of the workload at STS every 200 ms during `work`, which gets the exchanges so far. */
export async function exchangingDuring<Result>(
  system: System,
  { cluster, roleArn }: ExistingCluster,
  work: (soFar: readonly Exchange[]) => Promise<Result>,
): Promise<Exchanging<Result>> {
  const subject = { namespace: 'reports', name: 'exporter', uid: 'any' }
  const { token } = await cluster.signer.sign(subject, ['sts.amazonaws.com'], 3600)
  return repeatedDuring(
    exchangeOf(system, roleArn, async () => token),
    work,
  )
}

/** Returns a function that gets a token and exchanges it at STS. The function throws when STS refuses the token. */
export function exchangeOf(
  { sandbox }: System<AnyCluster>,
  roleArn: string,
  token: () => Promise<string>,
): () => Promise<void> {
  // As in a pod: without credentials. No retries, so that each refusal shows.
  const sts = new STSClient({
    endpoint: sandbox.aws.endpoint,
    region: account.region,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
  })
  return async () => {
    const command = { RoleArn: roleArn, RoleSessionName: 'pod', WebIdentityToken: await token() }
    await sts.send(new AssumeRoleWithWebIdentityCommand(command))
  }
}

/** Makes the call every 200 ms until the work is done. */
export async function repeatedDuring<Result>(
  call: () => Promise<void>,
  work: (soFar: readonly Exchange[]) => Promise<Result>,
): Promise<Exchanging<Result>> {
  const made: Promise<Exchange>[] = []
  const ended: Exchange[] = []
  let isDone = false
  const working = work(ended).finally(() => {
    isDone = true
  })
  for (let next = Date.now(); !isDone; next += periodMs) {
    made.push(
      outcomeOf(call, Date.now()).then((one) => {
        ended.push(one)
        return one
      }),
    )
    await sleep(Math.max(0, next + periodMs - Date.now()))
  }
  const result = await working
  return { result, exchanges: await Promise.all(made) }
}

async function outcomeOf(call: () => Promise<void>, at: number): Promise<Exchange> {
  try {
    await call()
    return { at }
  } catch (error) {
    return { at, refused: error instanceof Error ? error.name : 'unknown' }
  }
}

export const refusedOf = (exchanges: readonly Exchange[]) => exchanges.filter(({ refused }) => refused !== undefined)
