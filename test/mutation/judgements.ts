import type { Mistake } from './mistake.ts'
import { claimChecks } from './mistakes/claims.ts'
import { clients } from './mistakes/clients.ts'
import { harmlessMutants } from './mistakes/harmless-mutants.ts'
import { infra } from './mistakes/infra.ts'
import { steps } from './mistakes/steps.ts'
import { workflows } from './mistakes/workflows.ts'

/** Likely mistakes, by their list. */
export const mistakeLists: Readonly<Record<string, readonly Mistake[]>> = {
  steps,
  claims: claimChecks,
  clients,
  workflows,
  infra,
}

/** The reason that no test has to notice a mistake or a mutant, or undefined when one has to. */
export function harmlessReason({ file, find, put }: Pick<Mistake, 'file' | 'find' | 'put'>): string | undefined {
  const judged = [...harmlessMutants, ...Object.values(mistakeLists).flat()]
  return judged.find((one) => one.file === file && one.find === find && one.put === put)?.harmless
}
