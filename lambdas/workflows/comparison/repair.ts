import type { Severity } from '../../report/severity.ts'
import { isOfSecurity } from './severity.ts'

/** What a drift has found, as far as it decides what helps. */
interface Found {
  readonly cluster: string
  /** How much is missing or changed. */
  readonly differences: number
  readonly additions: readonly { readonly severity: Severity }[]
  readonly problems: readonly unknown[]
}

/** What to do about it, with the command of the repair; undefined where nothing is to be repaired or removed. */
export function repairOf({ cluster, differences, additions, problems }: Found): string | undefined {
  const drift = `wid drift ${cluster}`
  const isAdded = additions.some(isOfSecurity)
  const isRefused = problems.length > 0
  const leaves = `A setup leaves what others have added: remove it where it was added, then run "${drift}" again`
  const before = isRefused ? 'Do what each problem asks for. Then ' : ''
  const repair = `"${drift} --repair" sets ${isAdded ? 'up the rest' : 'it up'} again`
  const sentences = [
    ...(isAdded ? [leaves] : []),
    ...(differences > 0 ? [`${before}${repair}`] : []),
    ...(differences === 0 && isRefused ? [`${before}run "${drift}" again`] : []),
  ]
  return sentences.length === 0 ? undefined : sentences.join('. ')
}
