import { describe, expect, test } from 'vitest'
import { type Item, type Marked, type MarkedRole, recoveredItems } from '../../../infra/recovery/recovered.ts'
import { exampleSpec, setUpStatus } from '../../support/api/operations.ts'

const at = new Date('2026-11-28T00:00:00.000Z')
const pk = 'CLUSTER#prod-eu'
const ref = { namespace: 'default', serviceAccount: 's3-reader' }
const time = '2026-11-25T12:00:00.000Z'
const spec = { name: 'reader', policyArns: ['arn:p'], maxSessionSeconds: 3600 }
const role = { roleName: 'reader', roleArn: 'arn:reader', policyArns: ['arn:p'] }
const noTags: Marked = { providerArns: [], roles: [] }

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
const taggedRole = (recorded = role): MarkedRole => ({ ...ref, recorded, spec })
const recover = (items: readonly Item[], tagged: Partial<Marked>) =>
  recoveredItems('prod-eu', items, { ...noTags, ...tagged }, at)

describe('a cluster is recovered', () => {
  test('from its copy when tags name no other objects', () => {
    const items = [cluster, workload({ role })]
    expect(recover(items, { providerArns: ['arn:now'], roles: [taggedRole()] })).toEqual(items)
    expect(recover(items, {})).toEqual(items)
  })

  test('with the providers that were created after its copy, so that a teardown deletes them', () => {
    const [recovered] = recover([cluster], { providerArns: ['arn:now', 'arn:next'] })
    expect(recovered).toEqual({
      ...cluster,
      status: { ...setUpStatus({ providerArn: 'arn:now' }), formerProviderArns: ['arn:next'] },
    })
  })

  test('with the former providers of its copy, too', () => {
    const status = { ...setUpStatus({ providerArn: 'arn:now' }), formerProviderArns: ['arn:former'] }
    const [recovered] = recover([{ ...cluster, status }], { providerArns: ['arn:now', 'arn:next'] })
    expect(recovered).toMatchObject({ status: { formerProviderArns: ['arn:former', 'arn:next'] } })
  })
})

describe('a role with the tags of a workload is recorded', () => {
  test('as the role of the workload when it had none', () => {
    expect(recover([cluster, workload({})], { roles: [taggedRole()] })).toEqual([cluster, workload({ role })])
  })

  test('as a former role when the workload has another one', () => {
    const other = { ...role, roleName: 'other', roleArn: 'arn:other' }
    const once = recover([workload({ role })], { roles: [taggedRole(other)] })
    expect(once).toEqual([workload({ role: { ...role, formerRoles: [other] } })])
    expect(recover(once, { roles: [taggedRole(other)] })).toEqual(once)
  })

  test('with the workload, when no copy contains the workload', () => {
    const workloads = { pk, sk: 'WORKLOADS', workloads: [] }
    const [, spec, recovered] = recover([cluster, workloads], { roles: [taggedRole()] })
    expect(spec).toEqual({ ...workloads, workloads: [{ ...ref, role: taggedRole().spec, manager: 'recovery' }] })
    expect(recovered).toEqual({ ...workload({ role }), updatedAt: at.toISOString() })
  })

  test('only as a former role in the status if another role has added the workload to the spec', () => {
    const workloads = { pk, sk: 'WORKLOADS', workloads: [] }
    const other = { ...role, roleName: 'other', roleArn: 'arn:other' }
    const [, spec, recovered] = recover([cluster, workloads], {
      roles: [taggedRole(), { ...taggedRole(other), spec: { ...taggedRole().spec, name: 'other' } }],
    })
    expect(spec).toEqual({ ...workloads, workloads: [{ ...ref, role: taggedRole().spec, manager: 'recovery' }] })
    expect(recovered).toMatchObject({ status: { role: { ...role, formerRoles: [other] } } })
  })

  test('without a change of the spec when the workload was removed from it', () => {
    const left = [{ pk, sk: 'WORKLOADS', workloads: [] }, workload({ role })]
    expect(recover(left, { roles: [taggedRole()] })).toEqual(left)
  })
})
