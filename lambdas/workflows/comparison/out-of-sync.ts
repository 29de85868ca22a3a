import { type Assessment, added } from '../../operations/condition.ts'
import { type DriftResult, isOfSecurity } from './drift.ts'

const shownDifferences = 3

/** What a drift says of the condition InSync; undefined when nothing differs. */
export function outOfSync(drift: DriftResult, cluster: string): Assessment | undefined {
  const { severity } = drift.summary
  if (severity === undefined) return undefined
  const found = differencesIn(drift)
  if (found.length === 0) return notCompared(drift)
  const more = found.length > shownDifferences ? `; and ${found.length - shownDifferences} more` : ''
  const shown = `${found.slice(0, shownDifferences).join('; ')}${more}`
  const reason = drift.additions.some(isOfSecurity) ? added : 'Drifted'
  return { status: 'False', reason, message: `${shown}. ${whatToDo(drift, cluster, found.length)}`, severity }
}

function whatToDo({ additions }: DriftResult, cluster: string, differences: number): string {
  const drift = `"wid drift ${cluster}"`
  const repair = `"wid drift ${cluster} --repair" sets`
  const left = additions.filter(isOfSecurity).length
  if (left === 0) return `${drift} shows all, and ${repair} it up again`
  const remove = 'A setup leaves what others have added: remove it where it was added'
  const rest = left < differences ? `. ${repair} up the rest again` : ''
  return `${drift} shows all. ${remove}, then run ${drift} again${rest}`
}

/** Additions come first: of all differences, they are what a setup does not change. */
function differencesIn({ missing, changed, additions, problems }: DriftResult): readonly string[] {
  const named = ({ object, field }: { readonly object: string; readonly field?: string }) =>
    field === undefined ? object : `${object}: ${field}`
  return [
    ...additions.filter(isOfSecurity).map((each) => `added ${named(each)}`),
    ...missing.map(({ object }) => `missing ${object}`),
    ...changed.map((each) => `changed ${named(each)}`),
    ...problems.map(({ object, reason }) => `${object}: ${reason}`),
  ]
}

function notCompared({ unreachable: [first] }: DriftResult): Assessment | undefined {
  if (!first) return undefined
  const { object, name, reason, action } = first
  return { status: 'Unknown', reason: name, message: `${object}: ${reason}. ${action}.` }
}
