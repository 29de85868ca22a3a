/** Writes the generated pages and docs/kubernetes: `npm run docs`. With --check it fails when one is out of date. */
import './write-pages.ts'
import '../infra/rbac/write-rights.ts'
