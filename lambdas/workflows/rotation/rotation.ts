/** A rotation of all clusters: its batches, the facts that it needs from their records, and its result. */

import * as z from 'zod/mini'
import { issuerOfProvider } from '../../clouds/aws/iam-names.ts'
import { type OperationError, operationError } from '../../errors/recorded.ts'
import type { LastRun } from '../../operations/record/cluster-record.ts'
import type { ClusterItem, ClusterStatus, StepItem } from '../../operations/record/record.ts'
import { managementTarget, target } from '../../spec/target.ts'
import { installed } from '../../webhook/desired/installed.ts'

export const rotationBody = z.strictObject({
  dryRun: z._default(
    z
      .boolean({ error: 'is neither true nor false' })
      .check(z.describe('Only reports what it would do, and writes nothing')),
    false,
  ),
})

const dayMs = 24 * 3_600_000

type RotationBody = z.output<typeof rotationBody>

/** The operation of a rotation. Only one rotation that writes runs at a time. A dry run may run beside any rotation. */
export function rotationOf(request: RotationBody) {
  const change = { change: 'same spec', basedOn: undefined } as const
  return { kind: 'rotation', request, ...(request.dryRun ? {} : change) } as const
}

/**
 * The number of clusters in one execution of the state machine `clusters`. The execution has fewer than 15,000 events
 * even if each cluster needs all retries and waits until each deadline: test/statemachine/budgets.test.ts.
 */
export const batchSize = 15

/**
 * The number of clusters in one page: their names and the failures of their batches fit into the 256 KiB of a state.
 */
export const pageSize = 500

/** The position at which a run over all clusters continues. */
export const placeInRun = z.object({
  begunAt: z.string(),
  /** The last cluster of the previous page, in the form of {@link orderOf}. */
  after: z.string(),
})

type PlaceInRun = z.output<typeof placeInRun>

/**
 * The next page of a run over all clusters. Clusters that never had a turn come first, then the clusters with the
 * oldest turn. Each page uses the current list. It omits clusters that had a turn since the start of the run, so that
 * no cluster has two turns. It also omits a new cluster whose position the run has passed. Such a cluster is among the
 * first of the next run.
 */
export function pageOf(
  turns: readonly LastRun[],
  { begunAt, after }: PlaceInRun,
): { readonly clusters: readonly string[]; readonly next?: PlaceInRun } {
  const left = turns.filter((turn) => (turn.at ?? '') < begunAt && orderOf(turn) > after).toSorted(byOrder)
  const page = left.slice(0, pageSize)
  const last = page.at(-1)
  return {
    clusters: page.map(({ cluster }) => cluster),
    ...(last && left.length > page.length && { next: { begunAt, after: orderOf(last) } }),
  }
}

function byOrder(one: LastRun, other: LastRun): number {
  return orderOf(one) < orderOf(other) ? -1 : 1
}

/** The sort key. A cluster without a turn comes first, because a space sorts before the first character of a time. */
function orderOf({ at = '', cluster }: LastRun): string {
  return `${at} ${cluster}`
}

/** The batches of these clusters. `from` is the number of clusters before the batch. */
export function batchesOf(
  names: readonly string[],
): readonly { readonly from: number; readonly clusters: readonly string[] }[] {
  return Array.from({ length: Math.ceil(names.length / batchSize) }, (_, at) => {
    const from = at * batchSize
    return { from, clusters: names.slice(from, from + batchSize) }
  })
}

/** The facts that the states of a cluster need from its record. */
export const clusterToRotateSchema = z.object({
  target,
  management: z.exactOptional(managementTarget),
  issuerUrl: z.string(),
  /** Whether the deployment publishes the keys of this issuer. */
  hosted: z.boolean(),
  providerArn: z.string(),
  installed,
})

export type ClusterToRotate = z.output<typeof clusterToRotateSchema>

/**
 * The recorded facts of a cluster, including its provider and webhook. Workloads may use these even if the setup that
 * created them failed later. Undefined while the cluster has no provider.
 */
export function clusterToRotate({ spec, status }: ClusterItem): ClusterToRotate | undefined {
  const { providerArn, webhook = { mode: 'none' } } = status
  if (providerArn === undefined) return undefined
  const issuerUrl = issuerOfProvider(providerArn)
  const hosted = spec.discovery?.hosting !== undefined && spec.cluster.issuerUrl === issuerUrl
  const { management } = spec.cluster
  return clusterToRotateSchema.parse({
    target: spec.cluster,
    ...(management && { management }),
    issuerUrl,
    hosted,
    providerArn,
    installed: webhook,
  })
}

/**
 * Days until the certificate of the cluster's webhook expires; negative after that. Undefined when no certificate is
 * recorded, because the product has installed no webhook, or the cluster signs the certificate.
 */
export function daysOfCertificate({ webhook }: ClusterStatus, now: Date): number | undefined {
  if (webhook?.certificate === undefined) return undefined
  return (Date.parse(webhook.certificate.notAfter) - now.getTime()) / dayMs
}

const outcomes = ['unchanged', 'published', 'narrowed', 'added', 'pruned', 'renewed', 'skipped', 'failed'] as const

const rotatedCluster = z.object({
  cluster: z.string(),
  outcome: z
    .enum(outcomes)
    .check(
      z.describe(
        'Published: keys of an issuer that the deployment hosts. Narrowed: the roles of the cluster no longer trust its former issuer. Added, pruned: thumbprints of the provider. Renewed: a stored token of the cluster or the certificate of the webhook was renewed, or a certificate request of the webhook was approved. If the rotation did several of these, the outcome is the first of renewed, added, pruned, narrowed, published',
      ),
    ),
  why: z.exactOptional(z.string().check(z.describe('Why the cluster was skipped'))),
  added: z.exactOptional(z.array(z.string())),
  removed: z.exactOptional(z.array(z.string())),
  verificationId: z.exactOptional(
    z.string().check(z.describe('The operation that verifies the workloads of the cluster after the rotation')),
  ),
  notVerified: z.exactOptional(z.string().check(z.describe('Why the workloads of the cluster were not verified'))),
  error: z.exactOptional(operationError),
})

export const rotationResult = z.object({
  clusters: z
    .array(rotatedCluster)
    .check(z.describe('Each cluster for which the rotation has a result, sorted by name')),
  counts: z.record(z.string(), z.number()).check(z.describe('The number of clusters with each outcome')),
})

export type RotatedCluster = z.output<typeof rotatedCluster>
export type RotationResult = z.output<typeof rotationResult>

const outputs = {
  AcquireLock: z.object({ acquired: z.boolean(), skipped: z.exactOptional(z.string()) }),
  RotateThumbprints: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
  BeginVerification: z.object({
    verificationId: z.exactOptional(z.string()),
    notVerified: z.exactOptional(z.string()),
  }),
  ReleaseLock: z.object({ failure: z.exactOptional(operationError) }),
}

/**
 * Returns the results of the completed clusters. After the rotation has ended, also returns the results of clusters
 * that it has only begun.
 */
export function rotationResultOf(steps: readonly StepItem[], ended: boolean): RotationResult {
  const byCluster = Map.groupBy(steps, ({ item }) => item)
  const all = [...byCluster].flatMap(([cluster, own]) => {
    if (cluster === undefined) return []
    return rotatedFrom(cluster, own) ?? (ended ? incompleteResult(cluster, own) : [])
  })
  const counts = Object.fromEntries(
    outcomes.map((outcome) => [outcome, all.filter((one) => one.outcome === outcome).length] as const),
  )
  return { clusters: all.sort((a, b) => a.cluster.localeCompare(b.cluster)), counts }
}

/** The result of the cluster; undefined while its rotation is in progress. */
function rotatedFrom(cluster: string, steps: readonly StepItem[]): RotatedCluster | undefined {
  const taken = outputOf(steps, 'AcquireLock', outputs.AcquireLock)
  if (taken?.skipped !== undefined) return skipped(cluster, taken.skipped)
  const released = outputOf(steps, 'ReleaseLock', outputs.ReleaseLock)
  if (!released) return undefined
  const thumbprints = outputOf(steps, 'RotateThumbprints', outputs.RotateThumbprints)
  const hasChanged = (...states: readonly string[]) =>
    steps.some((step) => states.includes(step.state) && changedAny(step))
  const { failure } = released
  return {
    cluster,
    outcome: failure ? 'failed' : outcomeOf(thumbprints, hasChanged),
    ...thumbprints,
    ...outputOf(steps, 'BeginVerification', outputs.BeginVerification),
    ...(failure && { error: failure }),
  }
}

/**
 * The result of a cluster that the rotation did not complete: its lock was not acquired, or ReleaseLock failed or was
 * not reached.
 */
function incompleteResult(cluster: string, steps: readonly StepItem[]): RotatedCluster {
  const busy = steps.find(({ state, status }) => state === 'AcquireLock' && status === 'waiting')
  if (busy?.waiting) return skipped(cluster, busy.waiting.reason)
  const failures = steps.filter(({ status, error }) => status === 'failed' && error !== undefined)
  const failed = failures.find(({ state }) => state === 'ReleaseLock') ?? failures[0]
  const error = failed?.error && { ...failed.error, step: failed.state, item: cluster }
  return { cluster, outcome: 'failed', error: error ?? notReached(cluster) }
}

/** The error of a cluster that was incomplete when the rotation ended. */
export function notReached(cluster: string): OperationError {
  return {
    name: 'NotReached',
    object: `cluster ${cluster}`,
    reason: 'the rotation ended before it completed this cluster',
    action: 'Find out why the rotation ended; the next rotation includes this cluster',
  }
}

function changedAny({ changes }: StepItem): boolean {
  return changes.some(({ action }) => action !== 'unchanged')
}

function outcomeOf(
  thumbprints: { readonly added: readonly string[]; readonly removed: readonly string[] } | undefined,
  hasChanged: (...states: readonly string[]) => boolean,
): RotatedCluster['outcome'] {
  if (hasChanged('RenewCertificate', 'ApproveCsr', 'RenewCredentials')) return 'renewed'
  if (thumbprints && thumbprints.added.length > 0) return 'added'
  if (thumbprints && thumbprints.removed.length > 0) return 'pruned'
  if (hasChanged('NarrowTrust')) return 'narrowed'
  return hasChanged('PublishDiscovery') ? 'published' : 'unchanged'
}

function skipped(cluster: string, why: string): RotatedCluster {
  return { cluster, outcome: 'skipped', why }
}

function outputOf<Output>(
  steps: readonly StepItem[],
  state: string,
  schema: z.ZodMiniType<Output>,
): Output | undefined {
  const step = steps.find((each) => each.state === state && each.status === 'succeeded')
  return step && schema.safeParse(step.output).data
}
