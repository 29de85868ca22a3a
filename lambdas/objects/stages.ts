/** Manifests in stages. A stage needs the previous stages. The objects of one stage do not depend on each other. */

import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import type { Manifest } from '../clouds/kubernetes/object.ts'
import { allDone } from '../errors/attempts.ts'
import { InvalidObject } from '../errors/step-errors.ts'
import type { Change } from '../report/change.ts'
import { apply, applyFresh, applyPlanned, isThere, type Plan, planOf } from './apply.ts'
import { compare, created } from './compare.ts'

export type Stages = readonly (readonly Manifest[])[]

/** The plans by manifest. A manifest has no plan while its namespace, or the role that it binds, does not exist. */
export type Plans = ReadonlyMap<Manifest, Plan>

export interface StagesOptions {
  readonly adopt: boolean
  /** Whether the namespace of the objects exists. Otherwise an object of the first stage creates it. */
  readonly hasNamespace: boolean
}

export interface WritingOptions extends StagesOptions {
  /** The plans that {@link planStages} returned for the same manifests, with no write to the cluster since. */
  readonly plans: Plans
  /** Called before the first write. It is not called if all objects are unchanged. */
  readonly beforeWriting?: () => Promise<void>
  /** Called after each stage, with its changes. */
  readonly afterStage?: (changes: readonly Change[]) => Promise<void>
}

/**
 * Applies one stage after the other. The plans come from a dry run of all manifests, so that a foreign object or a rule
 * of the cluster stops the step before its first write. If the namespace is new, its objects are planned after the
 * first stage, which creates the namespace. After other writes, an object is read again before it is created.
 *
 * @throws {OwnershipConflict} when an object is not ours and is not adopted
 * @throws {FieldConflict} when another manager owns a field
 * @throws {ConcurrentChange} when an object is being deleted
 * @throws {InvalidObject} when the server rejects an object
 */
export async function applyStages(
  cluster: ClusterClient,
  stages: Stages,
  { adopt, hasNamespace, plans: plansBefore, beforeWriting, afterStage }: WritingOptions,
): Promise<readonly Change[]> {
  let plans = plansBefore
  let areFresh = true
  const isDone = stages.flat().every((manifest) => plans.get(manifest)?.action === 'unchanged')
  if (!isDone) await beforeWriting?.()
  const applyOne = (manifest: Manifest) => {
    const plan = plans.get(manifest)
    if (!plan) return apply(cluster, manifest, { adopt })
    return areFresh ? applyFresh(cluster, manifest, { adopt, plan }) : applyPlanned(cluster, manifest, { adopt, plan })
  }
  const changes: Change[] = []
  for (const [index, stage] of stages.entries()) {
    const applied = await allDone(stage.map(applyOne))
    changes.push(...applied)
    await afterStage?.(applied)
    areFresh &&= applied.every(({ action }) => action === 'unchanged')
    if (index > 0 || hasNamespace) continue
    plans = await planRest(cluster, stages.slice(1).flat(), { adopt, before: plans })
    areFresh = true
  }
  return changes
}

/**
 * Plans the stages by dry runs, and writes nothing.
 *
 * @param before recent plans of some of the manifests, from a parallel call
 * @throws as {@link applyStages}
 */
export async function planStages(
  cluster: ClusterClient,
  stages: Stages,
  { adopt, hasNamespace }: StagesOptions,
  before: Plans = new Map(),
): Promise<Plans> {
  const canBeTried = stages.flat().filter((manifest) => hasNamespace || isClusterWide(manifest))
  if (canBeTried.every((manifest) => before.has(manifest))) return before
  return planRest(cluster, canBeTried, { adopt, before })
}

/** Reports what applying the stages would do, and writes nothing. */
export async function compareStages(
  cluster: ClusterClient,
  stages: Stages,
  { adopt, hasNamespace }: StagesOptions,
): Promise<readonly Change[]> {
  const compareOne = async (manifest: Manifest) => {
    const isNew = !hasNamespace && !isClusterWide(manifest)
    const change = isNew ? created(manifest, cluster.owner) : await compare(cluster, manifest, { adopt })
    return { manifest, change }
  }
  const compared = await Promise.all(stages.flat().map(compareOne))
  const isNew = isMade(compared)
  return compared.map(({ manifest, change }) => {
    const lacksRole = change.refused?.name === 'InvalidObject' && isNew(roleOf(manifest))
    return lacksRole ? created(manifest, cluster.owner) : change
  })
}

interface PlansOptions {
  readonly adopt: boolean
  /** The existing plans. */
  readonly before: Plans
}

/** Adds the missing plans. In parallel, drops each plan that would create an object which now exists. */
async function planRest(cluster: ClusterClient, manifests: readonly Manifest[], options: PlansOptions): Promise<Plans> {
  const { before } = options
  const isCreatedMeanwhile = async (manifest: Manifest) =>
    before.get(manifest)?.action === 'created' && (await isThere(cluster, manifest))
  const [plans, created] = await Promise.all([
    planAll(cluster, manifests, options),
    Promise.all(manifests.map(async (manifest) => ((await isCreatedMeanwhile(manifest)) ? [manifest] : []))),
  ])
  const outOfDate = new Set(created.flat())
  return new Map([...plans].filter(([manifest]) => !outOfDate.has(manifest)))
}

/**
 * Returns the plans of the manifests. A binding has no plan if the server rejects it and its role does not exist yet:
 * if the credentials lack the verb `bind`, the server has to read the role.
 */
async function planAll(
  cluster: ClusterClient,
  manifests: readonly Manifest[],
  { adopt, before }: PlansOptions,
): Promise<Plans> {
  const plans = new Map(before)
  const missing = manifests.filter((manifest) => !before.has(manifest))
  const attempts = await Promise.allSettled(
    missing.map(async (manifest) => {
      plans.set(manifest, await planOf(cluster, manifest, { adopt }))
    }),
  )
  const isNew = isMade([...plans].map(([manifest, change]) => ({ manifest, change })))
  for (const [index, attempt] of attempts.entries()) {
    if (attempt.status === 'fulfilled') continue
    const manifest = missing[index]
    if (!(attempt.reason instanceof InvalidObject && manifest && isNew(roleOf(manifest)))) throw attempt.reason
  }
  return plans
}

/** The kind of role that a binding refers to: `Role` for `RoleBinding`. */
function roleOf({ kind }: Manifest): string {
  return kind.replace('Binding', '')
}

/** Returns a predicate: whether an object of a kind would be created. */
function isMade(changes: readonly { readonly manifest: Manifest; readonly change: Pick<Change, 'action'> }[]) {
  return (kind: string) => changes.some(({ manifest, change }) => manifest.kind === kind && change.action === 'created')
}

function isClusterWide({ metadata }: Manifest): boolean {
  return metadata.namespace === undefined
}
