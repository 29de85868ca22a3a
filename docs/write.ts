/** Writes what is generated in README.md and docs/kubernetes: `npm run docs`. With --check it only looks whether that is old. */
import './write-readme.ts'
import './kubernetes/write-rights.ts'
