import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { harmlessMutants } from './mistakes/harmless-mutants.ts'
import { onOneLine } from './mutants.ts'
import { drawnFiles, otherFolders, ruleFiles } from './rules.ts'
import { mutatedFiles } from './scope.ts'

const root = path.resolve(import.meta.dirname, '../..')
const files = ruleFiles(root)

it.for([
  'lambdas/proof/proof.ts',
  'lambdas/role/policy-rules.ts',
  'lambdas/operations/reconcile/operation-end.ts',
  'lambdas/spec/setup-request.ts',
])('%s is a rule', (file) => {
  expect(files).toContain(file)
})

it.for([
  'lambdas/proof/verify.ts',
  'lambdas/proof/verify.step.ts',
  'lambdas/proof/try-tokens.cluster.ts',
  'lambdas/clouds/aws/roles.ts',
  'lambdas/operations/lock/lock.ts',
  'lambdas/operations/record/cluster-record.ts',
])('%s is not a rule', (file) => {
  expect(files).not.toContain(file)
})

it('each mutated file is a rule, can be drawn with its folder, or describes a step', () => {
  const others = otherFolders(root).flatMap(([, own]) => own)
  const descriptions = mutatedFiles(root).filter((file) => file.endsWith('.step.ts'))
  expect([...files, ...others, ...descriptions].toSorted()).toEqual(mutatedFiles(root))
})

it('a commit always draws the same files, and another commit draws others', () => {
  const all = mutatedFiles(root)
  expect(drawnFiles(all, 'one', 5)).toEqual(drawnFiles(all.toReversed(), 'one', 5))
  expect(drawnFiles(all, 'one', 5)).not.toEqual(drawnFiles(all, 'two', 5))
})

it('the code still contains the text of each harmless mutant', () => {
  const gone = harmlessMutants.filter(
    ({ file, find }) => !onOneLine(readFileSync(path.join(root, file), 'utf8')).includes(find),
  )
  expect(gone).toEqual([])
})
