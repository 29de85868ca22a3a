import { JWT } from 'google-auth-library'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readTrustedChain } from '../../../lambdas/clouds/network/tls/read-chain.ts'
import { managementServiceAccount, otherProject, project } from '../../../sandbox/google/project.ts'
import { type GoogleForTests, startGoogleForTests } from '../../support/google/google.ts'

const api = 'https://storage.googleapis.com/storage/v1/b'
let sandbox: GoogleForTests
let token: string
let count = 0
let bucket: string

beforeAll(async () => {
  sandbox = await startGoogleForTests()
})
afterAll(() => sandbox.end())
beforeEach(async () => {
  sandbox.google.buckets.organisationPolicies.clear()
  sandbox.google.faults.clear()
  token = sandbox.google.tokens.issue(project.administrator).access_token
  count += 1
  bucket = `bucket-${count}`
})

interface Reply {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: the tests check responses of an outside API.
  readonly body: any
}

async function call(method: string, url: string, body?: object, bearer: string | undefined = token): Promise<Reply> {
  const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) }
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: response.status, body: await response.json() }
}

function create(fields: object = {}, projectId = project.id): Promise<Reply> {
  return call('POST', `${api}?project=${projectId}`, { name: bucket, ...fields })
}

async function makePublic(role = 'roles/storage.objectViewer'): Promise<Reply> {
  const { body } = await call('GET', `${api}/${bucket}/iam?optionsRequestedPolicyVersion=3`)
  body.bindings.push({ role, members: ['allUsers'] })
  return call('PUT', `${api}/${bucket}/iam`, body)
}

async function readAsPublic(name: string): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(`https://storage.googleapis.com/${bucket}/${name}`)
  return { status: response.status, text: await response.text(), headers: response.headers }
}

test("the key has all fields of Google's key files, which gsutil and other clients need", () => {
  expect(JSON.parse(sandbox.google.credentials)).toEqual({
    type: 'service_account',
    project_id: project.id,
    private_key_id: expect.stringMatching(/^[0-9a-f]{40}$/),
    private_key: expect.stringContaining('BEGIN PRIVATE KEY'),
    client_email: project.administrator,
    client_id: expect.stringMatching(/^\d{21}$/),
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: 'https://oauth2.googleapis.com/token',
    auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
    client_x509_cert_url: `https://www.googleapis.com/robot/v1/metadata/x509/${encodeURIComponent(project.administrator)}`,
    universe_domain: 'googleapis.com',
  })
})

describe('the token endpoint', () => {
  const scopes = ['https://www.googleapis.com/auth/devstorage.full_control']
  const clientWith = (change: object) => {
    const { client_email: email, private_key: key, ...rest } = { ...JSON.parse(sandbox.google.credentials), ...change }
    return new JWT({ email, key, keyId: rest.private_key_id, scopes })
  }

  test('issues a token for an assertion signed by the key, and Storage accepts it', async () => {
    const { token: issued } = await clientWith({}).getAccessToken()
    const { status } = await call('GET', `${api}/no-such-bucket`, undefined, issued ?? '')

    expect(status).toBe(404)
  })

  test('refuses another account and another key', async () => {
    const { privateKey } = await import('node:crypto').then(({ generateKeyPairSync }) =>
      generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      }),
    )
    await expect(clientWith({ private_key: privateKey }).getAccessToken()).rejects.toThrow('invalid_grant')
    await expect(clientWith({ client_email: 'other@example.com' }).getAccessToken()).rejects.toThrow('invalid_grant')
  })
})

describe('buckets', () => {
  test('change labels one by one, and only while the condition holds', async () => {
    const { body } = await create({ labels: { keep: '1', drop: '1' } })
    const url = `${api}/${bucket}?ifMetagenerationMatch=${body.metageneration}`
    const changed = await call('PATCH', url, { labels: { drop: null, add: '1' } })

    expect(changed.body.labels).toEqual({ keep: '1', add: '1' })
    expect(await call('PATCH', url, { labels: { late: '1' } })).toMatchObject({
      status: 412,
      body: { error: { errors: [{ reason: 'conditionNotMet' }] } },
    })
  })

  test('are not created in another project', async () => {
    expect(await create({ name: 'elsewhere' }, otherProject.id)).toMatchObject({ status: 403 })
  })

  test('need a token that this server issued', async () => {
    await create()
    expect((await call('GET', `${api}/${bucket}`, undefined, 'made-up')).status).toBe(401)
    expect((await call('GET', `${api}/${bucket}`, undefined, '')).status).toBe(401)
  })
})

describe('policies', () => {
  test('show conditions only to version 3, and refuse an older version that would lose them', async () => {
    await create()
    const { body: policy } = await call('GET', `${api}/${bucket}/iam`)
    const condition = { title: 'until 2030', expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' }
    policy.bindings.push({ role: 'roles/storage.objectViewer', members: ['user:a@example.com'], condition })
    await call('PUT', `${api}/${bucket}/iam`, { ...policy, version: 3 })
    const shown = await call('GET', `${api}/${bucket}/iam`)

    expect(JSON.stringify(shown.body)).not.toContain('until 2030')
    expect((await call('PUT', `${api}/${bucket}/iam`, shown.body)).status).toBe(400)
    expect((await call('GET', `${api}/${bucket}/iam?optionsRequestedPolicyVersion=3`)).body).toMatchObject({
      version: 3,
      bindings: expect.arrayContaining([expect.objectContaining({ condition })]),
    })
  })

  test('may not be public in a bucket that enforces public access prevention', async () => {
    await create({ iamConfiguration: { publicAccessPrevention: 'enforced' } })
    expect((await makePublic()).status).toBe(412)
  })
})

describe('objects', () => {
  const document = '{"issuer":"https://storage.googleapis.com/x"}\r\n'
  const name = 'prefix/.well-known/openid-configuration'

  test('are public only if the policy says so', async () => {
    await create()
    await sandbox.google.putObject(bucket, name, document, 'application/json')
    const before = await readAsPublic(name)
    await makePublic()
    const after = await readAsPublic(name)

    expect(before).toMatchObject({ status: 403, text: expect.stringContaining('<Code>AccessDenied</Code>') })
    expect(after).toMatchObject({ status: 200, text: document })
    expect(after.headers.get('content-type')).toBe('application/json')
    expect(after.headers.get('cache-control')).toBe('public, max-age=3600')
    expect(await readAsPublic('other')).toMatchObject({ status: 404, text: expect.stringContaining('NoSuchKey') })
  })

  test('are not public once public access is prevented, whatever the policy says', async () => {
    await create()
    await sandbox.google.putObject(bucket, name, document, 'application/json')
    await makePublic()
    sandbox.google.buckets.organisationPolicies.add('storage.publicAccessPrevention')

    expect((await readAsPublic(name)).status).toBe(403)
  })

  test('are written by the management service account only with a role that allows it', async () => {
    await create()
    const publish = sandbox.google.publishAs(managementServiceAccount)
    const write = () => publish(bucket, name, document, 'application/json')
    const grant = async (role: string) => {
      const { body } = await call('GET', `${api}/${bucket}/iam`)
      const bindings = [...body.bindings, { role, members: [`serviceAccount:${managementServiceAccount}`] }]
      await call('PUT', `${api}/${bucket}/iam`, { ...body, bindings })
    }
    await expect(write()).rejects.toThrow("'storage.objects.create' denied")
    await grant('roles/storage.objectCreator')
    await write()
    await expect(write()).rejects.toThrow("'storage.objects.delete' denied")
    await grant('roles/storage.objectAdmin')
    await write()
  })
})

describe('the sandbox', () => {
  test('logs each call with its caller, and whether it wrote', async () => {
    sandbox.google.calls.clear()
    await create()
    await call('GET', `${api}/${bucket}`)
    await create()
    const calls = sandbox.google.calls
      .all()
      .map(({ actor, operation, object, write }) => ({ actor, operation, object, write }))

    expect(calls).toEqual([
      { actor: project.administrator, operation: 'storage.buckets.insert', object: bucket, write: true },
      { actor: project.administrator, operation: 'storage.buckets.get', object: bucket, write: false },
      { actor: project.administrator, operation: 'storage.buckets.insert', object: bucket, write: false },
    ])
  })

  test('injects faults: unavailable, refused, and a dropped response', async () => {
    const { faults, buckets } = sandbox.google
    faults.add({ kind: 'unavailable', operation: 'storage.buckets.insert', times: 1 })
    faults.add({ kind: 'refuse', operation: 'storage.buckets.insert', times: 1 })
    faults.add({ kind: 'drop-response', operation: 'storage.buckets.*', object: bucket, times: 1 })

    expect((await create()).status).toBe(503)
    expect(await create()).toMatchObject({
      status: 403,
      body: { error: { message: expect.stringContaining("'storage.buckets.create' denied") } },
    })
    await expect(create()).rejects.toThrow()
    expect((await buckets.get(project.administrator, bucket)).name).toBe(bucket)
  })

  test('injects faults: throttled, broken, dropped, garbled and cut', async () => {
    const { faults, buckets } = sandbox.google
    for (const kind of ['throttle', 'break', 'drop-request', 'garble'] as const)
      faults.add({ kind, operation: 'storage.buckets.insert', times: 1 })

    expect((await create()).status).toBe(429)
    expect((await create()).status).toBe(500)
    await expect(create()).rejects.toThrow()
    await expect(buckets.get(project.administrator, bucket)).rejects.toThrow()
    await expect(create()).rejects.toThrow(/JSON/)
    faults.add({ kind: 'cut', operation: 'storage.buckets.get', times: 1 })
    await expect(call('GET', `${api}/${bucket}`)).rejects.toThrow()
    expect(await call('GET', `${api}/${bucket}`)).toMatchObject({ status: 200 })
  })

  test('presents another chain after the CA of the host was changed', async () => {
    const before = await readTrustedChain('storage.googleapis.com', 443)
    await sandbox.internet.authority.rotate()
    sandbox.google.host.present(await sandbox.internet.authority.issue(['storage.googleapis.com']))

    expect((await readTrustedChain('storage.googleapis.com', 443)).at(-1)).not.toEqual(before.at(-1))
  })

  test('keeps its buckets, policies, objects and key over a restart', async () => {
    await create({ labels: { a: 'b' } })
    await makePublic()
    await sandbox.google.putObject(bucket, 'object', 'text', 'text/plain')
    const { credentials } = sandbox.google
    const google = await sandbox.restart()

    expect(google.credentials).toBe(credentials)
    expect((await google.buckets.get(project.administrator, bucket)).labels).toEqual({ a: 'b' })
    expect(await readAsPublic('object')).toMatchObject({ status: 200, text: 'text' })
  })
})
