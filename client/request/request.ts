import type { Schemas, SetupRequest } from '../api.ts'
import type { Kind } from './kinds.ts'
import { type Answers, partsOf } from './questions.ts'

/** The secret prefix in the product's settings.yaml. */
export const usualSecretPrefix = 'workload-identity'

/**
 * A request for the cluster and its first workload. Sizes and address ranges of a new cluster are proposals.
 *
 * @param secretPrefix prefix of the deployment's secrets
 */
export function requestOf(kind: Kind, answers: Answers, secretPrefix = usualSecretPrefix): SetupRequest {
  const secret = (name: SecretName) => secretArn(answers, secretPrefix, name)
  return builders[kind](answers, secret, [workloadOf(answers)])
}

type Workload = Schemas['RequestedWorkload']
type SecretName = 'user-cluster' | 'management'
/** The ARN of a secret of the cluster. */
type Secret = (name: SecretName) => string
type Builder = (answers: Answers, secret: Secret, workloads: Workload[]) => SetupRequest

const builders: Readonly<Record<Kind, Builder>> = {
  'private-issuer': (answers, secret, workloads) => ({
    cluster: existing(answers, secret),
    discovery: { hosting: 'deployment' },
    workloads,
  }),
  'public-issuer': (answers, secret, workloads) => ({ cluster: existing(answers, secret), workloads }),
  'gke-on-aws': (answers, secret, workloads) => ({ cluster: gkeOnAws(answers, secret), workloads }),
  'new-gke-on-aws': (answers, secret, workloads) => ({
    cluster: { ...gkeOnAws(answers, secret), spec: specOf(answers), nodePools: [nodePoolOf(answers)] },
    discovery: {
      bucket: answers('bucket'),
      projectId: answers('project'),
      location: answers('location'),
      managementServiceAccount: answers('managementServiceAccount'),
    },
    workloads,
  }),
}

function existing(answers: Answers, secret: Secret) {
  const cluster = { name: answers('name'), provider: 'existing' } as const
  if (answers('connection') === 'agent') return { ...cluster, connection: 'agent' } as const
  return { ...cluster, credentialsSecretArn: secret('user-cluster') }
}

function gkeOnAws(answers: Answers, secret: Secret) {
  const proxyUrl = answers('proxy')
  const proxy = proxyUrl === '' ? {} : { proxyUrl }
  return {
    name: answers('name'),
    provider: 'gke-on-aws',
    management: { credentialsSecretArn: secret('management'), ...proxy },
    credentialsSecretArn: secret('user-cluster'),
    ...proxy,
  } as const
}

function specOf(answers: Answers): Schemas['AWSClusterSpec'] {
  return {
    region: answers('region'),
    networking: {
      vpcID: answers('vpc'),
      podAddressCIDRBlocks: ['10.2.0.0/16'],
      serviceAddressCIDRBlocks: ['10.1.0.0/16'],
    },
    controlPlane: {
      version: answers('clusterVersion'),
      instanceType: 'm5.large',
      subnetIDs: partsOf(answers('subnets')),
      iamInstanceProfile: answers('controlPlaneProfile'),
      databaseEncryption: { kmsKeyARN: answers('kmsKey') },
    },
  }
}

function nodePoolOf(answers: Answers) {
  const [subnetID = ''] = partsOf(answers('subnets'))
  return {
    name: poolName(answers('name')),
    spec: {
      subnetID,
      minNodeCount: 3,
      maxNodeCount: 5,
      instanceType: 'm5.large',
      iamInstanceProfile: answers('nodeProfile'),
    },
  }
}

/**
 * The name begins with the cluster's name, because clusters can share a namespace of the management cluster. A name has
 * at most 63 characters.
 */
function poolName(cluster: string): string {
  return `${cluster.slice(0, 56)}-pool-0`
}

function workloadOf(answers: Answers): Workload {
  return {
    namespace: answers('namespace'),
    serviceAccount: answers('serviceAccount'),
    role: { policyArns: partsOf(answers('policy')) },
  }
}

function secretArn(answers: Answers, prefix: string, name: SecretName): string {
  const [region, account, cluster] = [answers('region'), answers('account'), answers('name')]
  return `arn:${partitionOf(region)}:secretsmanager:${region}:${account}:secret:${prefix}/${cluster}/${name}`
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
