import { describe, expect, it } from 'vitest'
import { assumedRoleArn, parseRoleArn, providerArn, roleArn } from '../../../../lambdas/clouds/aws/iam-names.ts'

const account = { partition: 'aws', accountId: '123456789012' }

describe('ARNs of IAM', () => {
  it('name the provider by the issuer without https://, in every partition', () => {
    const issuer = 'https://storage.googleapis.com/gke-issuer-cec6c353'
    expect(providerArn(account, issuer)).toBe(
      'arn:aws:iam::123456789012:oidc-provider/storage.googleapis.com/gke-issuer-cec6c353',
    )
    expect(providerArn({ ...account, partition: 'aws-cn' }, issuer)).toMatch(/^arn:aws-cn:iam::/)
  })

  it('have the path of a role, which the ARN of its sessions omits', () => {
    const arn = roleArn(account, '/workload-identity/', 'prod-s3-reader')
    expect(arn).toBe('arn:aws:iam::123456789012:role/workload-identity/prod-s3-reader')
    expect(assumedRoleArn(arn, 'proof')).toBe('arn:aws:sts::123456789012:assumed-role/prod-s3-reader/proof')
    expect(parseRoleArn('arn:aws:iam::123456789012:role/a')).toEqual({ ...account, name: 'a' })
    expect(parseRoleArn('arn:aws-us-gov:iam::123456789012:role/x/y/a').name).toBe('a')
  })

  it.each(['arn:aws:iam::123456789012:user/a', 'arn:aws:iam::12:role/a', 'a'])(
    'are not parsed as a role: %s',
    (text) => {
      expect(() => parseRoleArn(text)).toThrow(RangeError)
    },
  )
})
