import { any, bool, int, list, listBy, map, obj, oneOf, type Schema, str } from '../kinds/schema.ts'
import { modelSchema } from './models.ts'

const conditions = listBy(['type'], modelSchema('V1Condition'))

function resourceSchema(fields: Readonly<Record<string, Schema>>) {
  return obj({ apiVersion: str(), kind: str(), metadata: modelSchema('V1ObjectMeta'), ...fields }, ['spec'])
}

const rootVolume = obj({
  sizeGiB: int(),
  volumeType: oneOf(['gp2', 'gp3', 'io1', 'io2', 'standard', 'st1', 'sc1']),
  iops: int(),
  kmsKeyARN: str(),
})

/** AWSCluster of multicloud.cluster.gke.io/v1, as far as its reference documents it. */
export const awsCluster = resourceSchema({
  spec: obj(
    {
      region: str(),
      networking: obj(
        {
          vpcID: str(),
          podAddressCIDRBlocks: list(str()),
          serviceAddressCIDRBlocks: list(str()),
          serviceLoadBalancerSubnetIDs: list(str()),
        },
        ['vpcID', 'podAddressCIDRBlocks', 'serviceAddressCIDRBlocks'],
      ),
      controlPlane: obj(
        {
          version: str(),
          instanceType: str(),
          keyName: str(),
          subnetIDs: list(str()),
          securityGroupIDs: list(str()),
          iamInstanceProfile: str(),
          databaseEncryption: obj({ kmsKeyARN: str() }, ['kmsKeyARN']),
          hub: obj({ membershipName: str() }),
          cloudOperations: obj({
            projectID: str(),
            location: str(),
            enableLogging: bool(),
            enableMonitoring: bool(),
          }),
          tags: map(),
          proxySecretName: str(),
          workloadIdentity: obj({ oidcDiscoveryGCSBucket: str() }, ['oidcDiscoveryGCSBucket']),
          rootVolume,
          etcd: obj({ mainVolume: rootVolume }),
        },
        ['version', 'subnetIDs', 'iamInstanceProfile', 'databaseEncryption'],
      ),
      authentication: obj({ awsIAM: obj({ adminIdentityARNs: list(str()) }), oidc: list(any) }),
    },
    ['region', 'networking', 'controlPlane'],
  ),
  status: obj({
    state: str(),
    clusterID: str(),
    version: str(),
    controlPlaneEndpoint: str(),
    workloadIdentityInfo: obj({ issuerURL: str() }),
    conditions,
  }),
})

export const awsNodePool = resourceSchema({
  spec: obj(
    {
      clusterName: str(),
      version: str(),
      region: str(),
      subnetID: str(),
      minNodeCount: int(),
      maxNodeCount: int(),
      maxPodsPerNode: int(),
      instanceType: str(),
      keyName: str(),
      iamInstanceProfile: str(),
      proxySecretName: str(),
      rootVolume,
      labels: map(),
      taints: list(obj({ key: str(), value: str(), effect: str() }, ['key', 'effect'])),
      tags: map(),
    },
    [
      'clusterName',
      'version',
      'region',
      'subnetID',
      'minNodeCount',
      'maxNodeCount',
      'instanceType',
      'iamInstanceProfile',
    ],
  ),
  status: obj({ state: str(), version: str(), nodeCount: int(), conditions }),
})
