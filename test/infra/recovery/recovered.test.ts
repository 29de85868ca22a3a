import { describe, expect, test } from 'vitest'
import { type Item, type Marked, type MarkedRole, recoveredItems } from '../../../infra/recovery/recovered.ts'
import { exampleSpec, setUpStatus } from '../../support/api/operations.ts'

const at = new Date('2026-11-28T00:00:00.000Z')
const pk = 'CLUSTER#prod-eu'
const ref = { namespace: 'default', serviceAccount: 's3-reader' }
const time = '2026-11-25T12:00:00.000Z'
const spec = { name: 'reader', policyArns: ['arn:p'], maxSessionSeconds: 3600 }
const role = { roleName: 'reader', roleArn: 'arn:reader', policyArns: ['arn:p'] }
const noMarks: Marked = { providerArns: [], roles: [] }

const cluster: Item = {
  pk,
  sk: 'CLUSTER',
  listed: 'CLUSTERS',
  listedKey: 'prod-eu',
  cluster: 'prod-eu',
  spec: exampleSpec('setup', { cluster: { name: 'prod-eu' } }),
  status: setUpStatus({ providerArn: 'arn:now' }),
  generation: 1,
  lastOperationId: 'o',
  createdAt: time,
  updatedAt: time,
}
const workload = (status: object): Item => ({
  pk,
  sk: 'WORKLOAD#default/s3-reader',
  listed: 'WORKLOADS',
  listedKey: 'prod-eu#default#s3-reader',
  cluster: 'prod-eu',
  ...ref,
  status: { conditions: {}, ...status },
  updatedAt: time,
})
const marked = (recorded = role): MarkedRole => ({ ...ref, recorded, spec })
const recover = (items: readonly Item[], marks: Partial<Marked>) =>
  recoveredItems('prod-eu', items, { ...noMarks, ...marks }, at)

describe('a cluster is recovered', () => {
  test('as its copy has it when nothing else is marked', () => {
    const items = [cluster, workload({ role })]
    expect(recover(items, { providerArns: ['arn:now'], roles: [marked()] })).toEqual(items)
    expect(recover(items, {})).toEqual(items)
  })

  test('with the providers that it has got since its copy, so that a teardown deletes them', () => {
    const [recovered] = recover([cluster], { providerArns: ['arn:now', 'arn:next'] })
    expect(recovered).toEqual({
      ...cluster,
      status: { ...setUpStatus({ providerArn: 'arn:now' }), formerProviderArns: ['arn:next'] },
    })
  })
})

describe('a role that is marked as a workload’s own is recorded', () => {
  test('as its role when it had none', () => {
    expect(recover([cluster, workload({})], { roles: [marked()] })).toEqual([cluster, workload({ role })])
  })

  test('as a former role beside the one that it has', () => {
    const other = { ...role, roleName: 'other', roleArn: 'arn:other' }
    const once = recover([workload({ role })], { roles: [marked(other)] })
    expect(once).toEqual([workload({ role: { ...role, formerRoles: [other] } })])
    expect(recover(once, { roles: [marked(other)] })).toEqual(once)
  })

  test('with the workload, when that is in no copy', () => {
    const workloads = { pk, sk: 'WORKLOADS', workloads: [] }
    const [, spec, recovered] = recover([cluster, workloads], { roles: [marked()] })
    expect(spec).toEqual({ ...workloads, workloads: [{ ...ref, role: marked().spec, manager: 'recovery' }] })
    expect(recovered).toEqual({ ...workload({ role }), updatedAt: at.toISOString() })
  })

  test('once in the spec, by the first of several roles, when that is in no copy', () => {
    const workloads = { pk, sk: 'WORKLOADS', workloads: [] }
    const other = { ...role, roleName: 'other', roleArn: 'arn:other' }
    const [, spec, recovered] = recover([cluster, workloads], {
      roles: [marked(), { ...marked(other), spec: { ...marked().spec, name: 'other' } }],
    })
    expect(spec).toEqual({ ...workloads, workloads: [{ ...ref, role: marked().spec, manager: 'recovery' }] })
    expect(recovered).toMatchObject({ status: { role: { ...role, formerRoles: [other] } } })
  })

  test('and stays out of the spec when it has left that', () => {
    const left = [{ pk, sk: 'WORKLOADS', workloads: [] }, workload({ role })]
    expect(recover(left, { roles: [marked()] })).toEqual(left)
  })
})
