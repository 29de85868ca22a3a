import { validate } from 'virtual:request-validator'
import { describe, expect, it } from 'vitest'
import { type Draft, emptyWorkload, proposedDraft } from '../../../portal/src/pages/new-setup/draft.ts'
import { faultText } from '../../../portal/src/pages/new-setup/fault-text.ts'
import { faultsIn, faultsOfProblem } from '../../../portal/src/pages/new-setup/faults.ts'
import { en } from '../../../portal/src/pages/new-setup/texts/en.ts'
import { ja } from '../../../portal/src/pages/new-setup/texts/ja.ts'

const secret = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod-eu/user-cluster'
const policy = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'

const complete: Draft = {
  ...proposedDraft(),
  cluster: { name: 'prod-eu', credentialsSecretArn: secret },
  workloads: [{ namespace: 'default', serviceAccount: 's3-reader', role: { policyArns: [policy] } }],
}

/** The step, the path and the kind of each fault. */
function found(draft: Draft): string[] {
  return faultsIn(draft, validate).placed.map(({ step, path, kind }) => `${step} ${path} ${kind}`)
}

describe('the faults of a draft', () => {
  it('are none when all fields are valid', () => {
    expect(faultsIn(complete, validate)).toEqual({ placed: [], others: [] })
  })

  it('include each empty required field, in the steps of the kind of cluster', () => {
    expect(found(proposedDraft())).toEqual([
      'cluster cluster.name missing',
      'cluster cluster.credentialsSecretArn missing',
      'workloads workloads.0.namespace missing',
      'workloads workloads.0.serviceAccount missing',
      'workloads workloads.0.role.policyArns noPolicy',
    ])
    expect(found({ ...complete, kind: 'gke-on-aws' })).toEqual([
      'cluster cluster.management.credentialsSecretArn missing',
    ])
  })

  it('do not include missing credentials or a wrong proxy if an agent connects the cluster', () => {
    const cluster = { name: 'prod-eu', connection: 'agent', proxyUrl: 'bastion' }
    expect(faultsIn({ ...complete, cluster }, validate)).toEqual({ placed: [], others: [] })
    expect(found({ ...complete, cluster: { ...cluster, connection: 'direct' } })).toEqual([
      'cluster cluster.credentialsSecretArn missing',
      'cluster cluster.proxyUrl form',
    ])
  })

  it('include the bucket of a new cluster, and the required fields of its node pools', () => {
    const missing = found({
      ...complete,
      kind: 'new-gke-on-aws',
      cluster: { ...(complete.cluster as object), nodePools: [{}, {}] },
    })
    expect(missing).toContain('creation discovery.bucket missing')
    expect(missing).toContain('creation cluster.nodePools.1.spec.subnetID missing')
    expect(missing).not.toContain('creation discovery.location missing')
    expect(missing).not.toContain('creation cluster.nodePools.1.spec.keyName missing')
  })

  it.each([
    ['cluster', { name: 'Prod_EU', credentialsSecretArn: secret }, 'cluster cluster.name form'],
    [
      'cluster',
      { name: 'prod-eu', credentialsSecretArn: secret, readyTimeoutMinutes: 4 },
      'cluster cluster.readyTimeoutMinutes number',
    ],
    [
      'cluster',
      { name: 'prod-eu', credentialsSecretArn: secret, readyTimeoutMinutes: 'soon' },
      'cluster cluster.readyTimeoutMinutes number',
    ],
    [
      'cluster',
      { name: 'prod-eu', connection: 'vpn', credentialsSecretArn: secret },
      'cluster cluster.connection choice',
    ],
    ['webhook', { mode: 'sometimes' }, 'webhook webhook.mode choice'],
    [
      'workloads',
      [{ namespace: 'default', serviceAccount: 'a', role: { inlinePolicy: '{"Version":' } }],
      'workloads workloads.0.role.inlinePolicy json',
    ],
    [
      'workloads',
      [{ namespace: 'default', serviceAccount: 'a', role: { policyArns: [policy, 'reader'] } }],
      'workloads workloads.0.role.policyArns form',
    ],
    [
      'workloads',
      [{ namespace: 'default', serviceAccount: 'a', role: { policyArns: Array(11).fill(policy) } }],
      'workloads workloads.0.role.policyArns length',
    ],
  ])('include an invalid value in %s: %j', (part, value, fault) => {
    expect(found({ ...complete, [part]: value })).toEqual([fault])
  })

  it('keep their indices when another workload is empty', () => {
    const wrong = { namespace: 'Default', serviceAccount: 'a', role: { policyArns: [] } }
    expect(found({ ...complete, workloads: [emptyWorkload, wrong] })).toContain('workloads workloads.1.namespace form')
  })

  it('have a separate list for unknown fields', () => {
    const { others } = faultsIn(
      { ...complete, workload: [], cluster: { ...(complete.cluster as object), colour: 1 } },
      validate,
    )
    expect(others).toEqual([
      { path: 'workload', kind: 'unknown' },
      { path: 'cluster.colour', kind: 'unknown' },
    ])
  })
})

describe('a fault that the API reports', () => {
  const problem = (pointer: string) => ({
    type: 't',
    title: 't',
    status: 400,
    issues: [{ path: '', pointer, message: 'is wrong' }],
  })

  it('is shown beside its field, or beside the field that contains it', () => {
    expect(faultsOfProblem(problem('#/workloads/0/role/policyArns/1'), complete).placed).toEqual([
      { step: 'workloads', path: 'workloads.0.role.policyArns', kind: 'server', message: 'is wrong' },
    ])
  })

  it('is in the separate list if it has no field, as for the entire request', () => {
    expect(faultsOfProblem(problem('#/discovery/bucket'), complete).others).toMatchObject([
      { path: 'discovery.bucket' },
    ])
    expect(faultsOfProblem(problem(''), complete).others).toMatchObject([{ path: '' }])
  })
})

describe('the message of a fault', () => {
  it.each([
    [en, 'This is not of the right form. Lower-case letters, digits and hyphens, 1 to 63, such as prod-eu.'],
    [ja, '形式が正しくありません。英小文字、数字、ハイフンを使い、1~63 文字で入力してください(例: prod-eu)。'],
  ])('says what to enter', (texts, words) => {
    expect(faultText({ kind: 'form' }, 'cluster.name', texts)).toBe(words)
  })

  it('contains the range of a number from the schema', () => {
    expect(faultText({ kind: 'number' }, 'cluster.readyTimeoutMinutes', en)).toBe(
      'This is not a number that is allowed. Enter a whole number from 5 to 720.',
    )
  })

  it('is that of the API for a fault that the API reports', () => {
    expect(faultText({ kind: 'server', message: 'is in use' }, 'cluster.name', ja)).toBe('is in use')
  })
})
