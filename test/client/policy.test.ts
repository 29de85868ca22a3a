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
  it('that matches a pattern is known from the workloads that use it', () => {
    expect(foundBehindPatterns(givable)).toEqual([reader])
  })

  it('can be entered by its name if a pattern leaves only the name open', () => {
    expect(policyFor(' reader ', givable)).toBe(reader)
    expect(policyFor('AmazonS3ReadOnlyAccess', givable)).toBe(s3)
    expect(policyFor('reader', { ...givable, patterns: ['arn:aws:iam::000000000000:policy/*'] })).toBe(
      'arn:aws:iam::000000000000:policy/reader',
    )
  })

  it('is kept as entered if it is an ARN, or if more than the name is open', () => {
    expect(policyFor(`${reader}2`, givable)).toBe(`${reader}2`)
    expect(policyFor('', givable)).toBe('')
    expect(policyFor('reader', { ...givable, accountId: undefined })).toBe('reader')
    expect(policyFor('reader', { ...givable, patterns: ['*', 'arn:aws:iam::*:policy/*/team-*'] })).toBe('reader')
  })

  it('has a fault if it is not a policy ARN, or if no pattern matches it', () => {
    expect(policyFault(reader, givable)).toBeUndefined()
    expect(policyFault(s3, givable)).toBeUndefined()
    expect(policyFault(`${s3}2`, givable)).toBe('notGivable')
    expect(policyFault('arn:aws:iam::000000000000:policy/others/reader', givable)).toBe('notGivable')
    expect(policyFault('arn:aws:iam::000000000000:policyXworkload-identity/a', givable)).toBe('form')
    expect(policyFault('arn:aws:iam::000000000000:role/reader', givable)).toBe('form')
    expect(policyFault('reader', givable)).toBe('form')
  })
})
