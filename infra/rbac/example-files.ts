import path from 'node:path'
import { filesForAll, managementFile, type RightsFile, userClusterFile } from '../../lambdas/rights/files.ts'
import { setupOf } from '../../lambdas/rights/setup.ts'
import { readRequest } from './request.ts'

const root = path.resolve(import.meta.dirname, '../..')
const examples = ['setup', 'existing-cluster', 'csr-cluster', 'twenty-workloads']

export interface ExampleFile {
  /** Relative to the repository root. */
  readonly file: string
  readonly text: string
}

/** The rights for the examples, and the rights for complete clusters. */
export function exampleFiles(): ExampleFile[] {
  const folders = [
    { folder: 'whole-cluster', files: filesForAll() },
    ...examples.map((folder) => ({ folder, files: filesOf(`examples/${folder}.json`) })),
  ]
  return folders.flatMap(({ folder, files }) =>
    files.map(({ name, text }) => ({ file: `docs/kubernetes/${folder}/${name}`, text })),
  )
}

function filesOf(example: string): readonly RightsFile[] {
  const setup = setupOf(readRequest(path.join(root, example)))
  const madeBy = `npm run --silent deployment -- rights ${example}`
  const management = managementFile(setup, `${madeBy} --management`)
  return [userClusterFile(setup, madeBy), ...(management ? [management] : [])]
}
