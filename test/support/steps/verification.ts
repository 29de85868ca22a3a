/** The step Verify with its preconditions: an AWS, a cluster with a public issuer, and the roles of workloads. */
import { inspect } from 'node:util'
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { beforeAll, beforeEach, expect } from 'vitest'
import { issuerResource } from '../../../lambdas/claims/claim.ts'
import { description } from '../../../lambdas/proof/verify.step.ts'
import { run } from '../../../lambdas/proof/verify.ts'
import { description as registerOidcDescription } from '../../../lambdas/provider/register-oidc.step.ts'
import * as registerOidc from '../../../lambdas/provider/register-oidc.ts'
import { description as createRoleDescription } from '../../../lambdas/role/create-role.step.ts'
import type { StepResult } from '../../../lambdas/steps/contract.ts'
import { factsOf } from '../../../lambdas/steps/facts-of.ts'
import { account } from '../../../sandbox/account.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { PublicHost } from '../../../sandbox/network/public-host.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { recordCluster } from '../api/operations.ts'
import { type AwsAccount, awsAccount } from '../aws/aws-account.ts'
import { roleArnOf } from '../aws/roles.ts'
import { writeAs } from '../kubernetes/clusters.ts'
import { type ReachableClusters, reachableClusters } from '../kubernetes/reachable-clusters.ts'
import { own } from './claims.ts'
import { recordWorkload, runInRecord } from './role-creation.ts'
import { stepContext } from './step-context.ts'

export const host = 'issuer.example.com'
export const issuerUrl = `https://${host}/prod`
export const jwksUri = `${issuerUrl}/openid/v1/jwks`
export const providerArn = `arn:aws:iam::${account.id}:oidc-provider/${host}/prod`
export const s3 = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const facts = { issuerUrl, jwksUri }

export interface Ask {
  readonly serviceAccount?: string
  readonly policyArns?: string[]
  readonly inlinePolicy?: Record<string, unknown>
  readonly installed?: { readonly mode: 'managed' | 'none' }
  readonly credentialsSecretArn?: string
  readonly refusedAt?: string
  /** Whether a setup ended long ago. */
  readonly settled?: boolean
}

type Proved = Extract<Awaited<ReturnType<typeof run>>, { output: unknown }>

/** Each test starts with another workload, published documents, and no faults. */
export interface Verification<Kind extends AnyCluster = AnyCluster> {
  readonly clusters: ReachableClusters
  readonly aws: Omit<AwsAccount, 'end'>
  readonly cluster: Kind
  readonly issuerServer: PublicHost
  /** The documents of the issuer's host, by path. It returns 403 for other paths. */
  published: Record<string, unknown>
  /** The name of the test's workload and its role. */
  readonly name: string
  readonly roleArn: string
  /** Runs the steps before Verify. */
  setUp(ask?: Ask): Promise<void>
  verify(ask?: Ask): Promise<Proved>
  /** Returns the error, after a check that it has no token and no key at any depth. */
  failure(ask?: Ask): Promise<unknown>
  /** Replaces the conditions of the role's trust policy. */
  trust(condition: Record<string, unknown>): Promise<void>
}

const context = () => stepContext('prod', 25_000, false, { cluster: facts })

/**
 * The preconditions of Verify, for the tests of a file. Call it at the top of the file.
 *
 * @param start starts the cluster `prod`, with the issuer {@link issuerUrl}
 */
export function verification<Kind extends AnyCluster>(
  start: (clusters: ReachableClusters) => Promise<Kind>,
): Verification<Kind> {
  const clusters = reachableClusters()
  const aws = awsAccount(() => {
    const { authority, proxy } = clusters.internet
    return { HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1', NODE_EXTRA_CA_CERTS: authority.caFile }
  })
  let cluster: Kind
  let issuerServer: PublicHost
  let secretArn: string
  let count = 0
  beforeAll(async () => {
    cluster = await start(clusters)
    issuerServer = await clusters.internet.host(host, (request, response) => {
      const body = made.published[request.url ?? '']
      response.writeHead(body === undefined ? 403 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body ?? 'AccessDenied'))
    })
    secretArn = await new SecretKeeper(aws.endpoint).keep('prod/user-cluster', cluster.kubeconfig())
  })
  beforeEach(async () => {
    count += 1
    const { discovery, keySet } = await cluster.issuerDocuments()
    made.published = { '/prod/.well-known/openid-configuration': discovery, '/prod/openid/v1/jwks': keySet }
    await aws.faults.clear()
  })
  const made: Verification<Kind> = {
    clusters,
    aws,
    get cluster() {
      return cluster
    },
    get issuerServer() {
      return issuerServer
    },
    published: {},
    get name() {
      return `reader-${count}`
    },
    get roleArn() {
      return roleArnOf('prod', made.name)
    },
    async setUp(ask = {}) {
      await own('prod', issuerResource(factsOf(context()).issuerUrl))
      await recordCluster('prod')
      await registerOidc.run(registerOidcDescription.input.parse({ clusterName: 'prod', adopt: false }), context())
      const workload = workloadOf(made.name, ask)
      const request = { clusterName: 'prod', workload, adopt: false }
      await recordWorkload(workload.serviceAccount)
      await runInRecord(createRoleDescription.input.parse(request), context())
      const { namespace, serviceAccount } = workload
      const annotations = { 'eks.amazonaws.com/role-arn': made.roleArn }
      const metadata = { namespace, name: serviceAccount, annotations }
      await writeAs(cluster, 'helm', { apiVersion: 'v1', kind: 'ServiceAccount', metadata })
    },
    async verify(ask = {}) {
      const { installed = { mode: 'none' }, credentialsSecretArn = secretArn, refusedAt, settled } = ask
      const target = { name: 'prod', credentialsSecretArn }
      const { roleArn, name } = made
      const request = { target, roleArn, workload: workloadOf(name, ask), installed, refusedAt, settled }
      return proved(await run(description.input.parse(request), context()))
    },
    async failure(ask = {}) {
      const error = await made.verify(ask).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(inspect(error, { depth: 10 })).not.toMatch(/eyJ[\w-]+\.|AKIA|ASIA|SecretAccessKey/)
      return error
    },
    async trust(condition) {
      const statement = {
        Effect: 'Allow',
        Principal: { Federated: providerArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: condition,
      }
      const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
      await aws.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: made.name, PolicyDocument: document }))
    },
  }
  return made
}

function workloadOf(name: string, { serviceAccount = name, policyArns = [s3], inlinePolicy }: Ask) {
  const role = { name, policyArns, maxSessionSeconds: 3600, ...(inlinePolicy && { inlinePolicy }) }
  return { namespace: 'default', serviceAccount, role }
}

function proved<Output>(result: StepResult<Output>): Extract<StepResult<Output>, { output: unknown }> {
  if ('output' in result) return result
  throw new Error('verify never waits')
}
