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

const made = verification((clusters) => clusters.start('prod', { issuer: issuerUrl }))

const otherKey = async () => ({
  ...(await exportJWK(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)),
  alg: 'RS256',
  use: 'sig',
})

/** Of the key that the cluster signs by. */
async function keyId(): Promise<string> {
  const { keySet } = await made.cluster.issuerDocuments()
  return asString(objectsIn(keySet.keys)[0]?.kid)
}

function publishKey(key: object): void {
  made.published = { ...made.published, '/prod/openid/v1/jwks': { keys: [key] } }
}

describe('verify', () => {
  it('proves that the account gets into the role, that other accounts do not, and that the policies are there', async () => {
    await made.setUp({ inlinePolicy })
    const { output, changes } = await made.verify({ inlinePolicy })
    expect(changes).toEqual([])
    expect(output).toEqual({
      roleArn: made.roleArn,
      subject: `system:serviceaccount:default:${made.name}`,
      audience: 'sts.amazonaws.com',
      provider: providerArn,
      assumedRoleArn: `arn:aws:sts::${account.id}:assumed-role/${made.name}/workload-identity-verification`,
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      refused: [
        { subject: 'system:serviceaccount:default:default', audience: 'sts.amazonaws.com', answer: 'AccessDenied' },
        {
          subject: `system:serviceaccount:default:${made.name}`,
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

  it('writes nothing anywhere, and asks for a session of 900 seconds', async () => {
    await made.setUp()
    await made.aws.calls.clear()
    made.cluster.calls.clear()
    const { output } = await made.verify()
    const remaining = (Date.parse(output.expiresAt) - Date.now()) / 1000
    expect(remaining).toBeGreaterThan(800)
    expect(remaining).toBeLessThanOrEqual(900)
    expect(await made.aws.writes()).toEqual([])
    expect(writesTo(made.cluster).filter((operation) => !operation.endsWith('/token'))).toEqual([])
  })

  it('tries no token of others when the input says when they were refused, and notes the time when it has tried them', async () => {
    await made.setUp()
    const tried = await made.verify()
    expect(tried.observed).toMatchObject({ refusedAt: expect.any(String) })
    await made.aws.calls.clear()
    made.cluster.calls.clear()
    const refusedAt = '2026-11-25T12:00:00.000Z'
    const { output, observed } = await made.verify({ refusedAt })
    expect(output).toMatchObject({ refused: [], refusedAt, subject: `system:serviceaccount:default:${made.name}` })
    expect(observed).toEqual({ verifiedAt: expect.any(String) })
    const exchanges = (await made.aws.calls.all()).filter(({ operation }) => operation.includes('WebIdentity'))
    expect(exchanges).toHaveLength(1)
    expect(made.cluster.calls.all().filter(({ operation }) => operation.endsWith('/token'))).toHaveLength(1)
  })

  it('tries the account `default` of another namespace when the workload is `default` itself', async () => {
    await made.setUp({ serviceAccount: 'default' })
    const { output } = await made.verify({ serviceAccount: 'default' })
    expect(output.refused[0]?.subject).toBe('system:serviceaccount:kube-public:default')
  })
})

describe('verify with a webhook', () => {
  let webhook: WebhookServer
  beforeAll(async () => {
    webhook = await startWebhook()
  })
  afterAll(async () => {
    await clientOf(made.cluster).delete({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      name: 'pod-identity-webhook',
    })
    await webhook.close()
  })

  it('proves that pods of the account get their variables, mount and volume', async () => {
    await made.setUp()
    // The webhook learns of the new account a moment later, as the real one does.
    const proof = await vi.waitFor(() => made.verify({ installed: { mode: 'managed' } }), { timeout: 10_000 })
    expect(proof.output.mutation).toBe('mutated')
    expect(await made.cluster.objects('Pod')).toEqual([])
  })

  it('waits when pods would get another role', async () => {
    await made.setUp()
    const annotations = { 'eks.amazonaws.com/role-arn': `${made.roleArn}-another` }
    const metadata = { namespace: 'default', name: made.name, annotations }
    await writeAs(made.cluster, 'helm', { apiVersion: 'v1', kind: 'ServiceAccount', metadata })
    await vi.waitFor(
      async () =>
        expect(await made.failure({ installed: { mode: 'managed' } })).toMatchObject({
          name: 'NotYetConsistent',
          reason: `the API server makes its pods without environment variable AWS_ROLE_ARN=${made.roleArn}`,
        }),
      { timeout: 10_000 },
    )
  })
})

/** The webhook that another team runs, at a port of this machine. */
async function startWebhook(): Promise<WebhookServer> {
  const image = pullWebhook('public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17')
  if (!image) throw new Error('no such image')
  const { authority } = made.clusters.internet
  const { key, chain } = await authority.issue(['127.0.0.1'])
  const webhook = new WebhookServer({
    flags: parseFlags(['--in-cluster=false'], image),
    image,
    api: { port: made.cluster.port, caPem: made.cluster.caPem, token: async () => made.cluster.adminToken },
    mounted: { key, cert: chain },
  })
  await webhook.listen()
  const clientConfig = {
    url: `https://127.0.0.1:${webhook.port}/mutate`,
    caBundle: Buffer.from(authority.caPem).toString('base64'),
  }
  await writeAs(made.cluster, 'helm', {
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
  const repair = { action: expect.stringContaining('"wid drift prod --repair" sets it up again') }

  it('names policies that somebody has detached, and the repair', async () => {
    await made.setUp()
    await made.aws.iam.send(new DetachRolePolicyCommand({ RoleName: made.name, PolicyArn: s3 }))
    expect(await made.failure({ settled: true })).toMatchObject({
      name: 'VerificationFailed',
      object: made.roleArn,
      reason: expect.stringMatching(new RegExp(`^it lacks ${s3}; .*somebody has changed it`)),
      ...repair,
    })
  })

  it('names an account that somebody has deleted, and the repair', async () => {
    await made.setUp()
    expect(await made.failure({ serviceAccount: 'nobody', settled: true })).toMatchObject({
      name: 'VerificationFailed',
      object: 'ServiceAccount default/nobody',
      reason: expect.stringContaining('it is missing; a setup had made it'),
      ...repair,
    })
  })

  it('names the change of a trust policy by its role, and the repair', async () => {
    await made.setUp()
    await made.trust({ StringEquals: { [`${host}/prod:sub`]: 'system:serviceaccount:default:another' } })
    expect(await made.failure({ settled: true })).toMatchObject({
      name: 'VerificationFailed',
      object: made.roleArn,
      action: expect.stringMatching(/--repair" sets it up again; .*service control policy/),
    })
  })

  it('names an annotation that somebody has changed, and the role that it names now', async () => {
    await made.setUp()
    const annotations = { 'eks.amazonaws.com/role-arn': `${made.roleArn}-another` }
    const metadata = { namespace: 'default', name: made.name, annotations }
    await writeAs(made.cluster, 'helm', { apiVersion: 'v1', kind: 'ServiceAccount', metadata })
    expect(await made.failure({ settled: true, installed: { mode: 'managed' } })).toMatchObject({
      name: 'VerificationFailed',
      object: `ServiceAccount default/${made.name}`,
      reason: expect.stringContaining(`eks.amazonaws.com/role-arn is ${made.roleArn}-another, and not ${made.roleArn}`),
      action: expect.stringMatching(
        new RegExp(`^Remove the annotation .*-n default ${made.name} eks.* Then "wid .* --repair" sets it up again`),
      ),
    })
  })
})

describe('verify while IAM settles', () => {
  it('waits when the account is not let in, and names the role', async () => {
    await made.setUp()
    await made.trust({ StringEquals: { [`${host}/prod:sub`]: 'system:serviceaccount:default:another' } })
    expect(await made.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: made.roleArn,
      reason: expect.stringContaining('AccessDenied'),
      action: expect.stringContaining('service control policy'),
    })
  })

  it('waits for policies that are not attached, and names them', async () => {
    await made.setUp({ inlinePolicy })
    await made.aws.iam.send(new DetachRolePolicyCommand({ RoleName: made.name, PolicyArn: s3 }))
    await made.aws.iam.send(new DeleteRolePolicyCommand({ RoleName: made.name, PolicyName: 'workload-identity' }))
    expect(await made.failure({ inlinePolicy })).toMatchObject({
      name: 'NotYetConsistent',
      reason: `it lacks ${s3}, inline policy workload-identity as requested`,
    })
  })

  it('waits for pods that come out without credentials, and names everything they lack', async () => {
    await made.setUp()
    expect(await made.failure({ installed: { mode: 'managed' } })).toMatchObject({
      name: 'NotYetConsistent',
      object: `ServiceAccount default/${made.name}`,
      reason: expect.stringMatching(
        /AWS_ROLE_ARN.*AWS_WEB_IDENTITY_TOKEN_FILE.*mount of aws-iam-token.*volume aws-iam/,
      ),
    })
  })
})

describe('verify when STS cannot verify the token', () => {
  it('names the discovery document that the public may not read', async () => {
    await made.setUp()
    made.published = {}
    expect(await made.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: discoveryUrl,
      reason: expect.stringMatching(
        /^STS cannot verify the cluster's tokens \(\w+\), because it answers 403 to the public$/,
      ),
    })
  })

  it('names the key set when only that cannot be read', async () => {
    await made.setUp()
    made.published = { '/prod/.well-known/openid-configuration': (await made.cluster.issuerDocuments()).discovery }
    expect(await made.failure()).toMatchObject({ name: 'NotYetConsistent', object: jwksUri })
  })

  it('names the key that the issuer does not publish', async () => {
    await made.setUp()
    publishKey({ ...(await otherKey()), kid: 'another' })
    expect(await made.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: jwksUri,
      reason: expect.stringContaining(`lacks the key ${await keyId()}`),
    })
  })

  it('says that the documents can be read when the signature is wrong all the same', async () => {
    await made.setUp()
    publishKey({ ...(await otherKey()), kid: await keyId() })
    expect(await made.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: issuerUrl,
      reason: expect.stringContaining('although the issuer'),
    })
  })

  it('says that the thumbprints do not fit', async () => {
    await made.setUp()
    const thumbprints = { OpenIDConnectProviderArn: providerArn, ThumbprintList: ['0'.repeat(40)] }
    await made.aws.iam.send(new UpdateOpenIDConnectProviderThumbprintCommand(thumbprints))
    expect(await made.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: providerArn,
      reason: expect.stringContaining('thumbprints'),
    })
    await made.setUp()
    await made.verify()
  })

  it('says that the certificate is one that nobody trusts, when it is that and not just another', async () => {
    await made.setUp()
    const { authority } = made.clusters.internet
    made.issuerServer.present(await authority.issue([host], { untrusted: true }))
    expect(await made.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: discoveryUrl,
      reason: expect.stringMatching(/\(InvalidIdentityToken\), because its TLS certificate does not validate/),
    })
    made.issuerServer.present(await authority.issue([host]))
    await made.verify()
  })
})

describe('verify when another account gets in', () => {
  const writtenBefore = (seconds: number) =>
    recordRole(
      'prod',
      { namespace: 'default', serviceAccount: made.name },
      { changedAt: new Date(Date.now() - seconds * 1000).toISOString() },
    )

  it('waits for two minutes after a change of the role, for STS may still go by the earlier one, and then fails for good', async () => {
    await made.setUp()
    await made.trust({ StringLike: { [`${host}/prod:sub`]: 'system:serviceaccount:default:*' } })
    await writtenBefore(1)
    expect(await made.failure()).toMatchObject({ name: 'NotYetConsistent', object: made.roleArn })
    await writtenBefore(121)
    expect(await made.failure()).toMatchObject({
      name: 'VerificationFailed',
      object: made.roleArn,
      reason: expect.stringContaining('system:serviceaccount:default:default'),
    })
  })

  it('fails for good when a token for another audience is let in', async () => {
    await made.setUp()
    const client = { OpenIDConnectProviderArn: providerArn, ClientID: 'workload-identity.invalid' }
    await made.aws.iam.send(new AddClientIDToOpenIDConnectProviderCommand(client))
    await made.trust({ StringEquals: { [`${host}/prod:sub`]: `system:serviceaccount:default:${made.name}` } })
    await writtenBefore(121)
    expect(await made.failure()).toMatchObject({
      name: 'VerificationFailed',
      reason: expect.stringContaining('workload-identity.invalid'),
    })
    await made.aws.iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand(client))
  })
})

describe('verify without a way into the cluster', () => {
  it('says that the credentials are not there', async () => {
    await made.setUp()
    const missing = `arn:aws:secretsmanager:${account.region}:${account.id}:secret:workload-identity/prod/none`
    expect(await made.failure({ credentialsSecretArn: missing })).toMatchObject({
      name: 'InvalidCredentials',
      object: missing,
    })
  })

  it('says that the account is not there', async () => {
    await made.setUp()
    expect(await made.failure({ serviceAccount: 'nobody' })).toMatchObject({
      name: 'InvalidObject',
      object: expect.stringContaining('default/nobody'),
    })
  })
})
