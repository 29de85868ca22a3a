/** Writes what is generated in README.md and docs/kubernetes: `npm run docs`. With --check it only looks whether that is old. */
import './write-readme.ts'
import '../infra/rbac/write-rights.ts'
