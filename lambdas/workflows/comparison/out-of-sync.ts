import type { Assessment } from '../../operations/condition.ts'
import type { DriftResult } from './drift.ts'

const shownDifferences = 3

/** What a drift says of the condition InSync; undefined when nothing differs. */
export function outOfSync(drift: DriftResult, cluster: string): Assessment | undefined {
  const { severity } = drift.summary
  if (severity === undefined) return undefined
  const found = differencesIn(drift)
  if (found.length === 0) return notCompared(drift)
  const more = found.length > shownDifferences ? `; and ${found.length - shownDifferences} more` : ''
  const shown = `${found.slice(0, shownDifferences).join('; ')}${more}`
  const message = `${shown}. "wid drift ${cluster}" shows all, and "wid drift ${cluster} --repair" sets it up again`
  return { status: 'False', reason: 'Drifted', message, severity }
}

function differencesIn({ missing, changed, additions, problems }: DriftResult): readonly string[] {
  const named = ({ object, field }: { readonly object: string; readonly field?: string }) =>
    field === undefined ? object : `${object}: ${field}`
  return [
    ...missing.map(({ object }) => `missing ${object}`),
    ...changed.map((each) => `changed ${named(each)}`),
    ...additions.filter((each) => each.severity === 'security').map((each) => `added ${named(each)}`),
    ...problems.map(({ object, reason }) => `${object}: ${reason}`),
  ]
}

function notCompared({ unreachable: [first] }: DriftResult): Assessment | undefined {
  if (!first) return undefined
  const { object, name, reason, action } = first
  return { status: 'Unknown', reason: name, message: `${object}: ${reason}. ${action}.` }
}
