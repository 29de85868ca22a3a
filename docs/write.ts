/**
 * Writes the generated pages, docs/kubernetes and the list of compared steps: `npm run docs`. With --check it writes
 * nothing, and fails when a file is out of date.
 */
import './write-compared-steps.ts'
import './write-pages.ts'
import '../infra/rbac/write-rights.ts'
