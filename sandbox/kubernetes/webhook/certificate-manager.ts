import 'reflect-metadata'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { generateKeys, keyPem } from '../../network/certificates.ts'
import type { ApiClient } from '../api-client.ts'
import { pause } from '../clusters/mirror.ts'
import { shortened } from '../container-waits.ts'
import { asString, at, type JsonObject, objectsIn } from '../objects/objects.ts'
import type { WebhookFlags } from './flags.ts'
import type { WebhookImage } from './images.ts'

/** As in the real webhook: the time to wait for a certificate, and the time until the next request after a failure. */
const approvalMs = 15 * 60 * 1000
const retryMs = 2000

export interface ServingCertificate {
  readonly key: string
  readonly cert: string
}

interface Parts {
  readonly client: ApiClient
  readonly flags: WebhookFlags
  readonly image: WebhookImage
  readonly signal: AbortSignal
}

/**
 * Returns the certificate for --in-cluster=true: the stored certificate of the Secret, or a new certificate that this
 * replica requests from the cluster and stores in the Secret. Returns undefined if the signal is aborted first.
 */
export async function obtainCertificate(parts: Parts): Promise<ServingCertificate | undefined> {
  while (!parts.signal.aborted) {
    const stored = await readSecret(parts)
    if (stored) return stored
    const made = await request(parts).catch(() => undefined)
    if (made && (await store(parts, made))) return made
    await pause(shortened(retryMs), parts.signal)
  }
  return undefined
}

function secretPath({ flags }: Parts): string {
  return `/api/v1/namespaces/${flags.namespace}/secrets/${flags.tlsSecret}`
}

async function readSecret(parts: Parts): Promise<ServingCertificate | undefined> {
  const secret = await parts.client.call('GET', secretPath(parts)).catch(() => undefined)
  return secret && pairOf(secret)
}

/** Returns key and certificate of a Secret of type kubernetes.io/tls, if they match and have not expired. */
export function pairOf(secret: JsonObject): ServingCertificate | undefined {
  const text = (name: string) => Buffer.from(asString(at(secret, 'data', name)), 'base64').toString()
  const pair = { key: text('tls.key'), cert: text('tls.crt') }
  try {
    const certificate = new X509Certificate(pair.cert)
    const isUsable = certificate.checkPrivateKey(createPrivateKey(pair.key)) && certificate.validToDate > new Date()
    return isUsable ? pair : undefined
  } catch {
    return undefined
  }
}

async function request(parts: Parts): Promise<ServingCertificate | undefined> {
  const { client, flags, image } = parts
  const keys = await generateKeys()
  const base = `${flags.serviceName}.${flags.namespace}`
  const names = [flags.serviceName, base, `${base}.svc`, `${base}.svc.cluster.local`]
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${base}.svc`,
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))],
  })
  const collection = `/apis/certificates.k8s.io/${image.csrVersion}/certificatesigningrequests`
  const created = await client.call('POST', collection, {
    apiVersion: `certificates.k8s.io/${image.csrVersion}`,
    kind: 'CertificateSigningRequest',
    metadata: { generateName: 'csr-' },
    spec: {
      request: Buffer.from(`${csr.toString('pem')}\n`).toString('base64'),
      signerName: 'kubernetes.io/legacy-unknown',
      usages: ['digital signature', 'key encipherment', 'server auth'],
    },
  })
  const cert = await awaitCertificate(parts, collection, asString(at(created, 'metadata', 'name')))
  return cert === undefined ? undefined : { key: keyPem(keys.privateKey), cert }
}

/** Returns undefined when the request is denied, has failed, or gets no decision in time. */
async function awaitCertificate(parts: Parts, collection: string, name: string): Promise<string | undefined> {
  const ended = new AbortController()
  const signal = AbortSignal.any([parts.signal, ended.signal, AbortSignal.timeout(approvalMs)])
  const selected = `${collection}?fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`
  let certificate: string | undefined
  const look = (request: JsonObject) => {
    const conditions = objectsIn(at(request, 'status', 'conditions')).map(({ type }) => type)
    const found = asString(at(request, 'status', 'certificate'))
    if (found !== '' && conditions.includes('Approved')) certificate = Buffer.from(found, 'base64').toString()
    if (certificate !== undefined || conditions.includes('Denied') || conditions.includes('Failed')) ended.abort()
  }
  const { items, resourceVersion } = await parts.client.list(selected)
  items.forEach(look)
  if (!signal.aborted) {
    const path = `${selected}&watch=true&resourceVersion=${resourceVersion}`
    await parts.client.watch(path, signal, (_, object) => look(object)).catch(() => undefined)
  }
  return certificate
}

async function store(parts: Parts, { key, cert }: ServingCertificate): Promise<boolean> {
  const data = { 'tls.key': Buffer.from(key).toString('base64'), 'tls.crt': Buffer.from(cert).toString('base64') }
  const { namespace, tlsSecret } = parts.flags
  const path = secretPath(parts)
  const known = await parts.client.call('GET', path).catch(() => undefined)
  const written = known
    ? parts.client.call('PUT', path, { ...known, data })
    : parts.client.call('POST', `/api/v1/namespaces/${namespace}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: tlsSecret, namespace },
        type: 'kubernetes.io/tls',
        data,
      })
  return written.then(
    () => true,
    () => false,
  )
}
