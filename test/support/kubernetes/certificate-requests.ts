/** Certificate requests as the webhook creates them, and variants. */
import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import {
  type Attribute,
  type Extension,
  type JsonName,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509'
import type { CertificateRequest } from '../../../lambdas/webhook/certificate/csr.ts'

export const requestNamespace = 'workload-identity-webhook'

/** The DNS names that the webhook of this namespace requests. */
export function rightNamesIn(namespace: string): string[] {
  const name = `pod-identity-webhook.${namespace}`
  return ['pod-identity-webhook', name, `${name}.svc`, `${name}.svc.cluster.local`]
}

export const rightNames = rightNamesIn(requestNamespace)

export interface Pkcs10Parts {
  readonly name?: JsonName
  readonly extensions?: Extension[]
  readonly attributes?: Attribute[]
  readonly key?: webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams
  readonly hash?: string
  /** Changes the signed DER. */
  readonly tamper?: (der: Buffer) => Buffer
  /** Changes the PEM. */
  readonly rewrap?: (pem: string) => string
}

export const ecKey = { name: 'ECDSA', namedCurve: 'P-256' }

export function dnsExtension(names: readonly string[]): SubjectAlternativeNameExtension {
  return new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))
}

/** The base64 of a PEM, as in the field `request`, for the webhook of this namespace. */
export async function pkcs10(parts: Pkcs10Parts = {}, namespace = requestNamespace): Promise<string> {
  const algorithm = parts.key ?? ecKey
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  if (!('privateKey' in keys)) throw new Error('not a pair of keys')
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: parts.name ?? [{ CN: [`pod-identity-webhook.${namespace}.svc`] }],
    extensions: parts.extensions ?? [dnsExtension(rightNamesIn(namespace))],
    attributes: parts.attributes ?? [],
    signingAlgorithm: { hash: parts.hash ?? 'SHA-256', ...algorithm },
    keys,
  })
  const der = Buffer.from(request.rawData)
  const body = (parts.tamper?.(der) ?? der)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd()
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`
  return Buffer.from(parts.rewrap?.(pem) ?? pem).toString('base64')
}

/** The CertificateSigningRequest as the API server completes it. */
export function certificateRequest(
  request: string,
  spec: Partial<CertificateRequest['spec']> = {},
  rest: Partial<Omit<CertificateRequest, 'spec'>> = {},
): CertificateRequest {
  return {
    metadata: { name: 'csr-right', creationTimestamp: new Date('2026-11-25T12:00:00Z') },
    spec: {
      request,
      signerName: 'kubernetes.io/legacy-unknown',
      usages: ['digital signature', 'key encipherment', 'server auth'],
      username: 'system:serviceaccount:workload-identity-webhook:pod-identity-webhook',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:workload-identity-webhook', 'system:authenticated'],
      ...spec,
    },
    ...rest,
  }
}
