import { expect, it } from 'vitest'
import { imageProblem } from '../../../../lambdas/webhook/desired/image-name.ts'

const digest = `sha256:${'0'.repeat(64)}`
const ofLength = (length: number) => `a/b:${'1'.repeat(100)}@${digest}`.padStart(length, 'c')

it.each(['a/b:v0.6.17', `a/b@${digest}`, `a/b:latest@${digest}`, ofLength(512)])('%s can be run', (image) => {
  expect(imageProblem(image)).toBeUndefined()
})

it.each([
  ['', 'is not an image reference'],
  ['a/B:v1', 'is not an image reference'],
  [ofLength(513), 'is not an image reference'],
  ['a/b', 'has neither tag nor digest'],
  ['a/b:latest', 'has the tag latest'],
])('%s cannot: it %s', (image, problem) => {
  expect(imageProblem(image)).toContain(problem)
})
