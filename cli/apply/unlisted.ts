/** Workloads that the record of a cluster has and a request has not: a setup leaves them as they are. */
import { allPages } from '../api/all-pages.ts'
import { answerOf } from '../api/answer.ts'
import type { components } from '../api/types.ts'
import type { WorkloadName } from '../commands/workload-name.ts'
import { CommandError } from '../errors.ts'
import type { Line } from '../view/line.ts'
import type { Run } from './run-each.ts'

/** Who declares workloads by files. */
export const managerOfFiles = 'file'

type RecordedWorkload = WorkloadName & Pick<components['schemas']['Workload'], 'manager' | 'leaving'>

/** A recorded workload that the files have not. */
export interface Unlisted {
  readonly name: string
  readonly manager: string | undefined
}

/** Says which there are, and how they are removed, to callers who may read them. */
export async function showUnlisted({ context, document }: Run): Promise<void> {
  const cluster = document.request.cluster.name
  const found = unlisted(await recorded(context, cluster), document.request.workloads)
  if (found.length === 0) return
  const names = found.map(({ name }) => name)
  if (context.output.isJson) context.output.json({ type: 'unlisted', cluster, workloads: names })
  else context.output.print(unlistedLines(cluster, found))
}

/** None where they cannot be read: this is a note beside an operation that has ended well. */
async function recorded({ api }: Run['context'], cluster: string): Promise<RecordedWorkload[]> {
  try {
    const pages = await allPages((page) =>
      answerOf(api.GET('/v1/workloads', { params: { query: { ...page, cluster } } })),
    )
    return pages.flatMap(({ workloads }) => workloads)
  } catch (error) {
    if (error instanceof CommandError) return []
    throw error
  }
}

/** Those that leave the spec are not among them: the setup removes them. */
export function unlisted(found: readonly RecordedWorkload[], listed: readonly WorkloadName[]): Unlisted[] {
  const kept = new Set(listed.map(nameOf))
  return found
    .filter((one) => !one.leaving && !kept.has(nameOf(one)))
    .map((one) => ({ name: nameOf(one), manager: one.manager }))
}

function nameOf({ namespace, serviceAccount }: WorkloadName): string {
  return `${namespace}/${serviceAccount}`
}

export function unlistedLines(cluster: string, all: readonly Unlisted[]): Line[] {
  const [what, which] = all.length === 1 ? ['workload is', 'it'] : ['workloads are', 'them']
  const shown = all.map(({ name, manager }) => (isOfFiles({ manager }) ? name : `${name} (of ${manager})`))
  return [
    { text: `  ${all.length} recorded ${what} not in these files: ${shown.join(', ')}`, hang: 4 },
    { text: `  The setup leaves ${which}${pruned(all, which)}:`, hang: 4 },
    ...all.map(({ name }) => ({
      text: `      wid workload remove ${cluster} ${name}`,
      hang: 6,
      isWhole: true as const,
    })),
  ]
}

/** What "--prune" does with them, and that commands remove them. */
function pruned(all: readonly Unlisted[], which: string): string {
  const ofFiles = all.filter(isOfFiles).map(({ name }) => name)
  if (ofFiles.length === 0) return `, and so does "wid apply --prune". To remove ${which}`
  const those = ofFiles.length === all.length ? which : ofFiles.join(', ')
  return `. "wid apply --prune" with these files removes ${those}. To remove ${which} by name`
}

/** Whether a file declares it. */
export function isOfFiles({ manager }: Pick<Unlisted, 'manager'>): boolean {
  return manager === managerOfFiles
}
