/** The workloads in a cluster's record that a request does not contain. A setup does not change them. */
import type { Workload } from '../../client/api.ts'
import { readWorkloads } from '../../client/reads.ts'
import { nameOf, type WorkloadName } from '../../client/workload.ts'
import { CommandError } from '../errors.ts'
import type { Line } from '../view/line.ts'
import type { Run } from './run-each.ts'

/** The `manager` of workloads that request files declare. */
export const managerOfFiles = 'file'

type RecordedWorkload = WorkloadName & Pick<Workload, 'manager' | 'leaving'>

/** A recorded workload that is not in the files. */
export interface Unlisted {
  readonly name: string
  readonly manager: string | undefined
}

/** Prints the workloads and how to remove them, if the caller may read them. */
export async function showUnlisted({ context, document }: Run): Promise<void> {
  const cluster = document.request.cluster.name
  const found = unlisted(await recorded(context, cluster), document.request.workloads)
  if (found.length === 0) return
  const names = found.map(({ name }) => name)
  if (context.output.isJson) context.output.json({ type: 'unlisted', cluster, workloads: names })
  else context.output.print(unlistedLines(cluster, found))
}

/**
 * Returns an empty list when the read fails, because the workloads are only for a note after a successful operation.
 */
async function recorded({ api }: Run['context'], cluster: string): Promise<RecordedWorkload[]> {
  try {
    return await readWorkloads(api, { cluster })
  } catch (error) {
    if (error instanceof CommandError) return []
    throw error
  }
}

/** Workloads that are `leaving` are not included, because the setup removes them. */
export function unlisted(found: readonly RecordedWorkload[], listed: readonly WorkloadName[]): Unlisted[] {
  const kept = new Set(listed.map(nameOf))
  return found
    .filter((one) => !one.leaving && !kept.has(nameOf(one)))
    .map((one) => ({ name: nameOf(one), manager: one.manager }))
}

export function unlistedLines(cluster: string, all: readonly Unlisted[]): Line[] {
  const [what, which] = all.length === 1 ? ['workload is', 'it'] : ['workloads are', 'them']
  const shown = all.map(({ name, manager }) => (isOfFiles({ manager }) ? name : `${name} (of ${manager})`))
  return [
    { text: `  ${all.length} recorded ${what} not in these files: ${shown.join(', ')}`, hang: 4 },
    { text: `  The setup keeps ${which}${pruned(all, which)}:`, hang: 4 },
    ...all.map(({ name }) => ({
      text: `      wid workload remove ${cluster} ${name}`,
      hang: 6,
      isWhole: true as const,
    })),
  ]
}

/** Says which of the workloads "--prune" removes, and introduces the commands that remove each workload by name. */
function pruned(all: readonly Unlisted[], which: string): string {
  const ofFiles = all.filter(isOfFiles).map(({ name }) => name)
  if (ofFiles.length === 0) return `, and "wid apply --prune" keeps ${which} too. To remove ${which}`
  const those = ofFiles.length === all.length ? which : ofFiles.join(', ')
  return `. "wid apply --prune" with these files removes ${those}. To remove ${which} by name`
}

export function isOfFiles({ manager }: Pick<Unlisted, 'manager'>): boolean {
  return manager === managerOfFiles
}
