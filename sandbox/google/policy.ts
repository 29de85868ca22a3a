export interface Binding {
  role: string
  members: string[]
  condition?: { title?: string; description?: string; expression: string }
}

/** The IAM policy of a bucket. Only version 3 has conditions. */
export interface Policy {
  version: number
  etag: string
  bindings: Binding[]
}

const readObjects = ['storage.objects.get', 'storage.objects.list']
const writeObjects = ['storage.objects.create', 'storage.objects.delete', 'storage.objects.update']
const administer = [
  'storage.buckets.get',
  'storage.buckets.update',
  'storage.buckets.delete',
  'storage.buckets.getIamPolicy',
  'storage.buckets.setIamPolicy',
]

/** A part of https://cloud.google.com/storage/docs/access-control/iam-roles. */
const permissionsOf: Readonly<Record<string, readonly string[]>> = {
  'roles/storage.objectViewer': readObjects,
  'roles/storage.objectCreator': ['storage.objects.create'],
  'roles/storage.objectUser': [...readObjects, ...writeObjects],
  'roles/storage.objectAdmin': [...readObjects, ...writeObjects],
  'roles/storage.admin': [...readObjects, ...writeObjects, ...administer],
  'roles/storage.legacyBucketReader': ['storage.buckets.get', 'storage.objects.list'],
  'roles/storage.legacyObjectReader': ['storage.objects.get'],
}

/** Whether the policy grants the permission to the member or the public. Ignores bindings with a condition. */
export function allows(policy: Policy, member: string | undefined, permission: string): boolean {
  const names = member === undefined ? ['allUsers'] : ['allUsers', 'allAuthenticatedUsers', member]
  return policy.bindings.some(
    ({ role, members, condition }) =>
      condition === undefined &&
      permissionsOf[role]?.includes(permission) &&
      members.some((granted) => names.includes(granted)),
  )
}

export function isNamed(member: string): boolean {
  return member !== 'allUsers' && member !== 'allAuthenticatedUsers'
}

export function isPublic(bindings: readonly Binding[]): boolean {
  return bindings.some(({ members }) => !members.every(isNamed))
}

/**
 * The policy of a new bucket with uniform access:
 * https://cloud.google.com/storage/docs/access-control/iam#project-level_roles_and_buckets
 */
export function initialPolicy(projectId: string): Policy {
  return {
    version: 1,
    etag: etagOf(1),
    bindings: [
      { role: 'roles/storage.legacyBucketOwner', members: [`projectEditor:${projectId}`, `projectOwner:${projectId}`] },
      { role: 'roles/storage.legacyBucketReader', members: [`projectViewer:${projectId}`] },
    ],
  }
}

export function nextEtag(etag: string): string {
  return etagOf(Number(Buffer.from(etag, 'base64').toString()) + 1)
}

function etagOf(count: number): string {
  return Buffer.from(String(count)).toString('base64')
}

/** The policy for a client that requests this version. Below 3, a suffix of the role's name replaces the condition. */
export function inVersion(policy: Policy, requested: number): Policy {
  const conditional = policy.bindings.some(({ condition }) => condition)
  if (!conditional) return { ...policy, version: 1 }
  if (requested >= 3) return { ...policy, version: 3 }
  const bindings = policy.bindings.map(({ role, members, condition }, index) =>
    condition ? { role: `${role}_withcond_${index}`, members } : { role, members },
  )
  return { ...policy, version: 1, bindings }
}
