import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  discoveryGrants,
  grantAdditions,
  grantDifferences,
  missingGrants,
  withGrants,
  withoutGrant,
} from '../../../lambdas/bucket/bucket-policy.ts'

const grants = discoveryGrants({ account: 'management@p.iam.gserviceaccount.com', role: 'roles/storage.objectAdmin' })
const viewer = { role: 'roles/storage.objectViewer', members: ['allUsers'] }
const admin = {
  role: 'roles/storage.objectAdmin',
  members: ['serviceAccount:management@p.iam.gserviceaccount.com'],
}

describe('withGrants', () => {
  const role = fc.constantFrom(viewer.role, admin.role, 'roles/storage.admin')
  const member = fc.constantFrom('allUsers', ...admin.members, 'user:a@example.com', 'group:b@example.com')
  const binding = fc.record(
    {
      role,
      members: fc.uniqueArray(member, { minLength: 1 }),
      condition: fc.record({ expression: fc.constant('request.time < x'), title: fc.string() }),
    },
    { requiredKeys: ['role', 'members'] },
  )
  const policy = fc.record({ etag: fc.string(), bindings: fc.array(binding, { maxLength: 6 }) })

  test('adds each desired grant, and then changes nothing more', () => {
    fc.assert(
      fc.property(policy, (observed) => {
        const written = withGrants(observed, grants)
        expect(missingGrants(written, grants)).toEqual([])
        expect(withGrants(written, grants)).toEqual(written)
      }),
    )
  })

  test('removes nothing, changes no condition and keeps the etag', () => {
    fc.assert(
      fc.property(policy, (observed) => {
        const written = withGrants(observed, grants)
        expect(written.etag).toBe(observed.etag)
        for (const [index, before] of observed.bindings.entries()) {
          expect(written.bindings[index]).toMatchObject({
            role: before.role,
            members: expect.arrayContaining(before.members),
          })
          expect(written.bindings[index]?.condition).toEqual(before.condition)
          if (before.condition) expect(written.bindings[index]).toEqual(before)
        }
      }),
    )
  })

  test('has a difference for each missing grant, and does not change the additions', () => {
    fc.assert(
      fc.property(policy, (observed) => {
        const differences = grantDifferences(missingGrants(observed, grants))
        expect(differences.length).toBe(missingGrants(observed, grants).length)
        expect(grantAdditions(withGrants(observed, grants), grants, 'p')).toEqual(grantAdditions(observed, grants, 'p'))
      }),
    )
  })

  test('distinguishes a grant with a condition from one without', () => {
    const conditional = { ...viewer, condition: { expression: 'request.time < x' } }
    expect(withGrants({ etag: 'e', bindings: [conditional] }, grants).bindings).toEqual([conditional, viewer, admin])
  })

  test('adds a member to the existing binding', () => {
    const bindings = [{ role: admin.role, members: ['user:a@example.com'] }]
    expect(withGrants({ etag: 'e', bindings }, grants).bindings).toEqual([
      { role: admin.role, members: ['user:a@example.com', ...admin.members] },
      viewer,
    ])
  })
})

describe('grantAdditions', () => {
  const additionsOf = (bindings: { role: string; members: string[]; condition?: { expression: string } }[]) =>
    grantAdditions({ etag: 'e', bindings }, grants, 'p')

  test('are empty for the default bindings of a new bucket and for our grants', () => {
    const initial = [
      { role: 'roles/storage.legacyBucketOwner', members: ['projectEditor:p', 'projectOwner:p'] },
      { role: 'roles/storage.legacyBucketReader', members: ['projectViewer:p'] },
      { role: 'roles/storage.legacyObjectOwner', members: ['projectEditor:p', 'projectOwner:p'] },
      { role: 'roles/storage.legacyObjectReader', members: ['projectViewer:p'] },
    ]
    expect(additionsOf([...initial, viewer, admin])).toEqual([])
  })

  test('have each other member and each other role', () => {
    const bindings = [
      { role: 'roles/storage.admin', members: ['projectViewer:p', 'projectEditor:p'] },
      { role: 'roles/storage.legacyBucketReader', members: ['projectViewer:q', 'allUsers', 'user:projectViewer:p'] },
    ]
    expect(additionsOf(bindings).map(({ observed }) => observed)).toEqual(bindings.flatMap(({ members }) => members))
  })

  test('have other members of the roles that we grant, and our grants with a condition, which is reported', () => {
    const condition = { expression: 'request.time < x' }
    const conditional = { ...viewer, condition }
    expect(additionsOf([{ role: admin.role, members: [...admin.members, 'user:a@example.com'] }, conditional])).toEqual(
      [
        { field: 'bindings[roles/storage.objectAdmin].members', observed: 'user:a@example.com' },
        {
          field: 'bindings[roles/storage.objectViewer].members',
          observed: { member: 'allUsers', condition: condition.expression },
        },
      ],
    )
  })
})

describe('withoutGrant', () => {
  const grant = { role: viewer.role, member: 'allUsers' }
  const conditional = { ...viewer, condition: { expression: 'request.time < x' } }

  test('removes the member and keeps the other members, the other bindings and those with a condition', () => {
    const shared = { ...viewer, members: ['user:a@example.com', 'allUsers'] }
    expect(withoutGrant({ etag: 'e', bindings: [shared, admin, conditional] }, grant)).toEqual({
      etag: 'e',
      bindings: [{ ...viewer, members: ['user:a@example.com'] }, admin, conditional],
    })
  })

  test('removes a binding without other members', () => {
    expect(withoutGrant({ etag: 'e', bindings: [viewer, admin] }, grant)).toEqual({ etag: 'e', bindings: [admin] })
  })

  test('has nothing to write when the policy lacks the grant, or has it on a condition only', () => {
    expect(withoutGrant({ etag: 'e', bindings: [admin, conditional] }, grant)).toBeUndefined()
  })
})
