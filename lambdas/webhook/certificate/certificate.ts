/** Reads and checks the webhook's certificates, both ours (own-ca) and those that the cluster signs (csr). */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import type { Validity } from '../../operations/record/record.ts'
import { serverNames, webhookName } from '../desired/names.ts'

/** All parts are PEM. `key` is PKCS #8 and secret. */
export interface CertificatePem {
  readonly certificate: string
  readonly key: string
  readonly authority: string
}

/** `data` of a Secret, with values in base64. */
export type SecretData = Readonly<Record<string, string>>

const dayMs = 24 * 60 * 60 * 1000
/**
 * One year, like certificates of the cluster's own signer. With an expired certificate, pods silently start unmutated.
 * A certificate is renewed when a third of its validity remains, which leaves four months for the renewal to succeed.
 */
export const validityMs = 365 * dayMs
const renewWithLeftMs = validityMs / 3

/** The certificate in a Secret of this product. Undefined if a part is missing. */
export function readCertificate(data: SecretData | undefined): CertificatePem | undefined {
  const certificate = decoded(data?.['tls.crt'])
  const key = decoded(data?.['tls.key'])
  const authority = decoded(data?.['ca.crt'])
  if (certificate === undefined || key === undefined || authority === undefined) return undefined
  return { certificate, key, authority }
}

/** The reason to replace our certificate, or undefined. Checks names, key, signature and remaining validity. */
export function reasonToRenew(
  pem: CertificatePem,
  namespace: string,
  now: Date,
  service = webhookName,
): string | undefined {
  const certificate = parsed(pem.certificate)
  const authority = parsed(pem.authority)
  if (!certificate || !authority) return 'it cannot be read'
  const wrong = reasonAgainst(certificate, serverNames(namespace, service), now)
  if (wrong !== undefined) return wrong
  if (!fits(certificate, pem.key)) return 'its key is not the one in the Secret'
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) {
    return 'the authority in the Secret did not sign it'
  }
  if (certificate.validToDate.getTime() - now.getTime() < renewWithLeftMs) {
    return `it expires on ${certificate.validToDate.toISOString()}`
  }
  return undefined
}

/**
 * The reason why the certificate that the webhook got from the cluster (csr) cannot be used yet. Undefined if it can be
 * used.
 *
 * @param data the data of Secret NAMESPACE/pod-identity-webhook
 */
export function reasonAgainstSigned(data: SecretData | undefined, namespace: string, now: Date): string | undefined {
  const pem = decoded(data?.['tls.crt'])
  if (pem === undefined) return 'it holds no certificate yet'
  const certificate = parsed(pem)
  return certificate ? reasonAgainst(certificate, serverNames(namespace), now) : 'its certificate cannot be read'
}

/** The validity of the certificate that the webhook got from the cluster (csr). Undefined if none can be read. */
export function signedValidity(data: SecretData | undefined): Validity | undefined {
  const pem = decoded(data?.['tls.crt'])
  try {
    return pem === undefined ? undefined : validityOf(pem)
  } catch {
    return undefined
  }
}

/** @throws {Error} when the certificate cannot be parsed, which never happens with our own certificates */
export function validityOf(pem: string): Validity {
  const { validFromDate, validToDate } = new X509Certificate(pem)
  return { notBefore: validFromDate.toISOString(), notAfter: validToDate.toISOString() }
}

/** Lowercase hex SHA-256 of a certificate's PEM, for comparisons. */
export function certificateDigest(pem: string): string {
  return createHash('sha256').update(pem).digest('hex')
}

function reasonAgainst(certificate: X509Certificate, names: readonly string[], now: Date): string | undefined {
  const named = new Set(certificate.subjectAltName?.split(', '))
  const missing = names.filter((name) => !named.has(`DNS:${name}`))
  if (missing.length > 0) return `the certificate is not valid for ${missing.join(', ')}`
  if (certificate.validFromDate > now)
    return `the certificate is not valid before ${certificate.validFromDate.toISOString()}`
  if (certificate.validToDate <= now) return `the certificate expired on ${certificate.validToDate.toISOString()}`
  return undefined
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

function fits(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

function decoded(base64: string | undefined): string | undefined {
  return base64 === undefined || base64 === '' ? undefined : Buffer.from(base64, 'base64').toString()
}
