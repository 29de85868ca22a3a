/** A rotation of all clusters: which of them one run takes, what it needs of each, and what came of it. */

import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { issuerOfProvider } from '../../clouds/aws/iam-names.ts'
import { type OperationError, operationError } from '../../errors/recorded.ts'
import type { ClusterItem, StepItem } from '../../operations/record.ts'
import { target } from '../../spec/target.ts'
import { installed } from '../../webhook/desired/installed.ts'

export const rotationBody = z.strictObject({
  dryRun: z._default(
    z
      .boolean({ error: 'is neither true nor false' })
      .check(z.describe('Only says what it would do: nothing is written')),
    false,
  ),
})

/** An account holds 100 OIDC providers unless its quota was raised; a workflow's history of 25,000 events holds these. */
export const maxClusters = 150

/**
 * The clusters of one run: all, or as many as it takes, by chance and another choice in each run, so that all have their turn.
 */
export function chosenForRotation(
  names: readonly string[],
  operationId: string,
): { readonly clusters: readonly string[]; readonly remaining: readonly string[] } {
  if (names.length <= maxClusters) return { clusters: names, remaining: [] }
  const place = (name: string) => createHash('sha256').update(`${operationId}/${name}`).digest('hex')
  const drawn = names.map((name) => ({ name, place: place(name) })).sort((a, b) => a.place.localeCompare(b.place))
  const inOrder = drawn.map(({ name }) => name)
  return { clusters: inOrder.slice(0, maxClusters), remaining: inOrder.slice(maxClusters) }
}

/** What the states of a cluster need of its record. */
export const clusterToRotateSchema = z.object({
  target,
  issuerUrl: z.string(),
  providerArn: z.string(),
  installed,
})

export type ClusterToRotate = z.output<typeof clusterToRotateSchema>

/**
 * The provider and the webhook as setups have left them, those that failed afterwards, too: workloads may use them all the
 * same. Undefined while there is no provider.
 */
export function clusterToRotate({ spec, status }: ClusterItem): ClusterToRotate | undefined {
  const { providerArn, webhook = { mode: 'none' } } = status
  if (providerArn === undefined) return undefined
  const issuerUrl = issuerOfProvider(providerArn)
  return clusterToRotateSchema.parse({ target: spec.cluster, issuerUrl, providerArn, installed: webhook })
}

const outcomes = ['unchanged', 'added', 'pruned', 'renewed', 'skipped', 'failed'] as const

export const rotatedCluster = z.object({
  cluster: z.string(),
  outcome: z
    .enum(outcomes)
    .check(
      z.describe(
        'Added, pruned: the thumbprints of its provider. Renewed: the certificate of its webhook, or a request for one approved. The last of these that was done, or why none was',
      ),
    ),
  why: z.exactOptional(z.string().check(z.describe('Of a cluster that was skipped'))),
  added: z.exactOptional(z.array(z.string())),
  removed: z.exactOptional(z.array(z.string())),
  verificationId: z.exactOptional(z.string().check(z.describe('The operation that verified its workloads afterwards'))),
  notVerified: z.exactOptional(z.string().check(z.describe('Why its workloads were not verified'))),
  error: z.exactOptional(operationError),
})

export const rotationResult = z.object({
  clusters: z.array(rotatedCluster).check(z.describe('Each that the rotation has done with, by name')),
  counts: z.record(z.string(), z.number()).check(z.describe('How many clusters came to each outcome')),
})

export type RotatedCluster = z.output<typeof rotatedCluster>
export type RotationResult = z.output<typeof rotationResult>

const outputs = {
  FindClusters: z.object({ clusters: z.array(z.string()), remaining: z.array(z.string()) }),
  AcquireLock: z.object({ acquired: z.boolean(), skipped: z.exactOptional(z.string()) }),
  RotateThumbprints: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
  BeginVerification: z.object({
    verificationId: z.exactOptional(z.string()),
    notVerified: z.exactOptional(z.string()),
  }),
  ReleaseLock: z.object({ failure: z.exactOptional(operationError) }),
}

/** What came of each cluster that the rotation has done with, read off its steps: of all of them when it has ended. */
export function rotationResultOf(steps: readonly StepItem[], ended: boolean): RotationResult {
  const { clusters, remaining } = outputOf(steps, 'FindClusters', outputs.FindClusters) ?? {
    clusters: [],
    remaining: [],
  }
  const byCluster = Map.groupBy(steps, ({ item }) => item)
  const done = clusters.flatMap((cluster) => {
    const own = byCluster.get(cluster) ?? []
    return rotatedFrom(cluster, own) ?? (ended ? cutOff(cluster, own) : [])
  })
  const all = [
    ...done,
    ...remaining.map((cluster) => skipped(cluster, 'one run takes no more clusters: a later one does')),
  ]
  const counts = Object.fromEntries(
    outcomes.map((outcome) => [outcome, all.filter((one) => one.outcome === outcome).length] as const),
  )
  return { clusters: all.sort((a, b) => a.cluster.localeCompare(b.cluster)), counts }
}

/** Undefined while it is under way. */
function rotatedFrom(cluster: string, steps: readonly StepItem[]): RotatedCluster | undefined {
  const taken = outputOf(steps, 'AcquireLock', outputs.AcquireLock)
  if (taken?.skipped !== undefined) return skipped(cluster, taken.skipped)
  const released = outputOf(steps, 'ReleaseLock', outputs.ReleaseLock)
  if (!released) return undefined
  const thumbprints = outputOf(steps, 'RotateThumbprints', outputs.RotateThumbprints)
  const isRenewed = steps.some(isOfCertificate)
  const { failure } = released
  return {
    cluster,
    outcome: failure ? 'failed' : doneTo(thumbprints, isRenewed),
    ...thumbprints,
    ...outputOf(steps, 'BeginVerification', outputs.BeginVerification),
    ...(failure && { error: failure }),
  }
}

/** It was not given free: that step failed, or the rotation was stopped before. */
function cutOff(cluster: string, steps: readonly StepItem[]): RotatedCluster {
  const failures = steps.filter(({ status, error }) => status === 'failed' && error !== undefined)
  const failed = failures.find(({ state }) => state === 'ReleaseLock') ?? failures[0]
  const error = failed?.error && { ...failed.error, step: failed.state, item: cluster }
  return { cluster, outcome: 'failed', error: error ?? notReached(cluster) }
}

/** The rotation was stopped before it had done with this cluster. */
export function notReached(cluster: string): OperationError {
  return {
    name: 'NotReached',
    object: `cluster ${cluster}`,
    reason: 'the rotation has ended before it was done with it',
    action: 'See why the rotation has ended; the next one goes on',
  }
}

/** A certificate of ours was renewed, or a request for one of the cluster's approved. */
function isOfCertificate({ state, changes }: StepItem): boolean {
  const isDone = changes.some(({ action }) => action !== 'unchanged')
  return isDone && (state === 'RenewCertificate' || state === 'ApproveCsr')
}

function doneTo(
  thumbprints: { readonly added: readonly string[]; readonly removed: readonly string[] } | undefined,
  isRenewed: boolean,
): RotatedCluster['outcome'] {
  if (isRenewed) return 'renewed'
  if (thumbprints && thumbprints.added.length > 0) return 'added'
  return thumbprints && thumbprints.removed.length > 0 ? 'pruned' : 'unchanged'
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
