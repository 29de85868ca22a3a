import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { asString, at } from '../objects/objects.ts'
import type { Store } from '../objects/store.ts'
import type { TokenSigner } from '../tokens.ts'

export interface User {
  readonly name: string
  readonly uid: string
  readonly groups: readonly string[]
}

export interface Credentials {
  readonly adminToken: string
  readonly signer: TokenSigner
  readonly store: Store
}

/** The user of a client without credentials, as by the default of --anonymous-auth. */
const anonymous: User = { name: 'system:anonymous', uid: '', groups: ['system:unauthenticated'] }

const admin: User = { name: 'kubernetes-admin', uid: '', groups: ['system:masters', 'system:authenticated'] }

/** Returns the user of the token or client certificate, the anonymous user, or undefined for an unknown token. */
export async function authenticate(request: IncomingMessage, credentials: Credentials): Promise<User | undefined> {
  const header = request.headers.authorization ?? ''
  const token = /^Bearer (.+)$/i.exec(header)?.[1]
  if (token !== undefined) return userOfToken(token, credentials)
  return userOfCertificate(request) ?? anonymous
}

async function userOfToken(token: string, { adminToken, signer, store }: Credentials): Promise<User | undefined> {
  if (sameText(token, adminToken)) return admin
  const claims = await signer.verify(token)
  if (!claims) return undefined
  const namespace = asString(at(claims, 'kubernetes.io', 'namespace'))
  const name = asString(at(claims, 'kubernetes.io', 'serviceaccount', 'name'))
  const account = store.get('ServiceAccount', name, namespace)
  const uid = asString(at(claims, 'kubernetes.io', 'serviceaccount', 'uid'))
  if (!account || account.metadata.uid !== uid) return undefined
  if (!hasItsPod(claims, namespace, store)) return undefined
  return serviceAccountUser(namespace, name, uid)
}

/**
 * A token that is bound to a pod becomes invalid with the pod:
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
 */
function hasItsPod(claims: unknown, namespace: string, store: Store): boolean {
  const pod = at(claims, 'kubernetes.io', 'pod')
  if (pod === undefined) return true
  return store.get('Pod', asString(at(pod, 'name')), namespace)?.metadata.uid === at(pod, 'uid')
}

export function serviceAccountUser(namespace: string, name: string, uid: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}

function userOfCertificate({ socket }: IncomingMessage): User | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const { subject } = socket.getPeerCertificate()
  if (!subject?.CN) return undefined
  const organisations: unknown = subject.O
  const groups = Array.isArray(organisations) ? organisations.map(String) : organisations ? [String(organisations)] : []
  return { name: String(subject.CN), uid: '', groups: [...groups, 'system:authenticated'] }
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

/**
 * Returns the user that a member of system:masters impersonates, by Impersonate-User and Impersonate-Group headers
 * (k8s.io/apiserver, endpoints/filters/impersonation.go). A service account has its own groups by default.
 */
export function impersonated(user: User, request: IncomingMessage): User {
  const name = request.headers['impersonate-user']
  if (typeof name !== 'string' || !user.groups.includes('system:masters')) return user
  const named = request.headersDistinct['impersonate-group'] ?? []
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  const implied = account && named.length === 0 ? serviceAccountUser(account[1] ?? '', account[2] ?? '', '').groups : []
  return { name, uid: '', groups: [...new Set([...named, ...implied, 'system:authenticated'])] }
}
