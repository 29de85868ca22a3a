/** Certificate requests that differ from the webhook's in one property, created by accounts of a real cluster. */
import 'reflect-metadata'
import { type JsonName, SubjectAlternativeNameExtension } from '@peculiar/x509'
import { ApiClient, ApiRefusal } from '../../../../sandbox/kubernetes/api-client.ts'
import { asString, at } from '../../../../sandbox/kubernetes/objects/objects.ts'
import type { RealCluster } from '../../../../sandbox/kubernetes/real/cluster.ts'
import { untilDecided } from '../../../support/kubernetes/access-reviews.ts'
import { dnsExtension, pkcs10, requestNamespace, rightNames } from '../../../support/kubernetes/certificate-requests.ts'
import { minorOf } from '../../../support/kubernetes/clusters.ts'

export interface LookAlike {
  readonly name: string
  /** The difference that the product must report. */
  readonly difference: RegExp
  /** The API server's message when it refused the request. */
  readonly refusal?: string
}

interface Draft {
  readonly name: string
  readonly difference: RegExp
  /** NAMESPACE/ACCOUNT. The default is the administrator. */
  readonly by?: string
  readonly names?: readonly string[]
  readonly address?: string
  readonly subject?: JsonName
  readonly usages?: readonly string[]
  readonly signerName?: string
}

const webhook = `${requestNamespace}/pod-identity-webhook`
const rightUsages = ['digital signature', 'key encipherment', 'server auth']
const commonName = { CN: ['pod-identity-webhook.workload-identity-webhook.svc'] }

const drafts: readonly Draft[] = [
  { name: 'by-another-account', difference: /was created by/, by: `${requestNamespace}/other` },
  { name: 'by-its-namesake-elsewhere', difference: /was created by/, by: 'strangers/pod-identity-webhook' },
  { name: 'by-the-administrator', difference: /was created by "kubernetes-admin"/ },
  { name: 'for-one-name-more', difference: /names/, by: webhook, names: [...rightNames, 'kubernetes.default.svc'] },
  { name: 'for-one-name-less', difference: /names/, by: webhook, names: rightNames.slice(1) },
  { name: 'for-an-address-too', difference: /names/, by: webhook, address: '10.96.0.1' },
  { name: 'for-another-subject', difference: /subject/, by: webhook, subject: [{ CN: ['kubernetes'] }] },
  { name: 'for-a-group', difference: /subject/, by: webhook, subject: [{ O: ['system:masters'] }, commonName] },
  { name: 'for-clients-too', difference: /usages/, by: webhook, usages: [...rightUsages, 'client auth'] },
  { name: 'of-another-signer', difference: /its signer is/, by: webhook, signerName: 'example.com/any' },
]

/** Creates all ten. The webhook's account must exist. */
export async function createLookAlikes(cluster: RealCluster): Promise<readonly LookAlike[]> {
  const admin = clientOf(cluster, cluster.adminToken)
  await createOtherAccounts(cluster, admin)
  return Promise.all(drafts.map((draft) => create(cluster, admin, draft)))
}

async function createOtherAccounts(cluster: RealCluster, admin: ApiClient): Promise<void> {
  const rbac = { apiGroup: 'rbac.authorization.k8s.io' }
  const group = 'system:serviceaccounts'
  const access = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', verb: 'create' }
  await admin.call('POST', '/api/v1/namespaces', { metadata: { name: 'strangers' } })
  await admin.call('POST', '/api/v1/namespaces/strangers/serviceaccounts', {
    metadata: { name: 'pod-identity-webhook' },
  })
  await admin.call('POST', `/api/v1/namespaces/${requestNamespace}/serviceaccounts`, { metadata: { name: 'other' } })
  await admin.call('POST', `/apis/${rbac.apiGroup}/v1/clusterroles`, {
    metadata: { name: 'certificate-requesters' },
    rules: [{ apiGroups: [access.group], resources: [access.resource], verbs: [access.verb] }],
  })
  await admin.call('POST', `/apis/${rbac.apiGroup}/v1/clusterrolebindings`, {
    metadata: { name: 'certificate-requesters' },
    roleRef: { ...rbac, kind: 'ClusterRole', name: 'certificate-requesters' },
    subjects: [{ ...rbac, kind: 'Group', name: group }],
  })
  await untilDecided(cluster, [{ user: 'anybody', groups: [group], access, allowed: true }])
}

async function create(cluster: RealCluster, admin: ApiClient, draft: Draft): Promise<LookAlike> {
  const { name, difference, by } = draft
  const creator = by === undefined ? admin : clientOf(cluster, await tokenOf(admin, by))
  const version = minorOf(cluster) <= 21 ? 'v1beta1' : 'v1'
  try {
    await creator.call('POST', `/apis/certificates.k8s.io/${version}/certificatesigningrequests`, {
      metadata: { name },
      spec: {
        request: await requestOf(draft),
        signerName: draft.signerName ?? 'kubernetes.io/legacy-unknown',
        usages: draft.usages ?? rightUsages,
      },
    })
    return { name, difference }
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error
    return { name, difference, refusal: error.message }
  }
}

function requestOf({ names = rightNames, address, subject }: Draft): Promise<string> {
  const withAddress = new SubjectAlternativeNameExtension([
    ...names.map((value) => ({ type: 'dns' as const, value })),
    ...(address === undefined ? [] : [{ type: 'ip' as const, value: address }]),
  ])
  const extension = address === undefined ? dnsExtension(names) : withAddress
  return pkcs10({ extensions: [extension], ...(subject && { name: subject }) })
}

async function tokenOf(admin: ApiClient, account: string): Promise<string> {
  const [namespace, name] = account.split('/')
  const request = await admin.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    spec: {},
  })
  return asString(at(request, 'status', 'token'))
}

function clientOf({ port, caPem }: RealCluster, token: string): ApiClient {
  return new ApiClient({ port, caPem, token: async () => token })
}
