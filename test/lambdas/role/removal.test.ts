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

describe('a role is', () => {
  test('ours when it carries our tags of this very workload', () => {
    expect(ownership(tagsFor(owner, false))).toBe('ours')
  })

  test('adopted when its tags say so', () => {
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
  ])("somebody else's when %s", (_, tags, at) => {
    expect(ownership(tags, at)).toBe('theirs')
  })
})

describe('what is taken from a role', () => {
  const ownInline = ['workload-identity']
  const remove = (kind: 'ours' | 'adopted', policyArns: string[], inlinePolicyNames: string[], force = false) =>
    roleRemoval(kind, { policyArns, inlinePolicyNames }, { record, force })

  test('that we made is all that is attached, whoever has attached it', () => {
    expect(remove('ours', ['arn:s3', 'arn:of-others'], ownInline)).toEqual({
      detach: ['arn:s3', 'arn:of-others'],
      deleteInline: ownInline,
    })
  })

  test('that we adopted is only what the record says that we attached', () => {
    expect(remove('adopted', ['arn:s3', 'arn:of-others'], [...ownInline, 'of-others'])).toEqual({
      detach: ['arn:s3'],
      deleteInline: ownInline,
    })
  })

  test('is nothing while it holds inline policies of others, which are named', () => {
    expect(() => remove('ours', ['arn:s3'], [...ownInline, 'break-glass', 'audit'])).toThrow(
      expect.objectContaining({
        name: 'OwnershipConflict',
        object: record.roleArn,
        reason: expect.stringMatching(/break-glass, audit$/),
        action: expect.stringContaining('force=true'),
      }),
    )
  })

  test('is all of them with force', () => {
    expect(remove('ours', [], ['break-glass'], true)).toEqual({ detach: [], deleteInline: ['break-glass'] })
  })

  test('is told', () => {
    const removal = { detach: ['arn:s3'], deleteInline: ownInline }
    expect(describeRoleRemoval('ours', removal)).toBe('detaches arn:s3; deletes the inline policies workload-identity')
    expect(describeRoleRemoval('ours', { detach: ['arn:s3', 'arn:sqs'], deleteInline: [] })).toBe(
      'detaches arn:s3, arn:sqs',
    )
    expect(describeRoleRemoval('ours', { detach: [], deleteInline: [] })).toBe('')
    expect(describeRoleRemoval('adopted', { detach: [], deleteInline: [] })).toContain('keeps its trust policy')
  })
})
