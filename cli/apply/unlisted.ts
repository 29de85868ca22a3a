/** Workloads that the record of a cluster has and a request has not: a setup leaves them as they are. */
import { allPages } from '../api/all-pages.ts'
import { answerOf } from '../api/answer.ts'
import type { WorkloadName } from '../commands/workload-name.ts'
import { CommandError } from '../errors.ts'
import type { Line } from '../view/line.ts'
import type { Run } from './run-each.ts'

/** Says which there are, and how they are removed, to callers who may read them. */
export async function showUnlisted({ context, document }: Run): Promise<void> {
  const cluster = document.request.cluster.name
  const names = unlisted(await recorded(context, cluster), document.request.workloads)
  if (names.length === 0) return
  if (context.output.isJson) context.output.json({ type: 'unlisted', cluster, workloads: names })
  else context.output.print(unlistedLines(cluster, names))
}

/** None where they cannot be read: this is a note beside an operation that has ended well. */
async function recorded({ api }: Run['context'], cluster: string): Promise<WorkloadName[]> {
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

/** "default/s3-reader" of each recorded workload that the request has not. */
export function unlisted(found: readonly WorkloadName[], listed: readonly WorkloadName[]): string[] {
  const kept = new Set(listed.map(nameOf))
  return found.map(nameOf).filter((name) => !kept.has(name))
}

function nameOf({ namespace, serviceAccount }: WorkloadName): string {
  return `${namespace}/${serviceAccount}`
}

export function unlistedLines(cluster: string, names: readonly string[]): Line[] {
  const [what, which] = names.length === 1 ? ['workload is', 'it'] : ['workloads are', 'them']
  return [
    { text: `  ${names.length} recorded ${what} not in these files: ${names.join(', ')}`, hang: 4 },
    {
      text: `  The setup leaves ${which}. "wid apply --prune" with these files removes ${which}, and so does:`,
      hang: 4,
    },
    ...names.map((name) => ({ text: `      wid workload remove ${cluster} ${name}`, hang: 6, isWhole: true as const })),
  ]
}
