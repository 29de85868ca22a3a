import { describe, expect, it } from 'vitest'
import { policyFor } from '../../client/policy.ts'
import { foundBehindPatterns, policyFault } from '../../portal/src/pages/workloads/give-role/policy.ts'

const s3 = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const own = 'arn:aws:iam::*:policy/workload-identity/*'
const reader = 'arn:aws:iam::000000000000:policy/workload-identity/reader'
const givable = {
  patterns: [s3, own],
  inUse: [s3, reader, 'arn:aws:iam::000000000000:policy/others/reader', reader],
  accountId: '000000000000',
}

describe('a policy', () => {
  it('behind a pattern is known by the workloads that have it', () => {
    expect(foundBehindPatterns(givable)).toEqual([reader])
  })

  it('is meant by its name where a pattern leaves only that open', () => {
    expect(policyFor(' reader ', givable)).toBe(reader)
    expect(policyFor('AmazonS3ReadOnlyAccess', givable)).toBe(s3)
    expect(policyFor('reader', { ...givable, patterns: ['arn:aws:iam::000000000000:policy/*'] })).toBe(
      'arn:aws:iam::000000000000:policy/reader',
    )
  })

  it('is taken as it is typed where that is an ARN, or more than the name is open', () => {
    expect(policyFor(`${reader}2`, givable)).toBe(`${reader}2`)
    expect(policyFor('', givable)).toBe('')
    expect(policyFor('reader', { ...givable, accountId: undefined })).toBe('reader')
    expect(policyFor('reader', { ...givable, patterns: ['*', 'arn:aws:iam::*:policy/*/team-*'] })).toBe('reader')
  })

  it('is told apart from what is no policy, and from what no pattern stands for', () => {
    expect(policyFault(reader, givable)).toBeUndefined()
    expect(policyFault(s3, givable)).toBeUndefined()
    expect(policyFault(`${s3}2`, givable)).toBe('notGivable')
    expect(policyFault('arn:aws:iam::000000000000:policy/others/reader', givable)).toBe('notGivable')
    expect(policyFault('arn:aws:iam::000000000000:policyXworkload-identity/a', givable)).toBe('form')
    expect(policyFault('arn:aws:iam::000000000000:role/reader', givable)).toBe('form')
    expect(policyFault('reader', givable)).toBe('form')
  })
})
