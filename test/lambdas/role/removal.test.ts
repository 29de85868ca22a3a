import { describe, expect, test } from 'vitest'
import { tagsFor } from '../../../lambdas/ownership/ownership.ts'
import { describeRoleRemoval, roleOwnership, roleRemoval } from '../../../lambdas/role/removal.ts'

const deployment = '123456789012/eu-central-1/workload-identity'
const owner = { deployment, cluster: 'prod', workload: { namespace: 'default', serviceAccount: 'reader' } }
const record = {
  roleName: 'prod-reader',
  roleArn: 'arn:aws:iam::000000000000:role/workload-identity/prod-reader',
  policyArns: ['arn:s3', 'arn:sqs'],
}
const path = '/workload-identity/'
const ownership = (tags: Record<string, string>, at = path) => roleOwnership({ path: at, tags }, record, owner)

describe('a role', () => {
  test('is ours when it has our tags with this workload', () => {
    expect(ownership(tagsFor(owner, false))).toBe('ours')
  })

  test('is adopted when it has the tag of an adoption', () => {
    expect(ownership(tagsFor(owner, true))).toBe('adopted')
  })

  test.each([
    ['it has no tags', {}, path],
    [
      'it is of another workload',
      tagsFor({ ...owner, workload: { ...owner.workload, serviceAccount: 'x' } }, false),
      path,
    ],
    ['it is of another cluster', tagsFor({ ...owner, cluster: 'test' }, false), path],
    ['it is under another path than the recorded one', tagsFor(owner, false), '/'],
    ['it is of another deployment', tagsFor({ ...owner, deployment: 'another' }, false), path],
  ])('is of another owner when %s', (_, tags, at) => {
    expect(ownership(tags, at)).toBe('theirs')
  })
})

describe('a removal', () => {
  const ownInline = ['workload-identity']
  const remove = (kind: 'ours' | 'adopted', policyArns: string[], inlinePolicyNames: string[], force = false) =>
    roleRemoval(kind, { policyArns, inlinePolicyNames }, { record, force })

  test('detaches each policy of our role, including those of others', () => {
    expect(remove('ours', ['arn:s3', 'arn:of-others'], ownInline)).toEqual({
      detach: ['arn:s3', 'arn:of-others'],
      deleteInline: ownInline,
    })
  })

  test('detaches only recorded policies of an adopted role', () => {
    expect(remove('adopted', ['arn:s3', 'arn:of-others'], [...ownInline, 'of-others'])).toEqual({
      detach: ['arn:s3'],
      deleteInline: ownInline,
    })
  })

  test('is refused while the role has inline policies of others, and the error names them', () => {
    expect(() => remove('ours', ['arn:s3'], [...ownInline, 'break-glass', 'audit'])).toThrow(
      expect.objectContaining({
        name: 'OwnershipConflict',
        object: record.roleArn,
        reason: expect.stringMatching(/break-glass, audit$/),
        action: expect.stringContaining('force=true'),
      }),
    )
  })

  test('deletes inline policies of others with force', () => {
    expect(remove('ours', [], ['break-glass'], true)).toEqual({ detach: [], deleteInline: ['break-glass'] })
  })

  test('has a description', () => {
    const removal = { detach: ['arn:s3'], deleteInline: ownInline }
    expect(describeRoleRemoval('ours', removal)).toBe('detaches arn:s3; deletes the inline policies workload-identity')
    expect(describeRoleRemoval('ours', { detach: ['arn:s3', 'arn:sqs'], deleteInline: [] })).toBe(
      'detaches arn:s3, arn:sqs',
    )
    expect(describeRoleRemoval('ours', { detach: [], deleteInline: [] })).toBe('')
    expect(describeRoleRemoval('adopted', { detach: [], deleteInline: [] })).toContain('keeps its trust policy')
  })
})
