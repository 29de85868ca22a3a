import { describe, expect, it } from 'vitest'
import { parseVersion } from '../../../../lambdas/clouds/kubernetes/version.ts'

describe('the version of an API server', () => {
  it.each([
    ['33', 'v1.33.2', 33],
    ['20+', 'v1.20.9-gke.300', 20],
    ['33+', 'v1.33.4-eks-0123abc', 33],
  ])('minor %s of %s is %i', (minor, gitVersion, expected) => {
    expect(parseVersion({ major: '1', minor, gitVersion }, 'prod-eu')).toEqual({ minor: expected, gitVersion })
  })

  it.each([
    ['99999999999999999999', 'v1.33.2'],
    ['9'.repeat(400), 'v1.33.2'],
    ['-1', 'v1.33.2'],
    ['3e2', 'v1.33.2'],
    ['33 and more', 'v1.33.2'],
    ['33', 'v1.99999999999999999999.2'],
    ['33', `v1.${'3'.repeat(500_000)}.2`],
    ['33', `v1.33.${'3'.repeat(500_000)}`],
  ])('is unsupported with an impossible number', (minor, gitVersion) => {
    expect(() => parseVersion({ major: '1', minor, gitVersion }, 'prod-eu')).toThrow(/names no version of Kubernetes 1/)
  })

  it.each([
    [{ minor: 'x', gitVersion: 'v1.33.2' }],
    [{ minor: '33', gitVersion: 'nightly <script>' }],
    [{}],
    [undefined],
    ['ok'],
  ])('is unsupported when it is %o', (answer) => {
    expect(() => parseVersion(answer, 'prod-eu')).toThrow(/cluster prod-eu: its \/version names no version/)
  })
})
