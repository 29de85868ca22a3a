import { inspect } from 'node:util'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { labelsFor } from '../../../lambdas/bucket/bucket.ts'
import { description } from '../../../lambdas/bucket/create-bucket.step.ts'
import { run } from '../../../lambdas/bucket/create-bucket.ts'
import { readBucketClaim } from '../../../lambdas/claims/bucket-claims.ts'
import { StepError } from '../../../lambdas/errors/step-errors.ts'
import type { BucketFields } from '../../../sandbox/google/buckets.ts'
import { poolProvider } from '../../../sandbox/google/federation-api.ts'
import type { Policy } from '../../../sandbox/google/policy.ts'
import { managementServiceAccount, otherProject, project } from '../../../sandbox/google/project.ts'
import { setEnvironment } from '../../support/environment.ts'
import { googleAccount, googleSecret } from '../../support/google/google-account.ts'
import { useBucket } from '../../support/steps/claims.ts'
import { deployment } from '../../support/steps/deployment.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const administrator = project.administrator
const sandbox = googleAccount()
const secrets = new SecretsManagerClient()
let count = 0
let bucket: string

afterAll(() => secrets.destroy())
beforeEach(() => {
  count += 1
  bucket = `discovery-${count}`
  sandbox.google.buckets.organisationPolicies.clear()
  sandbox.google.tokens.expireAll()
})

interface RequestParts {
  clusterName?: string
  adopt?: boolean
  location?: string
  managementRole?: string
  projectId?: string
  dryRun?: boolean
  /** Whether an earlier setup has created or labelled the bucket. */
  held?: boolean
}

async function createBucket({
  clusterName = 'prod',
  adopt = false,
  dryRun = false,
  held = false,
  ...rest
}: RequestParts = {}) {
  const discovery = { bucket, projectId: project.id, location: 'EU', managementServiceAccount, ...rest }
  const request = description.input.parse({ clusterName, adopt, discovery })
  const { managementRole: role, projectId } = request.discovery
  if (!dryRun)
    await useBucket(bucket, clusterName, { account: managementServiceAccount, role, project: projectId, held })
  const result = await run(request, stepContext(clusterName, 60_000, dryRun))
  if (!('output' in result)) throw new Error('it waits')
  return { ...result, actions: result.changes.map(({ action }) => action) }
}

async function failure(request: RequestParts = {}): Promise<StepError> {
  const thrown = await createBucket(request).catch((error: unknown) => error)
  if (!(thrown instanceof StepError)) throw new Error(`not an error of ours: ${String(thrown)}`)
  return thrown
}

function operations(): string[] {
  return sandbox.google.calls.all().map(({ operation }) => operation)
}

function writes(): string[] {
  return sandbox.google.calls
    .all()
    .filter(({ write }) => write)
    .map(({ operation }) => operation)
}

const putByHand = (object: string) => {
  const stored = { body: Buffer.from('theirs'), contentType: 'text/plain', cacheControl: undefined }
  return sandbox.google.buckets.putObject(administrator, bucket, object, stored)
}
const makePublic = async () => {
  const policy = await policyNow()
  const bindings = [...policy.bindings, { role: 'roles/storage.objectViewer', members: ['allUsers'] }]
  await sandbox.google.buckets.setPolicy(administrator, bucket, { ...policy, bindings })
}
const policyNow = (): Promise<Policy> => sandbox.google.buckets.policy(administrator, bucket, 3)
const bucketNow = () => sandbox.google.buckets.get(administrator, bucket)
const createByHand = (fields = {}) =>
  sandbox.google.buckets.insert(administrator, project.id, bucket, {
    location: 'EU',
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
    ...fields,
  })

describe('create-bucket', () => {
  test('creates a bucket that the public may read and the management service account may write', async () => {
    const { output, actions } = await createBucket()

    expect(output).toEqual({ bucket })
    expect(actions).toEqual(['created', 'updated'])
    expect(await bucketNow()).toMatchObject({
      location: 'EU',
      labels: labelsFor({ deployment, clusterName: 'prod' }),
      iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
    })
    expect((await policyNow()).bindings).toEqual(
      expect.arrayContaining([
        { role: 'roles/storage.objectViewer', members: ['allUsers'] },
        { role: 'roles/storage.objectAdmin', members: [`serviceAccount:${managementServiceAccount}`] },
      ]),
    )
    await sandbox.google.publishAs(managementServiceAccount)(bucket, 'object', 'text', 'text/plain')
    expect(await (await fetch(`https://storage.googleapis.com/${bucket}/object`)).text()).toBe('text')
  })

  test.each(['storage.buckets.insert', 'storage.buckets.patch'])(
    'holds the bucket before its first write, %s',
    async (operation) => {
      if (operation.endsWith('patch')) await createByHand()
      const seen: unknown[] = []
      const readClaim = async () => void seen.push(await readBucketClaim(bucket, 'none'))
      sandbox.google.faults.interrupt({ operation, answer: 'sent' as const, meanwhile: readClaim })
      await createBucket({ adopt: true })
      expect(seen).toMatchObject([
        {
          held: true,
          users: { prod: { held: { account: managementServiceAccount } } },
          grants: [{ account: managementServiceAccount }],
        },
      ])
    },
  )

  test('writes nothing in a second run, and reads the bucket and its policy once', async () => {
    await createBucket()
    sandbox.google.calls.clear()
    const { actions } = await createBucket()

    expect(actions).toEqual(['unchanged', 'unchanged'])
    expect(writes()).toEqual([])
    expect(operations().sort()).toEqual(['oauth2.token', 'storage.buckets.get', 'storage.buckets.getIamPolicy'])
  })

  test('adopts a bucket that was created by hand only if the request says so', async () => {
    await createByHand({ labels: { team: 'platform' }, iamConfiguration: {} })
    const error = await failure()
    expect(error.name).toBe('OwnershipConflict')
    expect(error.action).toContain('adopt: true')
    expect(writes()).toEqual([])

    expect((await createBucket({ adopt: true })).actions).toEqual(['adopted', 'updated'])
    expect(await bucketNow()).toMatchObject({
      labels: { team: 'platform', 'managed-by': 'workload-identity', 'workload-identity-adopted': 'true' },
      iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
    })
    sandbox.google.calls.clear()
    expect((await createBucket({ adopt: true })).actions).toEqual(['unchanged', 'unchanged'])
    expect((await createBucket()).actions).toEqual(['unchanged', 'unchanged'])
    expect(writes()).toEqual([])
  })

  test('adopts a bucket whose discovery documents are not public yet', async () => {
    await createByHand()
    await putByHand('gke-issuer-1/.well-known/openid-configuration')
    await putByHand('gke-issuer-1/openid/v1/jwks')

    expect((await createBucket({ adopt: true })).actions).toEqual(['adopted', 'updated'])
    expect((await policyNow()).bindings).toContainEqual({ role: 'roles/storage.objectViewer', members: ['allUsers'] })
  })

  test('does not list the objects of a bucket that is public already', async () => {
    await createByHand()
    await putByHand('price-list.csv')
    await makePublic()
    sandbox.google.calls.clear()

    expect((await createBucket({ adopt: true })).actions).toEqual(['adopted', 'updated'])
    expect(operations()).not.toContain('storage.objects.list')
  })
})

const without = (role: string) => async () => {
  const policy = await policyNow()
  const bindings = policy.bindings.filter((binding) => binding.role !== role)
  await sandbox.google.buckets.setPolicy(administrator, bucket, { ...policy, bindings })
}
const patch = (fields: BucketFields) => () =>
  sandbox.google.buckets.patch(administrator, bucket, { fields, ifMetageneration: null })

const everybodyReads = { field: 'bindings[roles/storage.objectViewer].members', desired: 'allUsers' }
const managementWrites = {
  field: 'bindings[roles/storage.objectAdmin].members',
  desired: `serviceAccount:${managementServiceAccount}`,
}
const uniformAccess = 'iamConfiguration.uniformBucketLevelAccess.enabled'

/** A change of another client after the creation, and the actions and differences of bucket and policy. */
type Case = [what: string, change: () => Promise<unknown>, actions: string[], differences: (object[] | undefined)[]]

const cases: Case[] = [
  ['nothing', () => Promise.resolve(), ['unchanged', 'unchanged'], [undefined, undefined]],
  [
    'uniform access',
    patch({ iamConfiguration: { uniformBucketLevelAccess: { enabled: false } } }),
    ['updated', 'unchanged'],
    [[{ field: uniformAccess, desired: true, observed: false }], undefined],
  ],
  [
    'our label, removed from a bucket that the request adopts',
    patch({ labels: { 'managed-by': null } }),
    ['adopted', 'unchanged'],
    [
      [
        { field: 'labels.managed-by', desired: 'workload-identity' },
        { field: 'labels.workload-identity-adopted', desired: 'true' },
      ],
      undefined,
    ],
  ],
  [
    'the grant of the management service account',
    without('roles/storage.objectAdmin'),
    ['unchanged', 'updated'],
    [undefined, [managementWrites]],
  ],
  [
    'the bucket, deleted',
    () => sandbox.google.buckets.delete(administrator, bucket),
    ['created', 'updated'],
    [undefined, [everybodyReads, managementWrites]],
  ],
]

describe('a dry run of create-bucket', () => {
  const actionsOf = async (request: RequestParts) =>
    (await createBucket(request)).changes.map(({ object, action }) => [object, action])

  test('reports the creation of a missing bucket, and its grants', async () => {
    const { output, changes } = await createBucket({ dryRun: true })

    expect(output).toEqual({ bucket })
    expect(changes).toMatchObject([
      { object: `gs://${bucket}`, action: 'created' },
      { object: `IAM policy of gs://${bucket}`, action: 'updated', differences: [everybodyReads, managementWrites] },
    ])
    expect(writes()).toEqual([])
    expect(await actionsOf({})).toEqual(changes.map(({ object, action }) => [object, action]))
  })

  test.each(cases)('reports exactly the change of another client: %s', async (_, change, actions, differences) => {
    await createBucket()
    await change()
    sandbox.google.calls.clear()
    const reported = await createBucket({ adopt: true, dryRun: true })

    expect(writes()).toEqual([])
    expect(reported.actions).toEqual(actions)
    expect(reported.changes.map((one) => one.differences)).toEqual(differences)
    expect(reported.changes.map(({ additions }) => additions)).toEqual([undefined, undefined])
    expect((await createBucket({ adopt: true })).actions).toEqual(actions)
    const after = await createBucket({ adopt: true, dryRun: true })
    expect(after.changes.map(({ action, differences }) => [action, differences])).toEqual([
      ['unchanged', undefined],
      ['unchanged', undefined],
    ])
  })

  test('reports the error of a setup for a bucket that was created by hand, and writes nothing', async () => {
    await createByHand()
    const { changes } = await createBucket({ dryRun: true, location: 'US' })
    expect(writes()).toEqual([])
    expect(changes[0]?.refused).toMatchObject({ name: 'OwnershipConflict', object: `gs://${bucket}` })
    expect(await failure({ location: 'US' })).toMatchObject(changes[0]?.refused ?? {})
  })

  test('does not try to create a bucket to find its owner, and reports that the name may belong to another project', async () => {
    await sandbox.google.buckets.insert(otherProject.administrator, otherProject.id, bucket, {})

    expect(await failure({ dryRun: true })).toMatchObject({
      name: 'AccessDenied',
      object: `gs://${bucket}`,
      reason: expect.stringContaining('or the bucket belongs to another project'),
    })
    expect(operations()).not.toContain('storage.buckets.insert')
  })
})

describe('create-bucket, when another client writes at the same time', () => {
  const race = async (times: number) => {
    let remaining = times
    const { buckets } = sandbox.google
    const original = buckets.policy.bind(buckets)
    // Another client writes the policy after each read.
    buckets.policy = async (caller, name, version) => {
      const observed = await original(caller, name, version)
      if (remaining > 0) {
        remaining -= 1
        await buckets.setPolicy(caller, name, observed)
      }
      return observed
    }
    return () => {
      buckets.policy = original
    }
  }

  test('reads again and succeeds', async () => {
    await createByHand({ labels: labelsFor({ deployment, clusterName: 'prod' }) })
    const end = await race(2)
    try {
      expect((await createBucket({ held: true })).actions).toEqual(['unchanged', 'updated'])
    } finally {
      end()
    }
    expect((await policyNow()).bindings).toContainEqual({ role: 'roles/storage.objectViewer', members: ['allUsers'] })
  })

  test('keeps the grants of two clusters that run at the same time', async () => {
    await createByHand({ labels: labelsFor({ deployment, clusterName: 'prod' }) })
    const clusters = [
      { clusterName: 'one', managementRole: 'roles/storage.objectAdmin' },
      { clusterName: 'two', managementRole: 'roles/storage.objectUser' },
    ]
    for (const { clusterName, managementRole: role } of clusters) {
      await useBucket(bucket, clusterName, { account: managementServiceAccount, role, held: true })
    }
    await Promise.all(clusters.map(createBucket))
    const roles = (await policyNow()).bindings.map(({ role }) => role)
    const desired = ['roles/storage.objectAdmin', 'roles/storage.objectUser', 'roles/storage.objectViewer']
    expect(roles).toEqual(expect.arrayContaining(desired))
  })

  test('fails with a transient error when the other client does not stop', async () => {
    await createByHand({ labels: labelsFor({ deployment, clusterName: 'prod' }) })
    const end = await race(100)
    try {
      expect(await failure({ held: true })).toMatchObject({ name: 'ConcurrentChange', transient: true })
    } finally {
      end()
    }
  })

  test.each(['storage.buckets.insert', 'storage.buckets.setIamPolicy'])(
    'reaches the same state when the response of %s was lost',
    async (operation) => {
      sandbox.google.faults.add({ kind: 'drop-response', operation, times: 1 })
      await createBucket()
      sandbox.google.calls.clear()

      expect((await createBucket()).actions).toEqual(['unchanged', 'unchanged'])
      expect(writes()).toEqual([])
    },
  )
})

describe('create-bucket, when it cannot succeed', () => {
  test('reports that the name belongs to another project', async () => {
    await sandbox.google.buckets.insert(otherProject.administrator, otherProject.id, bucket, {})
    const error = await failure({ adopt: true })

    expect(error.name).toBe('OwnershipConflict')
    expect(error.message).toContain(`the bucket belongs to another project than ${project.id}`)
    expect(writes()).toEqual([])
  })

  test.each([
    ['storage.publicAccessPrevention', 'constraints/storage.publicAccessPrevention'],
    ['iam.allowedPolicyMemberDomains', 'constraints/iam.allowedPolicyMemberDomains'],
  ] as const)('names the organisation policy %s, and succeeds when it is removed', async (policy, constraint) => {
    sandbox.google.buckets.organisationPolicies.add(policy)
    const error = await failure()

    expect(error.name).toBe('PublicAccessPrevented')
    expect(error.reason).toContain(constraint)
    expect(error.action).toContain('exception')

    sandbox.google.buckets.organisationPolicies.clear()
    expect((await createBucket()).actions).toEqual(['unchanged', 'updated'])
  })

  test.each([false, true])(
    'refuses a bucket with other objects before its first write, because it would make them public (dry run: %s)',
    async (dryRun) => {
      await createByHand({ iamConfiguration: {} })
      await putByHand('gke-issuer-1/openid/v1/jwks')
      await putByHand('invoices/2026.csv')
      sandbox.google.calls.clear()
      const error = await failure({ adopt: true, dryRun })

      expect(error).toMatchObject({ name: 'OwnershipConflict', object: `gs://${bucket}` })
      expect(error.reason).toMatch(/the setup would make it public, .*: invoices\/2026\.csv$/)
      expect(error.action).toContain('Choose another bucket')
      expect(writes()).toEqual([])
    },
  )

  test('reports how to remove the public access prevention of the bucket, before its first write', async () => {
    await createByHand({ iamConfiguration: { publicAccessPrevention: 'enforced' } })
    const error = await failure({ adopt: true })

    expect(error.name).toBe('PublicAccessPrevented')
    expect(error.action).toContain(`gcloud storage buckets update gs://${bucket} --no-public-access-prevention`)
    expect(writes()).toEqual([])
  })

  test.each([
    ['storage.buckets.get', 'storage.buckets.get', () => `gs://${bucket}`],
    ['storage.buckets.getIamPolicy', 'storage.buckets.getIamPolicy', () => `gs://${bucket}`],
    ['storage.objects.list', 'storage.objects.list', () => `gs://${bucket}`],
    ['storage.buckets.patch', 'storage.buckets.update', () => `gs://${bucket}`],
    ['storage.buckets.setIamPolicy', 'storage.buckets.setIamPolicy', () => `gs://${bucket}`],
  ])('names the permission when %s is refused', async (operation, permission, resource) => {
    await createByHand({ iamConfiguration: {} })
    sandbox.google.faults.add({ kind: 'refuse', operation, times: 100 })
    const error = await failure({ adopt: true })

    expect(error).toMatchObject({ name: 'AccessDenied', object: resource() })
    expect(error.reason).toContain(permission)
    expect(error.message).not.toContain(administrator)
  })

  test('names the project in which it may not create buckets', async () => {
    expect(await failure({ projectId: 'somewhere-else' })).toMatchObject({
      name: 'AccessDenied',
      object: 'project somewhere-else',
      reason: expect.stringContaining('storage.buckets.create'),
    })
  })

  test('is CloudUnavailable when each answer of Google is a server error', async () => {
    sandbox.google.faults.add({ kind: 'unavailable', operation: 'storage.buckets.get', times: 100 })
    expect(await failure()).toMatchObject({ name: 'CloudUnavailable', transient: true })
  })

  test('succeeds after one server error', async () => {
    sandbox.google.faults.add({ kind: 'unavailable', operation: 'storage.buckets.*', times: 1 })
    expect((await createBucket()).actions).toEqual(['created', 'updated'])
  })

  test.each(['storage.googleapis.com', 'oauth2.googleapis.com'])(
    'is Unreachable, and not AccessDenied, when the egress proxy refuses %s',
    async (host) => {
      const { proxy } = sandbox.internet
      proxy.unroute(`${host}:443`)
      try {
        expect(await failure()).toMatchObject({
          name: 'Unreachable',
          transient: true,
          action: expect.stringContaining('egress proxy'),
        })
      } finally {
        proxy.route(`${host}:443`, sandbox.google.host.port)
      }
    },
  )

  test('is Unreachable when the egress proxy is down', async () => {
    const undo = setEnvironment({ HTTPS_PROXY: 'http://127.0.0.1:1' })
    try {
      const error = await failure()
      expect(error).toMatchObject({ name: 'Unreachable', transient: true })
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('assertion')
    } finally {
      undo()
    }
  })

  test('distinguishes an unavailable token endpoint from a refusal', async () => {
    sandbox.google.faults.add({ kind: 'unavailable', operation: 'oauth2.token', times: 100 })
    expect(await failure()).toMatchObject({ name: 'CloudUnavailable', transient: true })
    sandbox.google.faults.clear()
    sandbox.google.faults.add({ kind: 'refuse', operation: 'oauth2.token', times: 1 })
    expect(await failure()).toMatchObject({ name: 'InvalidCredentials', object: googleSecret })
  })

  test('reads the claim of the bucket in parallel with the request of a token', async () => {
    sandbox.google.faults.add({ kind: 'refuse', operation: 'oauth2.token', times: 1 })
    await sandbox.aws.calls.clear()
    expect(await failure()).toMatchObject({ name: 'InvalidCredentials' })
    const calls = (await sandbox.aws.calls.all()).map(({ operation }) => operation)
    expect(calls).toContain('dynamodb:BatchGetItem')
  })

  test('names the secret when its credentials are invalid, and repeats nothing of them', async () => {
    const key = JSON.parse(sandbox.google.credentials)
    const invalid = [
      'planted-text',
      JSON.stringify({ ...key, private_key: '-----BEGIN PRIVATE KEY-----\nplanted-text\n-----END PRIVATE KEY-----\n' }),
      JSON.stringify({ ...key, client_email: 'planted-text@example.com' }),
    ]
    try {
      for (const value of invalid) {
        await secrets.send(new PutSecretValueCommand({ SecretId: googleSecret, SecretString: value }))
        const error = await failure()
        expect(error).toMatchObject({ name: 'InvalidCredentials', object: googleSecret })
        expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('planted-text')
      }
    } finally {
      await secrets.send(
        new PutSecretValueCommand({ SecretId: googleSecret, SecretString: sandbox.google.credentials }),
      )
    }
  })
})

describe('create-bucket without a key', () => {
  const federated = (account: string) =>
    JSON.stringify({
      type: 'external_account',
      audience: poolProvider,
      subject_token_type: 'urn:ietf:params:aws:token-type:aws4_request',
      token_url: 'https://sts.googleapis.com/v1/token',
      service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
      credential_source: {
        environment_id: 'aws1',
        regional_cred_verification_url:
          'https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15',
      },
    })
  const use = (value: string) =>
    secrets.send(new PutSecretValueCommand({ SecretId: googleSecret, SecretString: value }))
  afterAll(() => use(sandbox.google.credentials))

  test('impersonates the service account with the AWS role of the function', async () => {
    sandbox.google.trustAws(sandbox.aws.endpoint)
    await use(federated(administrator))

    expect((await createBucket()).actions).toEqual(['created', 'updated'])
    expect(operations()).toEqual(expect.arrayContaining(['sts.token', 'iam.serviceAccounts.getAccessToken']))
  })

  test('names the account that it may not impersonate', async () => {
    sandbox.google.trustAws(sandbox.aws.endpoint)
    await use(federated('other@platform-prod.iam.gserviceaccount.com'))

    expect(await failure()).toMatchObject({
      name: 'AccessDenied',
      object: 'other@platform-prod.iam.gserviceaccount.com',
      reason: 'Google refused iam.serviceAccounts.getAccessToken',
    })
  })

  test('names the secret when Google does not trust the AWS account', async () => {
    sandbox.google.trustAws('')
    await use(federated(administrator))

    expect(await failure()).toMatchObject({ name: 'InvalidCredentials', object: googleSecret })
  })
})
