/**
 * Runs the AWS CLI and boto3 with the variables and the token file of a pod that the API server has mutated. The only
 * addition is AWS_ENDPOINT_URL, for the sandbox's AWS.
 */

import path from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { issuerResource } from '../../lambdas/claims/claim.ts'
import { addWorkloadsToList } from '../../lambdas/operations/record/workload-record.ts'
import { description as registerOidcDescription } from '../../lambdas/provider/register-oidc.step.ts'
import * as registerOidc from '../../lambdas/provider/register-oidc.ts'
import { description as createRoleDescription } from '../../lambdas/role/create-role.step.ts'
import * as createRole from '../../lambdas/role/create-role.ts'
import { description as bindKsaDescription } from '../../lambdas/service-account/bind-ksa.step.ts'
import * as bindKsa from '../../lambdas/service-account/bind-ksa.ts'
import { proofPod } from '../../lambdas/webhook/desired/proof-pod.ts'
import { account } from '../../sandbox/account.ts'
import type { Cluster } from '../../sandbox/kubernetes/clusters/cluster.ts'
import { recordCluster } from '../support/api/operations.ts'
import { clientOf, writeAs } from '../support/kubernetes/clusters.ts'
import { own } from '../support/steps/claims.ts'
import { stepContext } from '../support/steps/step-context.ts'
import { webhookClusters } from '../support/webhook/webhook-clusters.ts'
import { outputOf } from '../support/webhook/webhook-setup.ts'
import { type Container, containerOf, type Ended, type ProjectedToken, runWithToken } from './aws-cli.ts'
import { pythonProgram } from './install/python-packages.ts'

const issuerUrl = 'https://issuer.example.com/prod'
const reader = { namespace: 'default', serviceAccount: 'reader' }

const bin = path.dirname(pythonProgram('python'))
const programs = {
  'the AWS CLI': [path.join(bin, 'aws'), 'sts', 'get-caller-identity', '--output', 'json'],
  boto3: [
    pythonProgram('python'),
    '-c',
    'import boto3, json; print(json.dumps(boto3.client("sts").get_caller_identity()))',
  ],
}

const environment = webhookClusters()
let cluster: Cluster
let container: Container
let projected: ProjectedToken

beforeAll(async () => {
  const made = await environment.emulate({ issuer: issuerUrl })
  cluster = made.cluster
  await publishDiscovery()
  await made.setUp({ issuerUrl })
  await bindAccount()
  await writeAs(cluster, 'helm', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: 'default', name: 'stranger' },
  })
  // Like the real one, the webhook notices the account after a moment.
  container = await vi.waitFor(async () => containerOf(await mutatedPod()), { timeout: 10_000 })
  const [token] = container.tokens
  if (!token) throw new Error('the pod gets no token')
  projected = token
})

async function publishDiscovery(): Promise<void> {
  const keySet = await cluster.signer.keySet()
  await environment.clusters.internet.host('issuer.example.com', (request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.url?.endsWith('/jwks') ? keySet : cluster.signer.discovery()))
  })
}

/** Claims the issuer as CheckCluster does, and then runs RegisterOidc, CreateRole and BindKsa like the state machine. */
async function bindAccount(): Promise<void> {
  const facts = { issuerUrl, jwksUri: `${issuerUrl}/openid/v1/jwks`, kubernetesMinor: 33 }
  const target = { name: cluster.name, credentialsSecretArn: `workload-identity/${cluster.name}/user-cluster` }
  const role = { name: 'prod-reader', policyArns: [], maxSessionSeconds: 3600 }
  const context = () => stepContext('prod', undefined, false, { cluster: facts })
  const common = { clusterName: 'prod', target, adopt: false, webhook: {} }
  await recordCluster('prod')
  await addWorkloadsToList({ cluster: { name: 'prod' }, workloads: [reader] })
  await own('prod', issuerResource(issuerUrl))
  const registration = registerOidcDescription.input.parse(common)
  await registerOidc.run(registration, context())
  const creation = createRoleDescription.input.parse({ ...common, workload: { ...reader, role } })
  const { roleArn } = outputOf(await createRole.run(creation, context()))
  const binding = bindKsaDescription.input.parse({ ...common, roleArn, workload: { ...reader, role } })
  outputOf(await bindKsa.run(binding, context()))
}

const mutatedPod = () => clientOf(cluster).create(proofPod(reader), { dryRun: true })

interface Claim {
  readonly name: string
  readonly audience?: string
}

/** A token of the account `name`, requested as by the kubelet. */
async function tokenOf({ name, audience = projected.audience }: Claim): Promise<string> {
  const lifetime = { audience, expirationSeconds: projected.expirationSeconds }
  const { token } = await clientOf(cluster).createToken({ namespace: 'default', name }, lifetime)
  return token
}

async function run(program: readonly string[], claim: Claim): Promise<Ended> {
  const env = { ...container.env, AWS_ENDPOINT_URL: environment.aws.endpoint }
  return runWithToken(program, { env, file: projected.file, token: await tokenOf(claim) })
}

it('the variables of the pod name its role and the file of its token', () => {
  expect(container.env).toMatchObject({
    AWS_ROLE_ARN: `arn:aws:iam::${account.id}:role/workload-identity/prod/prod-reader`,
    AWS_WEB_IDENTITY_TOKEN_FILE: projected.file,
  })
  expect(projected.audience).toBe('sts.amazonaws.com')
})

describe.each(Object.entries(programs))('%s', (_, program) => {
  it('gets a session of the role of its service account', async () => {
    const { status, stdout, stderr } = await run(program, { name: 'reader' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      Account: account.id,
      Arn: expect.stringMatching(/^arn:aws:sts::\d{12}:assumed-role\/prod-reader\/botocore-session-\d+$/),
    })
  })

  it('is refused with the token of another service account', async () => {
    const { status, stdout, stderr } = await run(program, { name: 'stranger' })
    expect(status).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain('AccessDenied')
    expect(stderr).toContain('Not authorized to perform sts:AssumeRoleWithWebIdentity')
  })

  it('is refused with its own token for another audience', async () => {
    const { status, stderr } = await run(program, { name: 'reader', audience: 'vault' })
    expect(status).not.toBe(0)
    expect(stderr).toContain('InvalidIdentityToken')
    expect(stderr).toContain('Incorrect token audience')
  })
})
