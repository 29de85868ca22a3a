import { type FunctionSpec, stepFunctions } from '../../infra/functions.ts'

const functions: ReadonlyMap<string, FunctionSpec> = new Map(Object.entries(stepFunctions))

/** The file of a state's function, from the repository's root. */
export function stepEntry(state: string): string {
  const spec = functions.get(state)
  if (!spec) throw new Error(`no function is called by the state ${state}`)
  return spec.entry
}
