/** The request of a teardown, the input of its workflow, and its result. */
import * as z from 'zod/mini'
import { description as deleteCluster } from '../../cluster/delete-cluster.step.ts'
import { encodeFailure } from '../../errors/failure-codec.ts'
import { type OperationError, operationError } from '../../errors/recorded.ts'
import { ObjectMissing, stepErrors } from '../../errors/step-errors.ts'
import { clustersOf } from '../../operations/reconcile/operation-end.ts'
import type { ClusterItem, ClusterStatus, StepItem, WorkloadItem } from '../../operations/record/record.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { podGroup } from '../../service-account/pods.ts'
import { cluster, discovery, type Webhook, workloadFields } from '../../spec/setup-request.ts'
import { signsRequests } from '../../webhook/desired/choose.ts'
import { description as removeWebhook } from '../../webhook/remove-webhook.step.ts'
import { type CaughtState, failureIn } from '../caught-state.ts'
import { leftBy } from '../left-by.ts'
import { staying, staysOf } from './stays.ts'

export interface TeardownOptions {
  /** Also deletes the cluster itself. */
  readonly deleteCluster: boolean
  /** Abandons the objects in an unreachable cluster, and deletes additions by others to a managed role. */
  readonly force: boolean
  readonly dryRun: boolean
}

/** The input of the workflow `teardown`. */
const teardownRequest = z.object({
  cluster: z.pick(cluster, {
    name: true,
    provider: true,
    management: true,
    credentialsSecretArn: true,
    proxyUrl: true,
    issuerUrl: true,
    awsAccountId: true,
  }),
  webhook: z.optional(z.object({ namespaces: z.array(z.string()), mayHaveRequests: z.boolean() })),
  discovery: z.optional(discovery),
  workloads: z.array(z.object(workloadFields)),
  /** Whether the teardown is for the complete cluster. Otherwise it is only for the named workloads. */
  whole: z.boolean(),
  /** Whether no setup has ever found the cluster. The cluster then publishes nothing in its bucket. */
  neverFound: z.boolean(),
  deleteCluster: z.boolean(),
  force: z.boolean(),
  dryRun: z.boolean(),
})

export type TeardownRequest = z.output<typeof teardownRequest>

/** The fields that determine the result. Other versions of the product may have recorded other fields differently. */
const reportedRequest = z.object({
  cluster: z.object({ name: z.string() }),
  force: z.boolean(),
  deleteCluster: z.boolean(),
  dryRun: z._default(z.boolean(), false),
  whole: z._default(z.boolean(), false),
})

export interface Recorded {
  readonly cluster: ClusterItem
  readonly workloads: readonly WorkloadItem[]
}

/**
 * The input of the workflow, for one workload or the complete cluster. Returns a refusal when the request would delete
 * a cluster that the product has not created: its recorded spec has no `cluster.spec`.
 */
export function teardownOf(
  recorded: Recorded,
  chosenWorkload: WorkloadRef | undefined,
  options: TeardownOptions,
): { readonly request: TeardownRequest } | { readonly refused: string } {
  const { cluster, discovery } = recorded.cluster.spec
  if (options.deleteCluster && cluster.spec === undefined) {
    return { refused: notCreated(cluster) }
  }
  const { name, provider, credentialsSecretArn, management, proxyUrl, issuerUrl, awsAccountId } = cluster
  const workloads = chosenWorkload ? [chosenWorkload] : recorded.workloads
  const request = {
    cluster: {
      name,
      provider,
      credentialsSecretArn,
      ...(management && { management }),
      ...(proxyUrl !== undefined && { proxyUrl }),
      ...(issuerUrl !== undefined && { issuerUrl }),
      ...(awsAccountId !== undefined && { awsAccountId }),
    },
    ...webhookOf(recorded.cluster),
    ...(discovery && { discovery }),
    workloads: workloads.map(({ namespace, serviceAccount }) => ({ namespace, serviceAccount })),
    whole: chosenWorkload === undefined,
    neverFound: recorded.cluster.status.cluster === undefined,
    ...options,
  }
  return { request }
}

function notCreated({ name, provider }: ClusterItem['spec']['cluster']): string {
  const only = 'Only a cluster that a setup has created can be deleted: leave deleteCluster out'
  if (provider === 'existing') return `No setup has created cluster ${name}, whose provider is "existing". ${only}`
  return `The newest request for cluster ${name} has no cluster.spec, so no setup seems to have created it. ${only}. If a setup has created it, first send a setup with its cluster.spec`
}

/**
 * All namespaces in which setups may have installed the webhook, even if the newest request omits the webhook. Empty
 * when no setup can have installed a webhook.
 */
function webhookOf({ spec, status }: ClusterItem): Pick<TeardownRequest, 'webhook'> {
  const namespaces = new Set(status.webhookNamespaces)
  if (spec.webhook.mode === 'install') namespaces.add(spec.webhook.namespace)
  if (namespaces.size === 0) return {}
  return { webhook: { namespaces: [...namespaces], mayHaveRequests: maySignRequests(status, spec.webhook) } }
}

/** Whether the cluster may have signed the webhook's certificate. */
function maySignRequests({ webhook, cluster }: ClusterStatus, { certificate }: Webhook): boolean {
  const mode = webhook?.mode
  if (mode === 'csr' || mode === 'own-ca') return mode === 'csr'
  const minor = cluster?.kubernetesMinor
  return certificate !== 'own-ca' && (minor === undefined || signsRequests(minor))
}

export const teardownResult = z.object({
  remaining: z.array(operationError).check(z.describe('Objects that were not removed, each with the reason')),
  abandoned: z
    .array(operationError)
    .check(z.describe('Objects in an unreachable cluster, which a teardown with force abandons and counts as removed')),
  stays: z.exactOptional(
    z
      .array(staying)
      .check(
        z.describe(
          'Only for a complete teardown of a cluster: the objects that it does not remove, with the commands that remove them',
        ),
      ),
  ),
  pods: z.exactOptional(
    z.array(podGroup).check(z.describe('Of a dry run: pods that run with an account that would lose its role')),
  ),
  unseen: z.exactOptional(
    z.array(z.string()).check(z.describe('Of a dry run: namespaces whose pods could not be listed')),
  ),
})

export type TeardownResult = z.output<typeof teardownResult>

/**
 * The steps that remove objects in the cluster. A deletion of the cluster also deletes these objects. With force, they
 * are abandoned when the cluster cannot be reached.
 */
const inCluster = ['UnbindKsa', 'RemoveWebhook']
const unreachable = [
  ...stepErrors.filter((StepError) => StepError.unreachable),
  // Thrown when the credentials lead to a location where the cluster does not exist and was not last found.
  ObjectMissing,
].map(({ name }) => name)

/** The remaining and the abandoned objects, from the steps' records and from the failed states of the workflow. */
export function outcomeOf(
  request: unknown,
  steps: readonly StepItem[],
  caught: readonly CaughtState[],
): TeardownResult {
  const { cluster, force, deleteCluster } = reportedRequest.parse(request)
  const all = [...steps.flatMap(leftBy), ...caught.map((one) => failureIn(one, cluster.name, steps))]
  const there = all.filter(({ step = '' }) => !(isGone(steps) && inCluster.includes(step)))
  const abandonedIn = [...inCluster, 'ObserveCluster', ...(deleteCluster ? [] : ['DeleteCluster'])]
  const isAbandoned = ({ step = '', name }: OperationError) =>
    force && abandonedIn.includes(step) && unreachable.includes(name)
  return { remaining: there.filter((one) => !isAbandoned(one)), abandoned: there.filter(isAbandoned) }
}

/** The result of a teardown, which the API shows. Each step that has not succeeded counts as failed. */
export function teardownResultOf(request: unknown, steps: readonly StepItem[]): TeardownResult {
  const { cluster, dryRun, whole } = reportedRequest.parse(request)
  const failed = steps.filter(({ status }) => status !== 'succeeded')
  const outcome = outcomeOf(
    request,
    steps,
    failed.map((step) => caughtAt(step, cluster.name)),
  )
  if (dryRun) return { ...outcome, ...usersOf(steps) }
  if (!whole || outcome.remaining.length > 0) return outcome
  return { ...outcome, stays: [...staysOf(request, steps, isGone(steps))] }
}

function isGone(steps: readonly StepItem[]): boolean {
  return steps.some(({ output }) => output?.gone === true)
}

const users = z.object({ pods: z._default(z.array(podGroup), []), podsSeen: z._default(z.boolean(), false) })

/** The pods that use the service accounts, and the namespaces whose pods could not be listed. */
function usersOf(steps: readonly StepItem[]): Required<Pick<TeardownResult, 'pods' | 'unseen'>> {
  const seen = steps.flatMap(({ state, item = '', output }) =>
    state === 'UnbindKsa' ? [{ namespace: item.split('/')[0] ?? '', ...users.parse(output ?? {}) }] : [],
  )
  const unseen = seen.filter(({ podsSeen }) => !podsSeen).map(({ namespace }) => namespace)
  return { pods: seen.flatMap(({ pods }) => pods), unseen: [...new Set(unseen)].sort() }
}

function caughtAt({ state, item, error, waiting }: StepItem, cluster: string): CaughtState {
  const at = { state, item }
  const notReady = polled.find((description) => description.state === state)?.notReady
  if (!notReady || !waiting) return { ...at, error: error?.name ?? 'Unknown' }
  const { error: name, what, action } = notReady
  const failure = { name, object: clustersOf(cluster), reason: `${what}: ${waiting.reason}`, action, step: state }
  return { ...at, error: name, cause: encodeFailure(failure) }
}

/** The steps that a teardown polls until they are ready. */
const polled = [removeWebhook, deleteCluster]
