import type { Cluster, ClusterCondition, WorkloadCondition } from '../../client/api.ts'
import { readCluster } from '../../client/reads.ts'
import { nameOf } from '../../client/workload.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import { agentWords } from '../view/agent-words.ts'
import { field, type Line } from '../view/line.ts'
import { styled } from '../view/terminal-text.ts'

type Condition = ClusterCondition | WorkloadCondition

/** Shows the record of a cluster. The exit code is 1 when a condition is not true, or none is known. */
export async function status({ api, output }: Context, cluster: string): Promise<ExitCode> {
  const found = await readCluster(api, cluster)
  if (output.isJson) output.json(found)
  else output.print(clusterLines(found))
  const all: Condition[] = [
    ...found.status.conditions,
    ...found.status.workloads.flatMap(({ conditions }) => conditions),
  ]
  const isWell = all.length > 0 && all.every((one) => one.status === 'True')
  return isWell ? exitCodes.done : exitCodes.failed
}

/** The record of a cluster as lines. */
export function clusterLines(recorded: Cluster): Line[] {
  const { name, provider, verifiedAt, lastOperationId, spec, status: found } = recorded
  const agent = agentWords(recorded, new Date())
  const { cluster, providerArn, webhook, conditions, workloads } = found
  return [
    { text: styled('bold', name), hang: 2 },
    field('provider', `${provider}, Kubernetes ${cluster?.kubernetesVersion ?? 'unknown'}`),
    ...(agent === undefined ? [] : [field('agent', agent)]),
    field('issuer', cluster?.issuerUrl ?? 'unknown'),
    field('IAM', providerArn ?? 'unknown'),
    field('webhook', webhook ? webhookWords(webhook) : 'unknown'),
    field('verified', verifiedAt ?? 'never'),
    ...credentialsLines('credentials', found.credentials),
    ...credentialsLines('credentials of its management cluster', found.managementCredentials),
    field('operation', `wid watch ${lastOperationId}`),
    ...reconcileLines(spec),
    ...conditionLines(conditions),
    ...workloads.flatMap((workload) => [
      { text: '', hang: 0 },
      { text: styled('bold', nameOf(workload)), hang: 2 },
      field('role', workload.role?.roleArn ?? 'unknown'),
      ...(workload.manager === undefined ? [] : [field('manager', workload.manager)]),
      ...(workload.leaving ? [field('leaving', 'it is not in the spec any more, and the next setup removes it')] : []),
      ...conditionLines(workload.conditions),
    ]),
  ]
}

function webhookWords({ mode, certificate }: NonNullable<Cluster['status']['webhook']>): string {
  if (certificate === undefined) return mode
  return `${mode}, certificate valid from ${certificate.notBefore} until ${certificate.notAfter}`
}

const marks = { True: ['green', '✔'], False: ['red', '✖'], Unknown: ['yellow', '?'] } as const

function conditionLines(conditions: readonly Condition[]): Line[] {
  if (conditions.length === 0) return [{ text: `  ${styled('yellow', '?')} unknown: no step has checked yet`, hang: 4 }]
  return conditions.map(({ type, status: state, reason, severity, message }) => {
    const [colour, mark] = marks[state]
    const what = severity === undefined ? reason : `${reason} (${severity})`
    const why = state === 'True' ? '' : `  ${what}: ${message}`
    return { text: `  ${styled(colour, mark)} ${type}${why}`, hang: 4 }
  })
}

/** Returns no line for the default, which only reports drifts. */
function reconcileLines({ reconcile }: Cluster['spec']): Line[] {
  if (reconcile === 'suspended') return [field('drift', 'suspended: scheduled drifts skip the cluster')]
  return reconcile === 'repair'
    ? [field('drift', 'repair: a setup restores what a scheduled drift finds missing or changed')]
    : []
}

/** How long the deployment can reach the cluster. Empty when the credentials have no known end. */
function credentialsLines(
  what: string,
  credentials: Cluster['status']['credentials'] | Cluster['status']['managementCredentials'],
): Line[] {
  const { endsAt, renewed } = credentials ?? {}
  if (endsAt === undefined) return []
  return [field('secret', `${what} are valid until ${endsAt}${renewed ? ', and rotations renew them' : ''}`)]
}
