import { readCluster, readOperations } from '../../client/reads.ts'
import {
  cancel as cancelOperation,
  refreshSigningKeys,
  revokeSigningKey,
  rotate as startRotation,
  verify as startVerification,
  tearDown,
  upgradeWebhook,
  type WebhookChanges,
} from '../../client/starts.ts'
import { ask, isConfirmed, requireTerminal } from '../confirm.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes, WrongUse } from '../errors.ts'
import { showToItsEnd } from '../operation/run.ts'
import { workloadName } from './workload-name.ts'

/** Repeats the proof of one workload, or of all workloads of the cluster. */
export async function verify(context: Context, cluster: string, name: string | undefined): Promise<ExitCode> {
  const workload = name === undefined ? undefined : workloadName(name)
  return showToItsEnd(context, startVerification(context.api, { cluster, workload }))
}

export function rotate(context: Context, options: { readonly dryRun?: true | undefined }): Promise<ExitCode> {
  return showToItsEnd(context, startRotation(context.api, { dryRun: options.dryRun === true }))
}

/** Publishes the present signing keys of a cluster with a hosted issuer. */
export function refreshKeys(context: Context, cluster: string): Promise<ExitCode> {
  return showToItsEnd(context, refreshSigningKeys(context.api, cluster))
}

export interface RevokeKeyOptions {
  readonly yes?: true | undefined
  readonly force?: true | undefined
}

/** Revokes a published signing key of a cluster with a hosted issuer, after a person has confirmed it. */
export async function revokeKey(
  context: Context,
  cluster: string,
  kid: string,
  { yes, force }: RevokeKeyOptions,
): Promise<ExitCode> {
  const question = `STS then refuses every token of ${cluster} that the key ${kid} has signed. The key is not published again before a teardown of the cluster. Revoke it?`
  if (!yes && !(await isConfirmed(question))) return exitCodes.failed
  return showToItsEnd(context, revokeSigningKey(context.api, { cluster, kid, force: force === true }))
}

export interface UpgradeOptions extends WebhookChanges {
  readonly dryRun?: true | undefined
}

/** Changes the webhook in a cluster's spec. Omitted options and the workloads stay unchanged. */
export async function upgrade(
  context: Context,
  name: string,
  { dryRun, ...changes }: UpgradeOptions,
): Promise<ExitCode> {
  const cluster = await readCluster(context.api, name)
  return showToItsEnd(context, upgradeWebhook(context.api, { cluster, dryRun: dryRun === true, ...changes }))
}

export interface TeardownOptions {
  readonly yes?: true | undefined
  readonly dryRun?: true | undefined
  readonly force?: true | undefined
  readonly deleteCluster?: true | undefined
}

/** Shows what a teardown would remove and which pods use it, prompts for the cluster's name, and tears it down. */
export async function teardown(context: Context, cluster: string, options: TeardownOptions): Promise<ExitCode> {
  const { yes, ...how } = options
  const follow = (dryRun = how.dryRun) => showToItsEnd(context, tearDown(context.api, { cluster, ...how, dryRun }))
  if (yes || how.dryRun) return follow()
  requireTerminal('--yes')
  const reported = await follow(true)
  if (reported !== exitCodes.done) return reported
  const typed = await ask('Type the name of the cluster to tear it down: ', '--yes')
  return typed === cluster ? follow() : exitCodes.failed
}

/** Follows an operation, or the newest one of a cluster. Operation IDs are UUIDs, and cluster names are not. */
export async function watch(context: Context, what: string): Promise<ExitCode> {
  const isId = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(what)
  if (isId) return showToItsEnd(context, { operationId: what })
  const [newest] = await readOperations(context.api, { cluster: what }, 1)
  if (newest) return showToItsEnd(context, newest)
  throw new WrongUse(
    `There is no operation of a cluster "${what}" that you may see. "wid get clusters" lists the clusters.`,
  )
}

export async function cancel({ api, output }: Context, operationId: string): Promise<ExitCode> {
  const operation = await cancelOperation(api, operationId)
  if (output.isJson) output.json(operation)
  else output.write(`${operation.kind} ${operationId} is ${operation.status}. Created objects remain.`)
  return exitCodes.done
}
