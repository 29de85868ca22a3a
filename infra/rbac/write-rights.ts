/**
 * Writes the rights of the examples, and those for whole clusters, to docs/kubernetes. With --check it writes nothing,
 * and fails when a file is out of date.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { exampleFiles } from './example-files.ts'

const root = path.resolve(import.meta.dirname, '../..')

for (const { file, text } of exampleFiles()) keep(file, text)

function keep(file: string, text: string): void {
  const place = path.join(root, file)
  if (!process.argv.includes('--check')) {
    mkdirSync(path.dirname(place), { recursive: true })
    writeFileSync(place, text)
  } else if (text !== readFileSync(place, 'utf8')) {
    console.error(`${file} is older than the rights that it describes: run "npm run docs".`)
    process.exitCode = 1
  }
}
