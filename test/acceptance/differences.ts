import type { Operation } from '../../client/api.ts'
import type { StackResource } from './stack.ts'

/** The data of a run, for the comparison with the sandbox. */
export interface Observed {
  /** The outputs of the stack, by name. */
  outputs: Readonly<Record<string, string>>
  resources: readonly StackResource[]
  /** In the order of the run. */
  readonly operations: Operation[]
}

/** The observed values, by a description. */
export type Observations = Readonly<Record<string, string>>

/** The observations without values that differ between accounts: names, IDs, times, and numbers of attempts. */
export function observationsOf({ outputs, resources, operations }: Observed): Observations {
  const incomplete = resources.filter(({ status }) => status !== 'CREATE_COMPLETE')
  return {
    'outputs of the stack': listed(Object.keys(outputs)),
    'resources of the stack that are not CREATE_COMPLETE': listed(
      incomplete.map(({ type, status }) => `${type} ${status}`),
    ),
    ...Object.assign({}, ...operations.map(ofOperation)),
  }
}

function ofOperation({ kind, steps, result }: Operation): Observations {
  const changes = steps.flatMap((step) => step.changes).filter(({ action }) => action !== 'unchanged')
  const ended = steps.map(({ state, status }) => (status === 'succeeded' ? state : `${state} ${status}`))
  return {
    [`${kind}: steps`]: listed(ended),
    [`${kind}: changes`]: counted(changes.map(({ action }) => action)),
    ...Object.fromEntries(ofResult(result).map(([what, names]) => [`${kind}: ${what}`, listed(names)])),
  }
}

function ofResult(result: Operation['result']): [what: string, names: string[]][] {
  if (result === undefined) return []
  if ('proofs' in result)
    return [['refused tokens', result.proofs.flatMap(({ refused }) => refused.map(({ answer }) => answer))]]
  if ('remaining' in result) return [['remains', result.remaining.map(({ name }) => name)]]
  if ('clusters' in result) return [['clusters', result.clusters.map(({ outcome }) => outcome)]]
  return []
}

/** A line for each difference. */
export function differencesOf(observed: Observations, expected: Observations): string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(observed)])].flatMap((what) => {
    const [here = 'not observed', there = 'not observed'] = [observed[what], expected[what]]
    return here === there ? [] : [`${what}: ${here} here, ${there} in the sandbox`]
  })
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.toSorted().join(', ')
}

function counted(names: readonly string[]): string {
  const kinds = [...new Set(names)].toSorted()
  return listed(kinds.map((kind) => `${names.filter((name) => name === kind).length} ${kind}`))
}
