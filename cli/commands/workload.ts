import { answerOf } from '../../client/answer.ts'
import type { ApiClient } from '../../client/api.ts'
import { policyFor } from '../../client/policy.ts'
import { readAccess, readCluster } from '../../client/reads.ts'
import { tearDown } from '../../client/starts.ts'
import { isConfirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import { showToItsEnd } from '../operation/run.ts'
import type { TeardownOptions } from './operations.ts'
import { workloadName } from './workload-name.ts'

export async function addWorkload(
  context: Context,
  cluster: string,
  name: string,
  { policy, role }: { readonly policy: readonly string[]; readonly role?: string | undefined },
): Promise<ExitCode> {
  const workload = workloadName(name)
  const policyArns = await policyArnsOf(context.api, { cluster, namespace: workload.namespace }, policy)
  const body = { ...workload, role: { policyArns, ...(role !== undefined && { name: role }) } }
  const post = context.api.POST('/v1/clusters/{cluster}/workloads', { params: { path: { cluster } }, body })
  return showToItsEnd(context, answerOf(post))
}

interface Place {
  readonly cluster: string
  readonly namespace: string
}

/** The ARNs of policies given by ARN or name. A name without a match stays unchanged, and the API rejects it. */
async function policyArnsOf(api: ApiClient, place: Place, named: readonly string[]): Promise<string[]> {
  if (named.every((each) => each.startsWith('arn:'))) return [...named]
  const [access, { status }] = await Promise.all([readAccess(api, place), readCluster(api, place.cluster)])
  // The roles are in the provider's account.
  const givable = { patterns: access.policyArns, accountId: status.providerArn?.split(':')[4] }
  return named.map((each) => policyFor(each, givable))
}

export async function removeWorkload(
  context: Context,
  cluster: string,
  name: string,
  { yes, force, dryRun }: Omit<TeardownOptions, 'deleteCluster'>,
): Promise<ExitCode> {
  const workload = workloadName(name)
  if (!yes && !dryRun && !(await isConfirmed(`Take the role from ${name} of ${cluster}, and delete the role?`))) {
    return exitCodes.failed
  }
  return showToItsEnd(context, tearDown(context.api, { cluster, workload, force, dryRun }))
}
