import { answerOf } from '../api/answer.ts'
import type { components } from '../api/types.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { field, type Line } from '../view/line.ts'
import { styled } from '../view/terminal-text.ts'

type Cluster = components['schemas']['Cluster']

/** A condition of a cluster, or of a workload. */
interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly severity?: string
  readonly message: string
}

/** Shows what is recorded of a cluster. Ends with 1 when a condition is not true. */
export async function status({ api, output }: Context, cluster: string): Promise<ExitCode> {
  const found = await answerOf(api.GET('/v1/clusters/{cluster}', { params: { path: { cluster } } }))
  if (output.isJson) output.json(found)
  else output.print(clusterLines(found))
  const all: Condition[] = [
    ...found.status.conditions,
    ...found.status.workloads.flatMap(({ conditions }) => conditions),
  ]
  return all.every((one) => one.status === 'True') ? exitCodes.done : exitCodes.failed
}

/** What is recorded of a cluster, in lines. */
export function clusterLines({ name, provider, verifiedAt, lastOperationId, status: found }: Cluster): Line[] {
  const { cluster, providerArn, webhook, conditions, workloads } = found
  const version = cluster?.kubernetesVersion
  return [
    { text: styled('bold', name), hang: 2 },
    field('provider', version === undefined ? provider : `${provider}, Kubernetes ${version}`),
    ...(cluster ? [field('issuer', cluster.issuerUrl)] : []),
    ...(providerArn === undefined ? [] : [field('IAM', providerArn)]),
    ...(webhook ? [field('webhook', webhookWords(webhook))] : []),
    field('verified', verifiedAt ?? 'never'),
    ...credentialsLines('credentials', found.credentials),
    ...credentialsLines('credentials of its management cluster', found.managementCredentials),
    field('last', `wid watch ${lastOperationId}`),
    ...conditionLines(conditions),
    ...workloads.flatMap(({ namespace, serviceAccount, role, conditions: own }) => [
      { text: '', hang: 0 },
      { text: styled('bold', `${namespace}/${serviceAccount}`), hang: 2 },
      ...(role === undefined ? [] : [field('role', role.roleArn)]),
      ...conditionLines(own),
    ]),
  ]
}

function webhookWords({ mode, certificate }: NonNullable<Cluster['status']['webhook']>): string {
  if (certificate === undefined) return mode
  return `${mode}, certificate valid from ${certificate.notBefore} until ${certificate.notAfter}`
}

const marks = { True: ['green', '✔'], False: ['red', '✖'], Unknown: ['yellow', '?'] } as const

function conditionLines(conditions: readonly Condition[]): Line[] {
  return conditions.map(({ type, status: state, reason, severity, message }) => {
    const [colour, mark] = marks[state]
    const what = severity === undefined ? reason : `${reason} (${severity})`
    const why = state === 'True' ? '' : `  ${what}: ${message}`
    return { text: `  ${styled(colour, mark)} ${type}${why}`, hang: 4 }
  })
}

/** Until when the deployment can reach the cluster. Nothing where the credentials do not say that they end. */
function credentialsLines(
  what: string,
  credentials: Cluster['status']['credentials'] | Cluster['status']['managementCredentials'],
): Line[] {
  const { endsAt, renewed } = credentials ?? {}
  if (endsAt === undefined) return []
  return [field('secret', `${what} until ${endsAt}${renewed ? ', which rotations renew' : ''}`)]
}
