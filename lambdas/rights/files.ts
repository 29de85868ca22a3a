/** The manifests as files and as objects, for one request and for a complete cluster. */
import { webhook as webhookDefaults } from '../spec/setup-request.ts'
import {
  dangerOfAll,
  dangerOfAllClusters,
  dangerOfRenewal,
  dangerOfRequests,
  dangersOf,
  type HeadParts,
  headOf,
} from './head.ts'
import {
  managementManifests,
  type Purpose,
  plainObject,
  type Rights,
  userClusterManifests,
  wholeManagementManifests,
  wholeUserClusterManifests,
} from './manifests.ts'
import type { Setup } from './setup.ts'
import { yamlOf } from './yaml.ts'

export interface RightsFile {
  readonly name: string
  /** YAML for `kubectl apply -f`, with comments. */
  readonly text: string
  /** The same objects, as an API server accepts them. */
  readonly objects: readonly Readonly<Record<string, unknown>>[]
}

const doers = {
  setups: 'a setup does',
  'setups and teardowns': 'a setup and a teardown do',
} as const

/** The rights of a setup on its cluster. `madeBy` is the command line that generates the file. */
export function userClusterFile(setup: Setup, madeBy: string, forWhat: Purpose = 'setups'): RightsFile {
  const { cluster, secretArn, workloads } = setup
  return file('user-cluster.yaml', userClusterManifests(setup, forWhat), {
    what: `What ${doers[forWhat]} on the cluster ${cluster}, and no more (${webhookOf(setup)}).`,
    madeBy,
    dangers: dangersOf(setup),
    namespaces: [...new Set(workloads.map(({ namespace }) => namespace))],
    secretName: secretNameOf(secretArn),
  })
}

/** The rights of a setup on the management cluster. Undefined if the cluster has no management cluster. */
export function managementFile(setup: Setup, madeBy: string, forWhat: Purpose = 'setups'): RightsFile | undefined {
  const { cluster, management } = setup
  if (!management) return undefined
  return file('management-cluster.yaml', managementManifests(setup, forWhat), {
    what: `What ${doers[forWhat]} on the management cluster of ${cluster}, and no more.`,
    madeBy,
    dangers: setup.renewal ? [dangerOfRenewal] : [],
    namespaces: [management.namespace],
    secretName: secretNameOf(management.secretArn),
  })
}

const webhookNamespace = webhookDefaults.parse({}).namespace

/** The rights on a cluster for the setups of all requests that use the webhook's default namespace. */
export function userClusterFileForAll(certificate: 'own-ca' | 'csr'): RightsFile {
  const what = `What the setups of all requests do on a cluster, for whatever accounts in whatever namespaces; the webhook is in ${webhookNamespace}`
  const ofCertificate = {
    'own-ca': { what: `${what}, and has a certificate of ours.`, dangers: [dangerOfAll] },
    csr: {
      what: `${what}, and asks the cluster for its certificate: only for Kubernetes 1.21 and older.`,
      dangers: [dangerOfAll, dangerOfRequests],
    },
  }[certificate]
  return file('user-cluster.yaml', wholeUserClusterManifests(certificate, webhookNamespace), {
    ...ofCertificate,
    namespaces: [],
    secretName: 'workload-identity/CLUSTER/user-cluster',
  })
}

/** The rights on a management cluster for the setups of all requests. */
export function managementFileForAll(): RightsFile {
  return file('management-cluster.yaml', wholeManagementManifests(), {
    what: 'What the setups of all requests do on a management cluster, for whatever clusters in whatever namespaces.',
    dangers: [dangerOfAllClusters],
    namespaces: [],
    secretName: 'workload-identity/CLUSTER/management',
  })
}

function file(name: string, rights: Rights, head: Omit<HeadParts, 'account' | 'label' | 'file'>): RightsFile {
  const { account, label } = rights
  return {
    name,
    text: yamlOf(rights, headOf({ ...head, file: name, account, label })),
    objects: rights.objects.map(plainObject),
  }
}

function webhookOf({ mode, webhookNamespace }: Setup): string {
  switch (mode) {
    case 'own-ca':
      return `webhook in ${webhookNamespace}, certificate of ours`
    case 'csr':
      return `webhook in ${webhookNamespace}, certificate of the cluster: Kubernetes 1.21 and older`
    case 'managed':
      return 'a webhook that is there already'
    case 'none':
      return 'no webhook'
  }
}

/**
 * For example "workload-identity/prod-eu/user-cluster", from an ARN with or without AWS's suffix. AWS also reads a
 * hyphen and six characters as suffix: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html
 */
function secretNameOf(arn: string | undefined): string | undefined {
  return arn?.replace(/^.*:secret:/, '').replace(/-[A-Za-z0-9]{6}$/, '')
}
