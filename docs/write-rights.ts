/**
 * Writes the rights of the examples, and those for whole clusters, to docs/kubernetes. With --check it writes nothing,
 * and fails when a file is out of date.
 */
import { exampleFiles } from '../infra/rbac/example-files.ts'
import { keep } from './page.ts'

for (const { file, text } of exampleFiles()) keep(file, text, 'npm run docs')
