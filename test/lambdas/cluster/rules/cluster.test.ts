import { describe, expect, test } from 'vitest'
import { expectFine, expectIssue, expectRefused } from '../../../support/api/expect-fault.ts'
import { exampleBody, issuesOf } from '../../../support/api/requests.ts'

function partOf(field: 'spec' | 'nodePools' | 'management'): unknown {
  const body = exampleBody('setup')
  const cluster: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'cluster') : undefined
  return typeof cluster === 'object' && cluster !== null ? Reflect.get(cluster, field) : undefined
}

describe('the provider', () => {
  test.each(['spec', 'nodePools', 'management'] as const)('existing with %s is refused', (field) => {
    expectRefused(`cluster.${field}`, existingParts[field], /makes no sense with provider existing/, 'existing-cluster')
  })

  const existingParts = {
    spec: partOf('spec'),
    nodePools: partOf('nodePools'),
    management: {
      credentialsSecretArn: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/on-premises/m',
    },
  }

  test.for<[string, string, unknown, RegExp]>([
    [
      'gke-on-aws with issuerUrl',
      'cluster.issuerUrl',
      'https://issuer.example.org/x',
      /makes no sense with provider gke-on-aws/,
    ],
    ['a spec without management', 'cluster.management', undefined, /is missing.*the spec is applied there/],
  ])('%s is refused', ([, field, value, words]) => expectRefused(field, value, words))

  test('gke-on-aws without spec also needs management', () => {
    expectIssue(
      { 'cluster.management': undefined, 'cluster.spec': undefined, 'cluster.nodePools': undefined },
      'cluster.management',
      /is missing.*status is read there/,
    )
  })

  test('node pools without a spec are refused', () => {
    expectIssue({ 'cluster.spec': undefined }, 'cluster.nodePools', /is given without spec/)
  })

  test('an existing AWSCluster needs neither spec nor node pools nor discovery', () => {
    expectFine({ 'cluster.spec': undefined, 'cluster.nodePools': undefined, discovery: undefined })
    expectFine({ 'cluster.spec': undefined, 'cluster.nodePools': undefined })
  })
})

describe('the connection', () => {
  const byAgent = {
    'cluster.connection': 'agent',
    'cluster.credentialsSecretArn': undefined,
    'cluster.proxyUrl': undefined,
  }

  test.each([
    [
      'cluster.credentialsSecretArn',
      'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod-eu/x',
    ],
    ['cluster.proxyUrl', 'http://proxy.example.com:3128'],
  ])('by an agent with %s is refused', (field, value) => {
    expectIssue({ ...byAgent, [field]: value }, field, /makes no sense with connection agent/)
  })

  test.each([undefined, 'direct'])(
    '%s without credentials is refused, and the message names the agent',
    (connection) => {
      const edits = { 'cluster.connection': connection, 'cluster.credentialsSecretArn': undefined }
      expectIssue(
        edits,
        'cluster.credentialsSecretArn',
        /is missing: give the ARN .* or set cluster.connection to agent/,
      )
    },
  )

  test('by an agent needs no credentials', () => {
    expectFine(byAgent)
  })
})

describe('discovery', () => {
  test('is required for a cluster that is created', () => {
    const words = /is missing.*give bucket, projectId, location/
    expectRefused('discovery', undefined, words)
    const workloadIdentity = { oidcDiscoveryGCSBucket: 'prod-eu-oidc' }
    expectIssue(
      { discovery: undefined, 'cluster.spec.controlPlane.workloadIdentity': workloadIdentity },
      'discovery',
      words,
    )
  })

  test('with a bucket is refused for a cluster that has its own issuer', () => {
    const discovery = {
      bucket: 'some-oidc',
      projectId: 'platform-prod',
      location: 'EU',
      managementServiceAccount: 'management-sa@platform-prod.iam.gserviceaccount.com',
    }
    expectRefused('discovery', discovery, /makes no sense with provider existing/, 'existing-cluster')
  })

  test('a bucket in the spec other than the discovery bucket is refused', () => {
    const path = 'cluster.spec.controlPlane.workloadIdentity'
    expectIssue(
      { [path]: { oidcDiscoveryGCSBucket: 'another-bucket' } },
      `${path}.oidcDiscoveryGCSBucket`,
      /"another-bucket" is another bucket than discovery\.bucket, "prod-eu-oidc"/,
    )
    expectFine({ [path]: { oidcDiscoveryGCSBucket: 'prod-eu-oidc' } })
  })
})

describe('node pools', () => {
  const spec = 'cluster.nodePools.0.spec'
  const specPath = 'cluster.nodePools[0].spec'

  test.for<[string, string, unknown, RegExp]>([
    ['of another cluster', `${spec}.clusterName`, 'prod-us', /"prod-us" is not that of the cluster, "prod-eu"/],
    ['of another region', `${spec}.region`, 'us-east-1', /"us-east-1" is not that of the cluster, "eu-west-1"/],
    [
      'newer than the control plane',
      `${spec}.version`,
      '1.34.0-gke.1',
      /is newer than the control plane, 1\.33\.2-gke\.100/,
    ],
    ['of a version older than 1.19', `${spec}.version`, '1.18.20-gke.1', /is older than Kubernetes 1\.19/],
  ])('%s are refused', ([, field, value, words]) => expectRefused(field, value, words))

  test('with a region are not refused while the region of the cluster is invalid', () => {
    const edits = { [`${spec}.region`]: 'eu-west-1', 'cluster.spec.region': 'Ireland' }
    expectIssue(edits, 'cluster.spec.region', /is not an AWS region/)
  })

  test('with min above max are refused', () => {
    expectRefused(`${spec}.minNodeCount`, 6, /is 6, above maxNodeCount, 5/)
    expectFine({ [`${spec}.minNodeCount`]: 5 })
  })

  test.each([undefined, []])('are required with a spec: %j is refused', (nodePools) => {
    expectRefused('cluster.nodePools', nodePools, /has no node pool/)
  })

  test('with the same name are refused', () => {
    const [pool] = [partOf('nodePools')].flat()
    expectIssue(
      { 'cluster.nodePools': [pool, pool] },
      'cluster.nodePools[1].name',
      /"pool-0" is the name of cluster\.nodePools\[0\] too/,
    )
  })

  test.each([
    ['minNodeCount', -1],
    ['maxNodeCount', 0],
    ['maxPodsPerNode', 1000],
    ['minNodeCount', 1.5],
  ])('%s of %d is out of range and refused', (field, value) =>
    expectRefused(`${spec}.${field}`, value, /use a whole number from/),
  )

  test('with a taint of an unknown effect are refused', () => {
    expectIssue(
      { [`${spec}.taints`]: [{ key: 'a', effect: 'noSchedule' }] },
      `${specPath}.taints[0].effect`,
      /did you mean "NoSchedule"\?/,
    )
  })
})

describe('address ranges', () => {
  const networking = 'cluster.spec.networking'
  const pods = `${networking}.podAddressCIDRBlocks`
  const services = `${networking}.serviceAddressCIDRBlocks`

  test.each([['10.1.0.0/16'], ['10.0.0.0/8'], ['10.1.128.0/17']])(
    '%s of the pods overlaps the services and is refused',
    (range) => {
      expectIssue({ [pods]: [range] }, `${services}[0]`, /overlaps/)
    },
  )

  test('several ranges of pods or of services, or none, are refused', () => {
    expectRefused(pods, ['10.2.0.0/16', '10.3.0.0/16'], /has 2 ranges, and the cluster takes exactly one/)
    expectRefused(services, ['10.8.0.0/16', '10.9.0.0/16'], /has 2 ranges/)
    expectRefused(services, [], /has 0 ranges/)
  })

  test.each(['10.2.0.0', '10.2.0/16', '10.256.0.0/16', '10.2.0.0/33', 'fd00::/48', '', '10.2.0.0/16 '])(
    '%j is malformed and refused',
    (range) => expectIssue({ [pods]: [range] }, `${pods}[0]`, /is not an IPv4 range/),
  )

  test('address bits outside the prefix are refused, and the message has the corrected range', () => {
    expectIssue({ [pods]: ['10.2.3.4/16'] }, `${pods}[0]`, /write 10\.2\.0\.0\/16/)
  })

  test.each(['128.0.0.0/1', '10.2.0.0/30'])('%s is too large or too small and refused', (range) => {
    expectIssue({ [pods]: [range] }, `${pods}[0]`, /use 8 to 28/)
  })
})

describe('the spec', () => {
  const controlPlane = 'cluster.spec.controlPlane'

  test.each(['1.33', 'v1.33.2-gke.100', '1.33.2', 'latest'])('version %j is malformed and refused', (version) => {
    expectRefused(`${controlPlane}.version`, version, /is not a version of Anthos clusters on AWS/)
  })

  test('the version 1.19 is old enough', () => {
    expectFine({ [`${controlPlane}.version`]: '1.19.0-gke.1' })
  })

  test.each([
    [`${controlPlane}.version`, '1.18.20-gke.1', /is older than Kubernetes 1\.19/],
    ['cluster.spec.region', 'Ireland', /is not an AWS region/],
    ['cluster.spec.networking.vpcID', 'my-vpc', /is not the ID of a VPC/],
    [`${controlPlane}.instanceType`, 'large', /is not an EC2 instance type/],
    [
      `${controlPlane}.iamInstanceProfile`,
      'arn:aws:iam::000000000000:instance-profile/x',
      /is not the name of an instance profile/,
    ],
    [`${controlPlane}.databaseEncryption.kmsKeyARN`, 'alias/x', /is not the ARN of a KMS key/],
    [
      `${controlPlane}.databaseEncryption.kmsKeyARN`,
      'arn:aws:kms:us-east-1:000000000000:key/x',
      /is a key of us-east-1, and the cluster is in eu-west-1/,
    ],
    [`${controlPlane}.subnetIDs`, [], /is an empty list/],
  ])('%s %j is refused', (path, value, words) => expectRefused(path, value, words))

  test.each([`${controlPlane}.subnetIDs`, 'cluster.spec.networking.serviceLoadBalancerSubnetIDs'])(
    'an element of %s that is not a subnet is refused',
    (path) => expectIssue({ [path]: ['sg-0123456789abcdef0'] }, `${path}[0]`, /is not the ID of a subnet/),
  )

  test('ServiceLoadBalancerSubnetIDs in both spellings is refused', () => {
    const path = 'cluster.spec.networking.ServiceLoadBalancerSubnetIDs'
    expectRefused(path, ['subnet-0aa11bb22cc33dd44'], /given in both spellings/)
  })
})

test.each([
  ['cluster.spec.region', 'eu-west-1'],
  ['cluster.spec.networking.vpcID', 'vpc-0a1b2c3d4e5f60718'],
  ['cluster.spec.controlPlane.version', '1.33.2-gke.100'],
  ['cluster.spec.controlPlane.instanceType', 'm5.large'],
  ['cluster.spec.controlPlane.iamInstanceProfile', 'profile'],
  ['discovery.projectId', 'platform-prod'],
  ['discovery.location', 'EU'],
  ['discovery.managementServiceAccount', 'management-sa@platform-prod.iam.gserviceaccount.com'],
])('%s with additional characters before or after its value is refused', (path, value) => {
  expectFine({ [path]: value })
  for (const padded of [` ${value}`, `${value} `, `${value}\n`, `"${value}"`]) {
    expect(issuesOf('setup', { [path]: padded }).map((fault) => fault.path)).toContain(path)
  }
})

describe.each([
  ['cluster.spec.controlPlane.rootVolume', 'cluster.spec.controlPlane.rootVolume'],
  ['cluster.spec.controlPlane.etcd.mainVolume', 'cluster.spec.controlPlane.etcd.mainVolume'],
  ['cluster.nodePools.0.spec.rootVolume', 'cluster.nodePools[0].spec.rootVolume'],
])('the volume %s', (edit, path) => {
  test.each([{ iops: 3000 }, { iops: 3000, volumeType: 'gp2' }])(
    'with %j, iops without gp3, io1 or io2, is refused',
    (volume) => {
      expectIssue({ [edit]: volume }, `${path}.iops`, /use gp3, io1 or io2, or leave iops out/)
    },
  )

  test.each(['gp3', 'io1', 'io2'])('with iops and %s is accepted', (volumeType) => {
    expectFine({ [edit]: { iops: 3000, volumeType } })
  })

  test.each(['io1', 'io2'])('with %s and without iops is refused', (volumeType) => {
    expectIssue({ [edit]: { volumeType } }, `${path}.iops`, new RegExp(`is missing with ${volumeType}`))
  })

  test('with a key of another region is refused', () => {
    expectIssue(
      { [edit]: { kmsKeyARN: 'arn:aws:kms:us-east-1:000000000000:key/x' } },
      `${path}.kmsKeyARN`,
      /is a key of us-east-1/,
    )
  })
})

test.each([0, 4, 721, 30.5, -60])('readyTimeoutMinutes of %d is out of range and refused', (minutes) => {
  expectRefused('cluster.readyTimeoutMinutes', minutes, /use a whole number from 5 to 720/)
})

test('an issue has its field as a dotted path and as a JSON Pointer', () => {
  expect(issuesOf('setup', { 'cluster.nodePools.0.spec.a/b~c d': 1 })).toEqual([
    expect.objectContaining({
      path: 'cluster.nodePools[0].spec.a/b~c d',
      pointer: '#/cluster/nodePools/0/spec/a~1b~0c%20d',
    }),
  ])
})
