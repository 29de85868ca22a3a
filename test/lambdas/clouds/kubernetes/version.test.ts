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
    [{ minor: 'x', gitVersion: 'v1.33.2' }],
    [{ minor: '33', gitVersion: 'nightly <script>' }],
    [{}],
    [undefined],
    ['ok'],
  ])('is unsupported when it is %o', (answer) => {
    expect(() => parseVersion(answer, 'prod-eu')).toThrow(/cluster prod-eu: its \/version names no version/)
  })
})
