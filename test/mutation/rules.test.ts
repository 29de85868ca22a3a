import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { harmlessMutants } from './mistakes/harmless-mutants.ts'
import { onOneLine } from './mutants.ts'
import { ruleFiles } from './rules.ts'

const root = path.resolve(import.meta.dirname, '../..')
const files = ruleFiles(root)

it.for([
  'lambdas/proof/proof.ts',
  'lambdas/role/policy-rules.ts',
  'lambdas/operations/operation-end.ts',
  'lambdas/spec/parts.ts',
])('%s decides', (file) => {
  expect(files).toContain(file)
})

it.for([
  'lambdas/proof/verify.ts',
  'lambdas/proof/verify.step.ts',
  'lambdas/proof/try-tokens.cluster.ts',
  'lambdas/clouds/aws/roles.ts',
  'lambdas/operations/lock.ts',
  'lambdas/operations/cluster-record.ts',
])('%s acts, or describes', (file) => {
  expect(files).not.toContain(file)
})

it('the code has still a place for each harmless mutant', () => {
  const gone = harmlessMutants.filter(
    ({ file, find }) => !onOneLine(readFileSync(path.join(root, file), 'utf8')).includes(find),
  )
  expect(gone).toEqual([])
})
