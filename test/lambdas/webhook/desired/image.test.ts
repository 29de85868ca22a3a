import { expect, it } from 'vitest'
import { endsBefore119, isAtLeast, versionOf } from '../../../../lambdas/webhook/desired/image.ts'

it.each([
  ['a/b:v0.6.17', [0, 6, 17]],
  ['a/b:0.3', [0, 3, 0]],
  ['a/b:v10.2003.12', [10, 2003, 12]],
  ['a/b:v0.5.3-eks-1-28-7', [0, 5, 3]],
  ['a/b:release-0.2.2-gke.0', [0, 2, 2]],
  [`registry:5000/a/b:v0.6.17@sha256:${'0'.repeat(64)}`, [0, 6, 17]],
  ['amazon/amazon-eks-pod-identity-webhook:ed8c41f', [0, 2, 0]],
])('the version of %s is %j', (image, version) => {
  expect(versionOf(image)).toEqual(version)
})

it.each([
  'a/b',
  'registry:5000/a/b',
  `a/b@sha256:${'0'.repeat(64)}`,
  'a/b:latest',
  'a/b:v1',
  'a/b:v0.6x',
  'a/b:version-v0.6.17',
  'a/b:3a28f52',
])('%s has no known version', (image) => {
  expect(versionOf(image)).toBeUndefined()
})

it.each([
  [[0, 3, 0], [0, 3, 0], true],
  [[0, 3, 1], [0, 3, 0], true],
  [[1, 0, 0], [0, 3, 0], true],
  [[0, 2, 9], [0, 3, 0], false],
  [[0, 3, 0], [1, 0, 0], false],
] as const)('%j is at least %j: %s', (version, least, isEnough) => {
  expect(isAtLeast(version, least)).toBe(isEnough)
})

it('recognises the build for Kubernetes before 1.19 by its tag', () => {
  expect(endsBefore119('gcr.io/x/webhook:release-0.2.2-gke.0')).toBe(true)
  expect(endsBefore119('gcr.io/x/webhook:release-0.2.3-gke.0')).toBe(false)
  expect(endsBefore119('release-0.2.2-gke.0')).toBe(false)
})
