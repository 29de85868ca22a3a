/** Writes the rights of the examples, and the rights for complete clusters, to docs/kubernetes. */
import { exampleFiles } from '../infra/rbac/example-files.ts'
import { keep } from './page.ts'

for (const { file, text } of exampleFiles()) keep(file, text, 'npm run docs')
