import type { ClusterContext } from '../context.ts'
import { asString, at, type JsonObject, type KubeObject, objectsIn, stringsIn, timestamp } from '../objects/objects.ts'
import { parseRequest } from '../strategies/certificate-requests.ts'
import { type Loop, runLoop } from './loop.ts'
import { putStatus } from './writes.ts'

const manager = 'kube-controller-manager'

/** The usages of a request, and the organisations of its subject. */
interface Requested {
  readonly usages: readonly string[]
  readonly organisations: readonly string[]
}

/** Each signer of the controller manager returns why it rejects a request (pkg/controller/certificates/signer). */
const signers: Readonly<Record<string, (requested: Requested) => string | undefined>> = {
  'kubernetes.io/legacy-unknown': () => undefined,
  'kubernetes.io/kube-apiserver-client': ({ usages }) => againstClient(usages),
  'kubernetes.io/kube-apiserver-client-kubelet': (requested) => againstNode(requested, 'client auth'),
  'kubernetes.io/kubelet-serving': (requested) => againstNode(requested, 'server auth'),
}

const commonUsages = ['digital signature', 'key encipherment']

function againstClient(usages: readonly string[]): string | undefined {
  const wrong = usages.find((usage) => usage !== 'client auth' && !commonUsages.includes(usage))
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
}

function againstNode({ usages, organisations }: Requested, purpose: string): string | undefined {
  if (organisations.join() !== 'system:nodes') return 'subject organization is not system:nodes'
  const isRight = usages.includes(purpose) && usages.every((usage) => usage === purpose || commonUsages.includes(usage))
  return isRight ? undefined : 'usages did not match'
}

/** Signs approved requests with the cluster's CA. A request that its signer rejects gets the condition Failed. */
export function startCertificateSigner(cluster: ClusterContext): Loop {
  return runLoop(cluster.store, ['CertificateSigningRequest'], async () => {
    for (const request of cluster.store.list('CertificateSigningRequest')) {
      if (isWaiting(request)) await sign(cluster, request)
    }
    return false
  })
}

function isWaiting(request: KubeObject): boolean {
  const conditions = new Set(objectsIn(at(request, 'status', 'conditions')).map(({ type }) => type))
  if (at(request, 'status', 'certificate') !== undefined) return false
  return conditions.has('Approved') && !conditions.has('Denied') && !conditions.has('Failed')
}

async function sign(cluster: ClusterContext, request: KubeObject): Promise<void> {
  const against = signers[asString(at(request, 'spec', 'signerName'))]
  if (!against) return
  const usages = stringsIn(at(request, 'spec', 'usages'))
  const parsed = parseRequest(asString(at(request, 'spec', 'request')))
  if (!parsed) return fail(cluster, request, 'unable to parse csr')
  const why = against({ usages, organisations: parsed.subjectName.getField('O') })
  if (why !== undefined) return fail(cluster, request, why)
  if (!(await parsed.verify())) return fail(cluster, request, 'unable to parse csr: the signature is wrong')
  const certificate = await cluster.authority.sign(parsed, usages)
  const status = {
    conditions: objectsIn(at(request, 'status', 'conditions')),
    certificate: Buffer.from(certificate).toString('base64'),
  }
  putStatus(cluster, request, status, manager)
}

function fail(cluster: ClusterContext, request: KubeObject, message: string): void {
  const now = timestamp()
  const failed: JsonObject = {
    type: 'Failed',
    status: 'True',
    reason: 'SignerValidationFailure',
    message,
    lastUpdateTime: now,
    lastTransitionTime: now,
  }
  putStatus(cluster, request, { conditions: [...objectsIn(at(request, 'status', 'conditions')), failed] }, manager)
}
