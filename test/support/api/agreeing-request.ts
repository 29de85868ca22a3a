import * as z from 'zod'
import { minorOf } from '../../../lambdas/spec/cluster-spec.ts'
import { deployment } from './requests.ts'

type Body = z.infer<typeof body>

const volume = z.looseObject({ kmsKeyARN: z.string().optional() })
const pool = z.looseObject({
  spec: z.looseObject({
    clusterName: z.string().optional(),
    region: z.string().optional(),
    version: z.string().optional(),
    minNodeCount: z.number(),
    maxNodeCount: z.number(),
    rootVolume: volume.optional(),
  }),
})
const spec = z.looseObject({
  region: z.string(),
  networking: z.looseObject({
    podAddressCIDRBlocks: z.array(z.string()),
    serviceAddressCIDRBlocks: z.array(z.string()),
  }),
  controlPlane: z.looseObject({
    version: z.string(),
    workloadIdentity: z.looseObject({ oidcDiscoveryGCSBucket: z.string().optional() }).optional(),
  }),
})
const body = z.looseObject({
  cluster: z.looseObject({
    name: z.string(),
    credentialsSecretArn: z.string().optional(),
    issuerUrl: z.string().optional(),
    awsAccountId: z.string().optional(),
    management: z.looseObject({ credentialsSecretArn: z.string() }).optional(),
    spec: spec.optional(),
    nodePools: z.array(pool).optional(),
  }),
  discovery: z.looseObject({ hosting: z.string().optional(), bucket: z.string().optional() }).optional(),
  webhook: z.looseObject({ certificate: z.string().optional(), namespace: z.string().optional() }).optional(),
  workloads: z.array(
    z.looseObject({ namespace: z.string(), role: z.looseObject({ policyArns: z.array(z.string()).optional() }) }),
  ),
})

/** The settings of a deployment that restrict requests. */
interface Settings {
  /** At most `count` managed policies that a role may get. */
  readonly managedPolicies: (count: number) => readonly string[]
  readonly memberAccount: string | undefined
}

const ofTests: Settings = {
  managedPolicies: (count) => Array.from({ length: count }, (_, index) => `arn:aws:iam::aws:policy/AmazonS3${index}`),
  memberAccount: deployment.memberAccounts[0],
}

/**
 * Changes a body that fits the API's JSON Schema so that it also meets the rules that JSON Schema cannot express: dependencies
 * between fields, and the settings of the deployment.
 */
export function agreeing(generated: unknown, settings: Settings = ofTests): unknown {
  const request = body.parse(ofPartition(generated))
  ofDeployment(request, settings)
  // A request for a hosted issuer must not name an issuer.
  if (request.discovery?.hosting !== undefined) delete request.cluster.issuerUrl
  // Workloads must not be in the namespace of the webhook.
  if (request.workloads.some(({ namespace }) => namespace === request.webhook?.namespace))
    delete request.webhook?.namespace
  const { spec: clusterSpec, nodePools = [] } = request.cluster
  if (clusterSpec) agreeWithin(clusterSpec, request)
  for (const each of nodePools) agreeWithCluster(each, request)
  return clusterSpec ? inRegion(request, clusterSpec.region) : request
}

function ofPartition(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/arn:aws[a-z-]*:/g, `arn:${deployment.partition}:`))
}

/** A KMS key must be in the cluster's region. */
function inRegion(value: unknown, region: string): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/(arn:aws:kms:)[a-z0-9-]+/g, `$1${region}`))
}

/** Secrets must belong to this deployment and cluster. The settings must list the account and allow the managed policies. */
function ofDeployment({ cluster, workloads }: Body, { managedPolicies, memberAccount }: Settings): void {
  const { region, accountId, partition, secretPrefix } = deployment
  const secret = `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${secretPrefix}/${cluster.name}`
  if (cluster.awsAccountId !== undefined) cluster.awsAccountId = memberAccount
  if (cluster.credentialsSecretArn !== undefined) cluster.credentialsSecretArn = `${secret}/user-cluster`
  if (cluster.management) cluster.management.credentialsSecretArn = `${secret}/management`
  for (const { role } of workloads) {
    if (role.policyArns) role.policyArns = [...managedPolicies(role.policyArns.length)]
  }
}

function agreeWithin({ networking, controlPlane }: z.infer<typeof spec>, { discovery, webhook }: Body): void {
  // The ranges of pods and services must not overlap.
  networking.podAddressCIDRBlocks = ['10.2.0.0/16']
  networking.serviceAddressCIDRBlocks = networking.serviceAddressCIDRBlocks.map((range) =>
    range.startsWith('10.') ? '11.0.0.0/8' : range,
  )
  const { workloadIdentity } = controlPlane
  if (workloadIdentity?.oidcDiscoveryGCSBucket !== undefined && discovery) {
    workloadIdentity.oidcDiscoveryGCSBucket = discovery.bucket
  }
  if (webhook?.certificate === 'csr') controlPlane.version = '1.21.5-gke.100'
}

function agreeWithCluster({ spec: poolSpec }: z.infer<typeof pool>, { cluster }: Body): void {
  if (poolSpec.clusterName !== undefined) poolSpec.clusterName = cluster.name
  if (poolSpec.region !== undefined && cluster.spec) poolSpec.region = cluster.spec.region
  const controlPlane = cluster.spec?.controlPlane.version
  if (poolSpec.version !== undefined && controlPlane && minorOf(poolSpec.version) > minorOf(controlPlane)) {
    poolSpec.version = controlPlane
  }
  const { minNodeCount, maxNodeCount } = poolSpec
  poolSpec.minNodeCount = Math.min(minNodeCount, maxNodeCount)
}
