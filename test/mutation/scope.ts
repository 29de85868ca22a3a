import { globSync } from 'node:fs'
import { type faultNames, howOften, kindsOfFaults } from '../faults/support/kinds.ts'
import { faultsOfRecord } from '../faults/support/own-calls.ts'
import { ownWorkflows } from '../faults/support/own-workflows.ts'
import { workflows } from '../faults/support/workflows.ts'
import { mistakeLists } from './judgements.ts'

/**
 * The files for mutants: the code of the functions, of the agent and of the command, and the code between the portal and the API.
 *
 * @param root the folder of the repository
 * @returns sorted paths relative to the repository
 */
export function mutatedFiles(root: string): string[] {
  const patterns = [
    'agent/**/*.ts',
    'lambdas/**/*.ts',
    'cli/**/*.ts',
    'client/**/*.ts',
    'portal/src/api/*.ts',
    'portal/src/sign-in/*.ts',
  ]
  const files = globSync(patterns, { cwd: root, exclude: ['**/node_modules', 'agent/bundle.ts'] })
  // This file is generated, and contains only types.
  return files.filter((file) => file !== 'client/types.ts').toSorted()
}

/** The injected faults: one line for each mutated file, each mistake of the lists, and each row of the fault matrix. */
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
