import { generateKeyPairSync } from 'node:crypto'
import {
  AddClientIDToOpenIDConnectProviderCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam'
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { account } from '../../../sandbox/account.ts'
import { asString, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { parseFlags } from '../../../sandbox/kubernetes/webhook/flags.ts'
import { pullWebhook } from '../../../sandbox/kubernetes/webhook/images.ts'
import { WebhookServer } from '../../../sandbox/kubernetes/webhook/server.ts'
import { recordRole } from '../../support/api/operations.ts'
import { clientOf, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { host, issuerUrl, jwksUri, providerArn, s3, verification } from '../../support/steps/verification.ts'

const discoveryUrl = `${issuerUrl}/.well-known/openid-configuration`
const inlinePolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] }

const fixture = verification((clusters) => clusters.start('prod', { issuer: issuerUrl }))

const otherKey = async () => ({
  ...(await exportJWK(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)),
  alg: 'RS256',
  use: 'sig',
})

/** ID of the signing key of the cluster. */
async function keyId(): Promise<string> {
  const { keySet } = await fixture.cluster.issuerDocuments()
  return asString(objectsIn(keySet.keys)[0]?.kid)
}

function publishKey(key: object): void {
  fixture.published = { ...fixture.published, '/prod/openid/v1/jwks': { keys: [key] } }
}

describe('verify', () => {
  it('proves that only the account can assume the role, and that the role has its policies', async () => {
    await fixture.setUp({ inlinePolicy })
    const { output, changes } = await fixture.verify({ inlinePolicy })
    expect(changes).toEqual([])
    expect(output).toEqual({
      roleArn: fixture.roleArn,
      subject: `system:serviceaccount:default:${fixture.name}`,
      audience: 'sts.amazonaws.com',
      provider: providerArn,
      assumedRoleArn: `arn:aws:sts::${account.id}:assumed-role/${fixture.name}/workload-identity-verification`,
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      refused: [
        { subject: 'system:serviceaccount:default:default', audience: 'sts.amazonaws.com', answer: 'AccessDenied' },
        {
          subject: `system:serviceaccount:default:${fixture.name}`,
          audience: 'workload-identity.invalid',
          answer: 'InvalidIdentityToken',
        },
      ],
      policyArns: [s3],
      inlinePolicy: true,
      mutation: 'not installed',
    })
    expect(JSON.stringify(output)).not.toMatch(/eyJ|AKIA|ASIA/)
  })

  it('writes nothing, and requests a session of 900 seconds', async () => {
    await fixture.setUp()
    await fixture.aws.calls.clear()
    fixture.cluster.calls.clear()
    const { output } = await fixture.verify()
    const remaining = (Date.parse(output.expiresAt) - Date.now()) / 1000
    expect(remaining).toBeGreaterThan(800)
    expect(remaining).toBeLessThanOrEqual(900)
    expect(await fixture.aws.writes()).toEqual([])
    expect(writesTo(fixture.cluster).filter((operation) => !operation.endsWith('/token'))).toEqual([])
  })

  it('records when it has tried the other tokens, and does not try them when its input has that time', async () => {
    await fixture.setUp()
    const tried = await fixture.verify()
    expect(tried.observed).toMatchObject({ refusedAt: expect.any(String) })
    await fixture.aws.calls.clear()
    fixture.cluster.calls.clear()
    const refusedAt = '2026-11-25T12:00:00.000Z'
    const { output, observed } = await fixture.verify({ refusedAt })
    expect(output).toMatchObject({ refused: [], refusedAt, subject: `system:serviceaccount:default:${fixture.name}` })
    expect(observed).toEqual({ verifiedAt: expect.any(String) })
    const exchanges = (await fixture.aws.calls.all()).filter(({ operation }) => operation.includes('WebIdentity'))
    expect(exchanges).toHaveLength(1)
    expect(fixture.cluster.calls.all().filter(({ operation }) => operation.endsWith('/token'))).toHaveLength(1)
  })

  it('tries the account `default` of another namespace when the workload is `default`', async () => {
    await fixture.setUp({ serviceAccount: 'default' })
    const { output } = await fixture.verify({ serviceAccount: 'default' })
    expect(output.refused[0]?.subject).toBe('system:serviceaccount:kube-public:default')
  })
})

describe('verify with a webhook', () => {
  let webhook: WebhookServer
  beforeAll(async () => {
    webhook = await startWebhook()
  })
  afterAll(async () => {
    await clientOf(fixture.cluster).delete({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      name: 'pod-identity-webhook',
    })
    await webhook.close()
  })

  it('proves that pods of the account get their variables, mount and volume', async () => {
    await fixture.setUp()
    // The webhook gets the new account by a watch, a moment later.
    const proof = await vi.waitFor(() => fixture.verify({ installed: { mode: 'managed' } }), { timeout: 10_000 })
    expect(proof.output.mutation).toBe('mutated')
    expect(await fixture.cluster.objects('Pod')).toEqual([])
  })

  it('waits when pods would get another role', async () => {
    await fixture.setUp()
    const annotations = { 'eks.amazonaws.com/role-arn': `${fixture.roleArn}-another` }
    const metadata = { namespace: 'default', name: fixture.name, annotations }
    await writeAs(fixture.cluster, 'helm', { apiVersion: 'v1', kind: 'ServiceAccount', metadata })
    await vi.waitFor(
      async () =>
        expect(await fixture.failure({ installed: { mode: 'managed' } })).toMatchObject({
          name: 'NotYetConsistent',
          reason: `the API server makes its pods without environment variable AWS_ROLE_ARN=${fixture.roleArn}`,
        }),
      { timeout: 10_000 },
    )
  })
})

/** Starts a webhook of another owner on a local port. */
async function startWebhook(): Promise<WebhookServer> {
  const image = pullWebhook('public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17')
  if (!image) throw new Error('no such image')
  const { authority } = fixture.clusters.internet
  const { key, chain } = await authority.issue(['127.0.0.1'])
  const webhook = new WebhookServer({
    flags: parseFlags(['--in-cluster=false'], image),
    image,
    api: { port: fixture.cluster.port, caPem: fixture.cluster.caPem, token: async () => fixture.cluster.adminToken },
    mounted: { key, cert: chain },
  })
  await webhook.listen()
  const clientConfig = {
    url: `https://127.0.0.1:${webhook.port}/mutate`,
    caBundle: Buffer.from(authority.caPem).toString('base64'),
  }
  await writeAs(fixture.cluster, 'helm', {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'pod-identity-webhook' },
    webhooks: [
      {
        name: 'pod-identity-webhook.amazonaws.com',
        clientConfig,
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        admissionReviewVersions: ['v1beta1'],
      },
    ],
  })
  return webhook
}

describe('verify long after a setup', () => {
  const repair = { action: expect.stringContaining('"wid drift prod --repair" sends the recorded spec again') }

  it('names detached policies, and the repair', async () => {
    await fixture.setUp()
    await fixture.aws.iam.send(new DetachRolePolicyCommand({ RoleName: fixture.name, PolicyArn: s3 }))
    expect(await fixture.failure({ settled: true })).toMatchObject({
      name: 'VerificationFailed',
      object: fixture.roleArn,
      reason: expect.stringMatching(new RegExp(`^it lacks ${s3}; .*somebody has changed it`)),
      ...repair,
    })
  })

  it('names a deleted account, and the repair', async () => {
    await fixture.setUp()
    expect(await fixture.failure({ serviceAccount: 'nobody', settled: true })).toMatchObject({
      name: 'VerificationFailed',
      object: 'ServiceAccount default/nobody',
      reason: expect.stringContaining('it is missing; a setup had established'),
      ...repair,
    })
  })

  it('names the role of a changed trust policy, and the repair', async () => {
    await fixture.setUp()
    await fixture.trust({ StringEquals: { [`${host}/prod:sub`]: 'system:serviceaccount:default:another' } })
    expect(await fixture.failure({ settled: true })).toMatchObject({
      name: 'VerificationFailed',
      object: fixture.roleArn,
      action: expect.stringMatching(/--repair" sends the recorded spec again; .*service control policy/),
    })
  })

  it('names a changed annotation, and its current role', async () => {
    await fixture.setUp()
    const annotations = { 'eks.amazonaws.com/role-arn': `${fixture.roleArn}-another` }
    const metadata = { namespace: 'default', name: fixture.name, annotations }
    await writeAs(fixture.cluster, 'helm', { apiVersion: 'v1', kind: 'ServiceAccount', metadata })
    expect(await fixture.failure({ settled: true, installed: { mode: 'managed' } })).toMatchObject({
      name: 'VerificationFailed',
      object: `ServiceAccount default/${fixture.name}`,
      reason: expect.stringContaining(
        `eks.amazonaws.com/role-arn is ${fixture.roleArn}-another, and not ${fixture.roleArn}`,
      ),
      action: expect.stringMatching(
        new RegExp(
          `^Remove the annotation .*-n default ${fixture.name} eks.* Then "wid .* --repair" sends the recorded spec again`,
        ),
      ),
    })
  })
})

describe('verify while IAM settles', () => {
  it('waits when STS refuses the account, and names the role', async () => {
    await fixture.setUp()
    await fixture.trust({ StringEquals: { [`${host}/prod:sub`]: 'system:serviceaccount:default:another' } })
    expect(await fixture.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: fixture.roleArn,
      reason: expect.stringContaining('AccessDenied'),
      action: expect.stringContaining('service control policy'),
    })
  })

  it('waits for policies that are not attached, and names them', async () => {
    await fixture.setUp({ inlinePolicy })
    await fixture.aws.iam.send(new DetachRolePolicyCommand({ RoleName: fixture.name, PolicyArn: s3 }))
    await fixture.aws.iam.send(new DeleteRolePolicyCommand({ RoleName: fixture.name, PolicyName: 'workload-identity' }))
    expect(await fixture.failure({ inlinePolicy })).toMatchObject({
      name: 'NotYetConsistent',
      reason: `it lacks ${s3}, inline policy workload-identity as requested`,
    })
  })

  it('waits for unmutated pods, and names each missing part', async () => {
    await fixture.setUp()
    expect(await fixture.failure({ installed: { mode: 'managed' } })).toMatchObject({
      name: 'NotYetConsistent',
      object: `ServiceAccount default/${fixture.name}`,
      reason: expect.stringMatching(
        /AWS_ROLE_ARN.*AWS_WEB_IDENTITY_TOKEN_FILE.*mount of aws-iam-token.*volume aws-iam/,
      ),
    })
  })
})

describe('verify when STS cannot verify the token', () => {
  it('names a discovery document that is not public', async () => {
    await fixture.setUp()
    fixture.published = {}
    expect(await fixture.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: discoveryUrl,
      reason: expect.stringMatching(
        /^STS cannot verify the cluster's tokens \(\w+\), because it answers 403 to the public$/,
      ),
    })
  })

  it('names the key set when only that is not public', async () => {
    await fixture.setUp()
    fixture.published = {
      '/prod/.well-known/openid-configuration': (await fixture.cluster.issuerDocuments()).discovery,
    }
    expect(await fixture.failure()).toMatchObject({ name: 'NotYetConsistent', object: jwksUri })
  })

  it('names the key that the issuer does not publish', async () => {
    await fixture.setUp()
    publishKey({ ...(await otherKey()), kid: 'another' })
    expect(await fixture.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: jwksUri,
      reason: expect.stringContaining(`lacks the key ${await keyId()}`),
    })
  })

  it('reports that the documents are readable when the signature is invalid', async () => {
    await fixture.setUp()
    publishKey({ ...(await otherKey()), kid: await keyId() })
    expect(await fixture.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: issuerUrl,
      reason: expect.stringContaining('although the issuer'),
    })
  })

  it('reports that the thumbprints differ', async () => {
    await fixture.setUp()
    const thumbprints = { OpenIDConnectProviderArn: providerArn, ThumbprintList: ['0'.repeat(40)] }
    await fixture.aws.iam.send(new UpdateOpenIDConnectProviderThumbprintCommand(thumbprints))
    expect(await fixture.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: providerArn,
      reason: expect.stringContaining('thumbprints'),
    })
    await fixture.setUp()
    await fixture.verify()
  })

  it('reports that the certificate is not trusted', async () => {
    await fixture.setUp()
    const { authority } = fixture.clusters.internet
    fixture.issuerServer.present(await authority.issue([host], { untrusted: true }))
    expect(await fixture.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: discoveryUrl,
      reason: expect.stringMatching(/\(InvalidIdentityToken\), because its TLS certificate does not validate/),
    })
    fixture.issuerServer.present(await authority.issue([host]))
    await fixture.verify()
  })
})

describe('verify when STS accepts other tokens', () => {
  const writtenBefore = (seconds: number) =>
    recordRole(
      'prod',
      { namespace: 'default', serviceAccount: fixture.name },
      { changedAt: new Date(Date.now() - seconds * 1000).toISOString() },
    )

  // STS may use the earlier trust policy for a time.
  it('waits for two minutes after a change of the role, and then fails permanently', async () => {
    await fixture.setUp()
    await fixture.trust({ StringLike: { [`${host}/prod:sub`]: 'system:serviceaccount:default:*' } })
    await writtenBefore(1)
    expect(await fixture.failure()).toMatchObject({ name: 'NotYetConsistent', object: fixture.roleArn })
    await writtenBefore(121)
    expect(await fixture.failure()).toMatchObject({
      name: 'VerificationFailed',
      object: fixture.roleArn,
      reason: expect.stringContaining('system:serviceaccount:default:default'),
    })
  })

  it('fails permanently when STS accepts a token for another audience', async () => {
    await fixture.setUp()
    const client = { OpenIDConnectProviderArn: providerArn, ClientID: 'workload-identity.invalid' }
    await fixture.aws.iam.send(new AddClientIDToOpenIDConnectProviderCommand(client))
    await fixture.trust({ StringEquals: { [`${host}/prod:sub`]: `system:serviceaccount:default:${fixture.name}` } })
    await writtenBefore(121)
    expect(await fixture.failure()).toMatchObject({
      name: 'VerificationFailed',
      reason: expect.stringContaining('workload-identity.invalid'),
    })
    await fixture.aws.iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand(client))
  })
})

describe('verify without access to the cluster', () => {
  it('reports missing credentials', async () => {
    await fixture.setUp()
    const missing = `arn:aws:secretsmanager:${account.region}:${account.id}:secret:workload-identity/prod/none`
    expect(await fixture.failure({ credentialsSecretArn: missing })).toMatchObject({
      name: 'InvalidCredentials',
      object: missing,
    })
  })

  it('reports a missing account', async () => {
    await fixture.setUp()
    expect(await fixture.failure({ serviceAccount: 'nobody' })).toMatchObject({
      name: 'InvalidObject',
      object: expect.stringContaining('default/nobody'),
    })
  })
})
