import { globSync } from 'node:fs'
import { type faultNames, howOften, kindsOfFaults } from '../faults/support/kinds.ts'
import { faultsOfRecord } from '../faults/support/own-calls.ts'
import { ownWorkflows } from '../faults/support/own-workflows.ts'
import { workflows } from '../faults/support/workflows.ts'
import { mistakeLists } from './judgements.ts'

/**
 * What the product's own behaviour is written in: everything that runs in a function, in the command, or between the portal and the
 * API. Mutants are made of these files.
 *
 * @param root the folder of the repository
 * @returns paths from the root on, in their order
 */
export function mutatedFiles(root: string): string[] {
  const patterns = [
    'lambdas/**/*.ts',
    'cli/**/*.ts',
    'client/**/*.ts',
    'portal/src/api/*.ts',
    'portal/src/sign-in/*.ts',
  ]
  const files = globSync(patterns, { cwd: root, exclude: ['**/node_modules'] })
  // It is generated, and has types alone.
  return files.filter((file) => file !== 'client/types.ts').toSorted()
}

/** The faults that tests inject: one line for each mutated file, each mistake of the lists, and each row of the fault matrix. */
export function injectedFaults(root: string): string[] {
  return [
    ...mutatedFiles(root).map((file) => `mutants of ${file}`),
    ...Object.entries(mistakeLists).flatMap(([list, mistakes]) =>
      mistakes.map(({ file, name }) => `mistake of ${list}: ${file} ${name}`),
    ),
    ...workflows.flatMap(({ name }) =>
      rows(
        name,
        kindsOfFaults.map((kind) => kind.name),
      ),
    ),
    ...ownWorkflows.flatMap(({ name }) => rows(name, faultsOfRecord)),
  ]
}

function rows(workflow: string, faults: readonly (typeof faultNames)[number][]): string[] {
  return faults.flatMap((fault) => howOften.map((often) => `each call of ${workflow}: ${fault}, ${often}`))
}
