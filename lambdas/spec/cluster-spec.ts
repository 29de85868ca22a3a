import * as z from 'zod/mini'
import { cidrPattern } from './cidr-pattern.ts'
import {
  anyText,
  checkedText,
  described,
  type Format,
  listOf,
  objectOf,
  oneOfThese,
  patternOf,
  textOf,
  wholeNumber,
} from './format.ts'
import { bucketName, projectId } from './names.ts'
import { kmsKeyArn } from './patterns.ts'

/**
 * The fields of AWSCluster and AWSNodePool (multicloud.cluster.gke.io/v1), previous-generation Anthos clusters on AWS.
 * The required fields contain the location and the size of the cluster. A management service reports other missing
 * fields itself, in the dry run before the apply.
 */

const gkeVersion: Format = {
  name: 'a version of Anthos clusters on AWS',
  pattern: /^1\.[0-9]{1,3}\.[0-9]{1,3}-gke\.[0-9]{1,6}$/,
  use: 'the full version such as 1.20.9-gke.300',
}
const awsRegion: Format = {
  name: 'an AWS region',
  pattern: /^[a-z]{2,3}(-[a-z]+)+-[0-9]$/,
  use: 'its code such as eu-west-1',
}
const vpcId: Format = { name: 'the ID of a VPC', pattern: idPattern('vpc'), use: 'vpc- and 8 or 17 hexadecimal digits' }
const subnetId: Format = {
  name: 'the ID of a subnet',
  pattern: idPattern('subnet'),
  use: 'subnet- and 8 or 17 hexadecimal digits',
}
const securityGroupId: Format = {
  name: 'the ID of a security group',
  pattern: idPattern('sg'),
  use: 'sg- and 8 or 17 hexadecimal digits',
}
const instanceType: Format = {
  name: 'an EC2 instance type',
  pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
  use: 'a type such as m5.large',
}
const profileName: Format = {
  name: 'the name of an instance profile',
  pattern: /^[A-Za-z0-9_+=,.@-]{1,128}$/,
  use: 'its name, not its ARN: 1 to 128 letters, digits and _+=,.@-',
}

/** Versions from `oldestMinor` on, as a pattern. */
const fromOldest = { pattern: '^1\\.(19|[2-9][0-9]|[1-9][0-9]{2})\\.[0-9]{1,3}-gke\\.[0-9]{1,6}$' }

function kmsKeyText(description: string) {
  return described(description, anyText(description), { pattern: patternOf(kmsKeyArn) })
}

function idPattern(prefix: string): RegExp {
  return new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`)
}

const anyNames = z.record(z.string(), z.string())

const tags = described('Tags of the AWS resources', anyNames)

function volume(description: string) {
  return objectOf(
    description,
    {
      sizeGiB: z.optional(wholeNumber(1, 16_384, 'Size in GiB')),
      volumeType: z.optional(described('EBS volume type', z.enum(['gp2', 'gp3', 'io1', 'io2']))),
      iops: z.optional(wholeNumber(100, 256_000, 'Provisioned IOPS; only with gp3, io1 or io2')),
      kmsKeyARN: z.optional(kmsKeyText('ARN of the KMS key that encrypts the volume')),
    },
    oneOfThese(
      { properties: { volumeType: { const: 'gp2' }, iops: false } },
      { properties: { volumeType: { const: 'gp3' } }, required: ['volumeType'] },
      { properties: { volumeType: { enum: ['io1', 'io2'] } }, required: ['volumeType', 'iops'] },
    ),
  )
}

const one = { minItems: 1, maxItems: 1 }
export const range = checkedText('IPv4 range with a prefix of 8 to 28 bits', cidrPattern)

const networking = objectOf(
  'Network of the cluster',
  {
    vpcID: textOf(vpcId, 'VPC of the cluster'),
    podAddressCIDRBlocks: listOf('One IPv4 range of the pods, such as 10.2.0.0/16', range, one),
    serviceAddressCIDRBlocks: listOf('One IPv4 range of the services, such as 10.1.0.0/16', range, one),
    serviceLoadBalancerSubnetIDs: z.optional(listOf('Subnets of load balancers', textOf(subnetId, 'Subnet'))),
    ServiceLoadBalancerSubnetIDs: z.optional(
      listOf('The same, as the documentation of Google spells it', textOf(subnetId, 'Subnet')),
    ),
  },
  { not: { required: ['serviceLoadBalancerSubnetIDs', 'ServiceLoadBalancerSubnetIDs'] } },
)

const cloudOperations = objectOf('Cloud Logging and Monitoring', {
  projectID: textOf(projectId, 'Google Cloud project of logs and metrics'),
  location: anyText('Google Cloud region of logs and metrics'),
  enableLogging: z.optional(described('Cloud Logging', z.boolean())),
  enableMonitoring: z.optional(described('Cloud Monitoring', z.boolean())),
})

const controlPlane = objectOf('Control plane of the cluster', {
  version: textOf(gkeVersion, 'Version of the control plane, 1.19 or newer', fromOldest),
  instanceType: textOf(instanceType, 'EC2 instance type'),
  keyName: z.optional(anyText('EC2 key pair')),
  subnetIDs: listOf('Subnets, one for each zone', textOf(subnetId, 'Subnet'), { minItems: 1 }),
  securityGroupIDs: z.optional(listOf('Additional security groups', textOf(securityGroupId, 'Security group'))),
  iamInstanceProfile: textOf(profileName, 'Instance profile'),
  databaseEncryption: objectOf('Encryption of the secrets of the cluster', {
    kmsKeyARN: kmsKeyText('ARN of the KMS key'),
  }),
  hub: z.optional(
    objectOf('Registration with Connect', { membershipName: anyText('Membership, unique in its project') }),
  ),
  cloudOperations: z.optional(cloudOperations),
  tags: z.optional(tags),
  proxySecretName: z.optional(anyText('Secret with the proxy configuration, in the management cluster')),
  workloadIdentity: z.optional(
    objectOf('Filled in from discovery', {
      oidcDiscoveryGCSBucket: z.optional(textOf(bucketName, 'The discovery bucket')),
    }),
  ),
  rootVolume: z.optional(volume('Root volume of the control plane')),
  etcd: z.optional(objectOf('etcd', { mainVolume: z.optional(volume('Data volume of etcd')) })),
})

const authentication = objectOf('Login of people', {
  awsIAM: z.optional(
    objectOf('Login by IAM', {
      adminIdentityARNs: listOf('ARNs of administrators', anyText('ARN of an IAM user or role')),
    }),
  ),
  oidc: z.optional(listOf('OpenID Connect providers, without a client secret', anyNames)),
})

export const awsClusterSpec = objectOf('Spec of the AWSCluster; left out if it exists', {
  region: textOf(awsRegion, 'AWS region of the cluster'),
  networking,
  controlPlane,
  authentication: z.optional(authentication),
})

const taint = objectOf('A taint of the nodes', {
  key: anyText('Key of the taint'),
  value: z.optional(described('Value of the taint', z.string())),
  effect: described('Effect of the taint', z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])),
})

export const awsNodePoolSpec = objectOf('Spec of the AWSNodePool', {
  clusterName: z.optional(anyText('Name of the cluster; filled in')),
  version: z.optional(textOf(gkeVersion, 'Version; that of the control plane by default', fromOldest)),
  region: z.optional(textOf(awsRegion, 'AWS region; only that of the cluster')),
  subnetID: textOf(subnetId, 'Subnet of the nodes'),
  minNodeCount: wholeNumber(0, 1000, 'Minimum number of nodes'),
  maxNodeCount: wholeNumber(1, 1000, 'Maximum number of nodes'),
  maxPodsPerNode: z.optional(wholeNumber(1, 256, 'Maximum number of pods on a node')),
  instanceType: textOf(instanceType, 'EC2 instance type'),
  keyName: z.optional(anyText('EC2 key pair')),
  iamInstanceProfile: textOf(profileName, 'Instance profile'),
  proxySecretName: z.optional(anyText('Secret with the proxy configuration, in the management cluster')),
  rootVolume: z.optional(volume('Root volume of the nodes')),
  labels: z.optional(described('Kubernetes labels of the nodes', z.record(z.string(), z.string()))),
  taints: z.optional(listOf('Taints of the nodes', taint)),
  tags: z.optional(tags),
})

/** The number y of a version 1.y.z-gke.n. */
export function minorOf(version: string): number {
  return Number(version.split('.')[1])
}
