/**
 * Decides which certificate requests to approve: only requests that the webhook creates.
 *
 * The cluster's own authority signs an approved request for kubernetes.io/legacy-unknown. With another subject or
 * usage, the certificate could impersonate anybody. So every part of a request must equal the same part of the requests
 * that real webhooks were observed to create.
 */
import { filteredName } from '../../clouds/kubernetes/shown.ts'
import type { Explanation } from '../../errors/step-errors.ts'
import { webhookUser } from '../desired/names.ts'
import { asksForWebhook, differencesInPkcs10 } from './pkcs10.ts'

/** The fields of a CertificateSigningRequest (certificates.k8s.io/v1) that this module reads. */
export interface CertificateRequest {
  readonly metadata?: { readonly name?: string; readonly creationTimestamp?: Date }
  readonly spec: {
    /** PEM in base64. */
    readonly request: string
    readonly signerName: string
    readonly usages?: readonly string[]
    readonly username?: string
    readonly groups?: readonly string[]
    readonly extra?: Readonly<Record<string, readonly string[]>>
    readonly expirationSeconds?: number
  }
  readonly status?: {
    /** Base64. */
    readonly certificate?: string
    readonly conditions?: readonly { readonly type: string }[]
  }
}

export interface ApprovalDecision<Request extends CertificateRequest> {
  /** Requests to approve now, newest first: at most the number of replicas minus the number of `unsigned` requests. */
  readonly approve: readonly Request[]
  /** Requests that stay pending, with the reason. */
  readonly leftPending: readonly { readonly name: string; readonly why: string }[]
  /** Names of approved requests that have no certificate yet. */
  readonly unsigned: readonly string[]
  /** Set when the webhook's newest request was denied or has failed. */
  readonly refused?: Explanation
}

/** The maximum number of pending requests to name. Thousands of names would exceed the size of an item in the table. */
const maxNamed = 20
const surplus = 'enough requests for all replicas are being signed already'
const legacySigner = 'kubernetes.io/legacy-unknown'
const usages = ['digital signature', 'key encipherment', 'server auth']
/** Prefix of the claims that a bound token adds about its pod and node (Kubernetes 1.21 and newer). */
const tokenExtra = 'authentication.kubernetes.io/'

/** Decides on all requests of a cluster, for the webhook in this namespace. */
export async function decideApprovals<Request extends CertificateRequest>(
  requests: readonly Request[],
  webhook: { readonly namespace: string; readonly replicas: number },
): Promise<ApprovalDecision<Request>> {
  const related = requests.filter((request) => isRelated(request, webhook.namespace))
  const judged = await Promise.all(
    related.toSorted(newestFirst).map(async (request) => ({
      request,
      state: stateOf(request),
      differences: await differencesFrom(request, webhook.namespace),
    })),
  )
  const matching = judged.filter(({ differences }) => differences.length === 0)
  const unsigned = matching.filter(({ state }) => state === 'approved').map(({ request }) => nameOf(request))
  const pending = matching.filter(({ state }) => state === 'pending').map(({ request }) => request)
  const approve = pending.slice(0, Math.max(0, webhook.replicas - unsigned.length))
  const lookAlikes = judged.filter(({ state, differences }) => state === 'pending' && differences.length > 0)
  const newest = matching[0]
  return {
    approve,
    leftPending: limited([
      ...lookAlikes.map(({ request, differences }) => ({ name: nameOf(request), why: differences.join(', ') })),
      ...pending.slice(approve.length).map((request) => ({ name: nameOf(request), why: surplus })),
    ]),
    unsigned,
    ...(newest?.state === 'refused' && { refused: refusal(newest.request) }),
  }
}

function limited(left: ApprovalDecision<CertificateRequest>['leftPending']): typeof left {
  const others = left.length - maxNamed
  if (others <= 0) return left
  return [...left.slice(0, maxNamed), { name: `(${others} more)`, why: 'kubectl get csr lists them' }]
}

/**
 * Names of the obsolete requests of the webhook's account: in csr mode the issued and refused requests, in own-ca mode
 * all requests. The API server sets the user of a request, so nobody can forge the user.
 */
export function leftOverRequests(
  requests: readonly CertificateRequest[],
  { namespace, mode }: { readonly namespace: string; readonly mode: 'own-ca' | 'csr' },
): readonly string[] {
  const isDone = (request: CertificateRequest) => ['issued', 'refused'].includes(stateOf(request))
  return requests
    .filter(({ spec }) => spec.username === webhookUser(namespace))
    .filter((request) => mode === 'own-ca' || isDone(request))
    .flatMap(({ metadata }) => metadata?.name ?? [])
}

/** The differences between this request and a request of the webhook, as phrases. Empty if there are none. */
export async function differencesFrom(request: CertificateRequest, namespace: string): Promise<readonly string[]> {
  return [...inEnvelope(request.spec, namespace), ...(await differencesInPkcs10(request.spec.request, namespace))]
}

/** Differences outside of the PKCS #10. The API server sets the user, groups and extra fields of a request. */
function inEnvelope(spec: CertificateRequest['spec'], namespace: string): readonly string[] {
  const user = webhookUser(namespace)
  const groups = ['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  const foreignExtra = Object.keys(spec.extra ?? {}).filter((key) => !key.startsWith(tokenExtra))
  const checks: readonly (readonly [boolean, string])[] = [
    [spec.username === user, `it was created by ${quoted(spec.username)} and not by ${user}`],
    [isSameSet(spec.groups, groups), 'the groups of its user are not exactly those of a service account'],
    [foreignExtra.length === 0, 'its user has extra fields that a service account lacks'],
    [spec.signerName === legacySigner, `its signer is ${quoted(spec.signerName)} and not ${legacySigner}`],
    [isSameSet(spec.usages, usages), `its usages are not just ${usages.join(', ')}`],
    [spec.expirationSeconds === undefined, 'it asks for a lifetime'],
  ]
  return checks.filter(([isRight]) => !isRight).map(([, phrase]) => phrase)
}

/** Whether a request concerns the webhook. {@link decideApprovals} omits all others, such as those of kubelets. */
function isRelated(request: CertificateRequest, namespace: string): boolean {
  return request.spec.username === webhookUser(namespace) || asksForWebhook(request.spec.request, namespace)
}

type RequestState = 'pending' | 'approved' | 'issued' | 'refused'

function stateOf({ status }: CertificateRequest): RequestState {
  const types = new Set(status?.conditions?.map(({ type }) => type))
  if (types.has('Denied') || types.has('Failed')) return 'refused'
  if (!types.has('Approved')) return 'pending'
  return status?.certificate ? 'issued' : 'approved'
}

function refusal(request: CertificateRequest): Explanation {
  const failed = request.status?.conditions?.some(({ type }) => type === 'Failed')
  const name = nameOf(request)
  return {
    object: `CertificateSigningRequest ${name}`,
    reason: failed ? 'the signer of the cluster could not sign it' : 'somebody denied it',
    action: `See why with kubectl describe csr ${name}, then run kubectl delete csr ${name}, restart the webhook's pods and send the request again`,
  }
}

function newestFirst(a: CertificateRequest, b: CertificateRequest): number {
  const time = (request: CertificateRequest) => request.metadata?.creationTimestamp?.getTime() ?? 0
  return time(b) - time(a) || nameOf(a).localeCompare(nameOf(b))
}

/** The name in a form that is safe in messages, because the creator of a request can choose almost any characters. */
function nameOf({ metadata }: CertificateRequest): string {
  return filteredName(metadata?.name)
}

/** Quotes an untrusted text, truncated to fit into a sentence. */
function quoted(text: string | undefined): string {
  return JSON.stringify((text ?? '').slice(0, 100))
}

/** Whether both lists contain the same elements in any order, each once. */
function isSameSet(observed: readonly string[] | undefined, expected: readonly string[]): boolean {
  return JSON.stringify(observed?.toSorted()) === JSON.stringify(expected.toSorted())
}
