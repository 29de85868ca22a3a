import { answerOf } from '../api/answer.ts'
import type { ApiClient } from '../api/client.ts'
import { policyFor } from '../api/policy.ts'
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
  const workload = workloadName(name)
  const policyArns = await meantPolicies(context.api, { cluster, namespace: workload.namespace }, options.policy)
  const body = { ...workload, role: { policyArns, ...(options.role !== undefined && { name: options.role }) } }
  const post = context.api.POST('/v1/clusters/{cluster}/workloads', { params: { path: { cluster } }, body })
  return showToItsEnd(context, (await answerOf(post)).operationId)
}

interface Place {
  readonly cluster: string
  readonly namespace: string
}

/** The ARNs of policies given by ARN or name. A name without a unique match stays unchanged, and the API rejects it. */
async function meantPolicies(
  api: ApiClient,
  { cluster, namespace }: Place,
  named: readonly string[],
): Promise<string[]> {
  if (named.every((each) => each.startsWith('arn:'))) return [...named]
  const [access, { status }] = await Promise.all([
    answerOf(api.GET('/v1/access', { params: { query: { cluster, namespace } } })),
    answerOf(api.GET('/v1/clusters/{cluster}', { params: { path: { cluster } } })),
  ])
  // The roles are in the provider's account.
  const givable = { patterns: access.policyArns, accountId: status.providerArn?.split(':')[4] }
  return named.map((each) => policyFor(each, givable))
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
