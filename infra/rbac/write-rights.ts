/**
 * Writes the rights of the examples, and those for whole clusters, to docs/kubernetes. With --check it writes nothing,
 * and fails when a file is out of date.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { filesForAll, managementFile, type RightsFile, userClusterFile } from '../../lambdas/rights/files.ts'
import { setupOf } from '../../lambdas/rights/setup.ts'
import { readRequest } from './request.ts'

const root = path.resolve(import.meta.dirname, '../..')
const examples = ['setup', 'existing-cluster', 'csr-cluster', 'twenty-workloads']

const folders = [
  { folder: 'whole-cluster', files: filesForAll() },
  ...examples.map((folder) => ({ folder, files: filesOf(`examples/${folder}.json`) })),
]

for (const { folder, files } of folders) {
  for (const { name, text } of files) keep(path.join(root, 'docs/kubernetes', folder, name), text)
}

function filesOf(example: string): readonly RightsFile[] {
  const setup = setupOf(readRequest(path.join(root, example)))
  const madeBy = `npm run --silent rights -- ${example}`
  const management = managementFile(setup, `${madeBy} --management`)
  return [userClusterFile(setup, madeBy), ...(management ? [management] : [])]
}

function keep(file: string, text: string): void {
  if (!process.argv.includes('--check')) {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  } else if (text !== readFileSync(file, 'utf8')) {
    console.error(`${path.relative(root, file)} is older than the rights that it describes: run "npm run docs".`)
    process.exitCode = 1
  }
}
