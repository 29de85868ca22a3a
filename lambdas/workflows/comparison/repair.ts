import type { Severity } from '../../report/severity.ts'
import { isSecurity } from './severity.ts'

/** The findings of a drift that determine the advice. */
interface Found {
  readonly cluster: string
  /** The number of missing and changed objects and fields. */
  readonly differences: number
  readonly additions: readonly { readonly severity: Severity }[]
  readonly problems: readonly unknown[]
}

/** The advice to the reader of the drift, with commands; undefined when there is nothing to do. */
export function adviceOn({ cluster, differences, additions, problems }: Found): string | undefined {
  const drift = `wid drift ${cluster}`
  const isAdded = additions.some(isSecurity)
  const isRefused = problems.length > 0
  const leaves = `A setup does not remove what others have added. Remove it with the tool that added it, then run "${drift}" again`
  const run = isRefused ? 'Do what each problem asks for. Then run' : 'Run'
  const repair = `${run} "${drift} --repair", which sends the recorded spec again`
  const sentences = [
    ...(isAdded ? [leaves] : []),
    ...(differences > 0 ? [repair] : []),
    ...(differences === 0 && isRefused ? [`${run} "${drift}" again`] : []),
  ]
  return sentences.length === 0 ? undefined : sentences.join('. ')
}
