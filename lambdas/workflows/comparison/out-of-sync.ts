import { type Assessment, reasonAdded } from '../../operations/record/condition.ts'
import type { DriftResult } from './drift.ts'
import { isSecurity } from './severity.ts'

const shownDifferences = 3

/** The condition InSync after a drift; undefined when nothing differs. */
export function outOfSync(drift: DriftResult, cluster: string): Assessment | undefined {
  const { severity } = drift.summary
  if (severity === undefined) return undefined
  const found = differencesIn(drift)
  if (found.length === 0) return notCompared(drift)
  const more = found.length > shownDifferences ? `; and ${found.length - shownDifferences} more` : ''
  const shown = `${found.slice(0, shownDifferences).join('; ')}${more}`
  const reason = drift.additions.some(isSecurity) ? reasonAdded : 'Drifted'
  const message = [shown, `"wid drift ${cluster}" shows all`, ...(drift.toDo === undefined ? [] : [drift.toDo])].join(
    '. ',
  )
  return { status: 'False', reason, message, severity }
}

/** Lists first what a setup alone does not resolve: additions, and problems that would make the setup fail. */
function differencesIn({ missing, changed, additions, problems }: DriftResult): readonly string[] {
  const named = ({ object, field }: { readonly object: string; readonly field?: string }) =>
    field === undefined ? object : `${object}: ${field}`
  return [
    ...additions.filter(isSecurity).map((each) => `added ${named(each)}`),
    ...problems.map(({ object, reason, action }) => `${object}: ${reason} (${action})`),
    ...missing.map(({ object }) => `missing ${object}`),
    ...changed.map((each) => `${wordOf(each)} ${named(each)}`),
  ]
}

/** If only one side has a value, the field is called missing or added, as in cli/view/drift-lines.ts. */
function wordOf({ desired, observed }: DriftResult['changed'][number]): string {
  if ((desired === undefined) === (observed === undefined)) return 'changed'
  return observed === undefined ? 'missing' : 'added'
}

function notCompared({ unreachable: [first] }: DriftResult): Assessment | undefined {
  if (!first) return undefined
  const { object, name, reason, action } = first
  return { status: 'Unknown', reason: name, message: `${object}: ${reason}. ${action}.` }
}
