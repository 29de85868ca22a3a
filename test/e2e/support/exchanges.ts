/** A workload that exchanges its token at STS every 200 ms for as long as something else is done. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { account } from '../../../sandbox/account.ts'
import type { ExistingCluster } from './existing-cluster.ts'
import type { System } from './system.ts'

export interface Exchange {
  /** Milliseconds since the epoch, when it was asked for. */
  readonly at: number
  /** The error's name; left out when STS made a session. */
  readonly refused?: string
}

const periodMs = 200

export interface Exchanging<Result> {
  readonly result: Result
  readonly exchanges: readonly Exchange[]
}

/** `work` is given what has been exchanged so far. */
export async function exchangingDuring<Result>(
  system: System,
  { cluster, roleArn }: ExistingCluster,
  work: (soFar: readonly Exchange[]) => Promise<Result>,
): Promise<Exchanging<Result>> {
  const subject = { namespace: 'reports', name: 'exporter', uid: 'any' }
  const { token } = await cluster.signer.sign(subject, ['sts.amazonaws.com'], 3600)
  // As in a pod: without credentials, and without another try.
  const sts = new STSClient({
    endpoint: system.sandbox.aws.endpoint,
    region: account.region,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
  })
  const command = { RoleArn: roleArn, RoleSessionName: 'pod', WebIdentityToken: token }
  const exchange = async (at: number): Promise<Exchange> => {
    try {
      await sts.send(new AssumeRoleWithWebIdentityCommand(command))
      return { at }
    } catch (error) {
      return { at, refused: error instanceof Error ? error.name : 'unknown' }
    }
  }
  const made: Promise<Exchange>[] = []
  const ended: Exchange[] = []
  let isDone = false
  const working = work(ended).finally(() => {
    isDone = true
  })
  for (let next = Date.now(); !isDone; next += periodMs) {
    made.push(
      exchange(Date.now()).then((one) => {
        ended.push(one)
        return one
      }),
    )
    await sleep(Math.max(0, next + periodMs - Date.now()))
  }
  const result = await working
  const exchanges = await Promise.all(made)
  sts.destroy()
  return { result, exchanges }
}

export const refusedOf = (exchanges: readonly Exchange[]) => exchanges.filter(({ refused }) => refused !== undefined)
