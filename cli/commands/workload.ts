import { answerOf } from '../api/answer.ts'
import { isConfirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'
import { workloadName } from './workload-name.ts'

export interface AddOptions {
  readonly policy: readonly string[]
  readonly role?: string | undefined
}

export async function addWorkload(
  context: Context,
  cluster: string,
  name: string,
  options: AddOptions,
): Promise<ExitCode> {
  const role = { policyArns: [...options.policy], ...(options.role !== undefined && { name: options.role }) }
  const body = { ...workloadName(name), role }
  const post = context.api.POST('/v1/clusters/{cluster}/workloads', { params: { path: { cluster } }, body })
  return showToItsEnd(context, (await answerOf(post)).operationId)
}

export interface RemoveOptions {
  readonly yes?: true | undefined
  readonly force?: true | undefined
  readonly dryRun?: true | undefined
}

export async function removeWorkload(
  context: Context,
  cluster: string,
  name: string,
  options: RemoveOptions,
): Promise<ExitCode> {
  const { yes, force, dryRun } = options
  const workload = workloadName(name)
  if (!yes && !dryRun && !(await isConfirmed(`Take the role from ${name} of ${cluster}, and delete the role?`))) {
    return exitCodes.failed
  }
  const query = { ...(force && { force: 'true' as const }), ...(dryRun && { dryRun: 'true' as const }) }
  const params = { path: { cluster, ...workload }, query }
  const started = await answerOf(
    context.api.DELETE('/v1/clusters/{cluster}/workloads/{namespace}/{serviceAccount}', { params }),
  )
  return showToItsEnd(context, started.operationId)
}
