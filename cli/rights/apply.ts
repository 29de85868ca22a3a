import { isConfirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import type { ClusterAccess, Manifest } from '../kubernetes/cluster-access.ts'
import { changeLines, objectsOf } from './change-lines.ts'
import { changeOf, type ObjectChange, otherNamespaces } from './changes.ts'
import { clusterOf, type RightsOptions, type RightsSubject } from './read.ts'
import { ownTarget, rightsFor } from './target.ts'

/** Shows what an apply of the rights changes in the cluster, prompts, and applies them. */
export async function applyWithQuestion(
  context: Context,
  subject: RightsSubject,
  options: RightsOptions & { readonly yes?: true | undefined },
): Promise<ExitCode> {
  const { output } = context
  const cluster = clusterOf(subject)
  const target = ownTarget(context, options, cluster)
  const planned = await planRights(target.access, await rightsFor(context, subject, options, target))
  const { changes, objects } = planned
  if (!output.isJson) output.print(changeLines(changes))
  const isAsked = objects.length > 0 && !options.yes
  if (isAsked && !(await isConfirmed(`Apply ${objectsOf(objects.length)} to ${target.title}?`))) return exitCodes.failed
  await applyRights(target.access, planned)
  if (output.isJson) output.json({ type: 'rights', cluster, server: target.access.server, changes })
  else
    output.write(objects.length > 0 ? `${objectsOf(objects.length)} applied.` : 'The cluster already has these rights.')
  return exitCodes.done
}

/** Rights, and the changes that an apply makes in a cluster. */
export interface PlannedRights {
  readonly changes: readonly ObjectChange[]
  /** The objects that differ, in apply order. */
  readonly objects: readonly Manifest[]
}

/** Compares the rights with the cluster. It also plans the missing namespaces of the rights. */
export async function planRights(cluster: ClusterAccess, rights: readonly Manifest[]): Promise<PlannedRights> {
  const all = [...otherNamespaces(rights), ...rights]
  const compared = await Promise.all(
    all.map(async (object) => ({ object, change: changeOf(object, await cluster.read(object)) })),
  )
  return {
    changes: compared.map(({ change }) => change),
    objects: compared.filter(({ change }) => change.action !== 'unchanged').map(({ object }) => object),
  }
}

/** Sequential, because a namespace must exist before its objects. */
export async function applyRights(cluster: ClusterAccess, { objects }: PlannedRights): Promise<void> {
  for (const object of objects) await cluster.apply(object)
}
