/**
 * Writes the generated pages and docs/kubernetes: `npm run docs`. With --check it writes nothing, and fails when a file
 * is out of date.
 */
import './write-pages.ts'
import '../infra/rbac/write-rights.ts'
