import type { components } from '../api/types.ts'
import type { Kind } from './kinds.ts'
import type { Answers } from './questions.ts'

/** A request for the cluster and its first workload. Sizes and address ranges of a new cluster are proposals. */
export function requestOf(kind: Kind, answers: Answers): SetupRequest {
  return builders[kind](answers, [workloadOf(answers)])
}

type SetupRequest = components['schemas']['SetupRequest']
type Workload = components['schemas']['RequestedWorkload']
type Builder = (answers: Answers, workloads: Workload[]) => SetupRequest

const builders: Readonly<Record<Kind, Builder>> = {
  'private-issuer': (answers, workloads) => ({
    cluster: existing(answers),
    discovery: { hosting: 'deployment' },
    workloads,
  }),
  'public-issuer': (answers, workloads) => ({ cluster: existing(answers), workloads }),
  'gke-on-aws': (answers, workloads) => ({ cluster: gkeOnAws(answers), workloads }),
  'new-gke-on-aws': (answers, workloads) => ({
    cluster: { ...gkeOnAws(answers), spec: specOf(answers), nodePools: [nodePoolOf(answers)] },
    discovery: {
      bucket: answers('bucket'),
      projectId: answers('project'),
      location: answers('location'),
      managementServiceAccount: answers('managementServiceAccount'),
    },
    workloads,
  }),
}

function existing(answers: Answers) {
  return {
    name: answers('name'),
    provider: 'existing',
    credentialsSecretArn: secretArn(answers, 'user-cluster'),
  } as const
}

function gkeOnAws(answers: Answers) {
  const proxyUrl = answers('proxy')
  const proxy = proxyUrl === '' ? {} : { proxyUrl }
  return {
    name: answers('name'),
    provider: 'gke-on-aws',
    management: { credentialsSecretArn: secretArn(answers, 'management'), ...proxy },
    credentialsSecretArn: secretArn(answers, 'user-cluster'),
    ...proxy,
  } as const
}

function specOf(answers: Answers): components['schemas']['AWSClusterSpec'] {
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

/** One namespace of a management cluster has the pools of several clusters. 63 characters at most. */
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

/** PREFIX/CLUSTER/NAME, with the prefix that a deployment has by default. */
function secretArn(answers: Answers, name: 'user-cluster' | 'management'): string {
  const [region, account, cluster] = [answers('region'), answers('account'), answers('name')]
  return `arn:${partitionOf(region)}:secretsmanager:${region}:${account}:secret:workload-identity/${cluster}/${name}`
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

/** The parts of a list, which commas separate. */
export function partsOf(answer: string): string[] {
  return answer.split(',').map((part) => part.trim())
}
