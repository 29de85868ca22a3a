/** Creates certificates, each with its own certificate authority (own-ca). */
import type { webcrypto } from 'node:crypto'
import { commonName, serverNames, webhookName } from '../desired/names.ts'
import { type CertificatePem, readCertificate, reasonToRenew, type SecretData, validityMs } from './certificate.ts'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from './x509.ts'

/** How far notBefore lies in the past, because a node's clock may be behind the function's clock. */
const clockSkewMs = 60 * 60 * 1000

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** Returns the existing certificate (`data` of its Secret) if no reason to renew it exists, otherwise a new one. */
export async function keepOrMake(
  data: SecretData | undefined,
  namespace: string,
  now: Date,
  service = webhookName,
): Promise<CertificatePem> {
  const observed = readCertificate(data)
  const stays = observed && reasonToRenew(observed, namespace, now, service) === undefined
  return stays ? observed : makeCertificate(namespace, now, service)
}

/**
 * Creates an authority and a server certificate for a webhook's Service in this namespace, both valid for a year. The
 * authority's key is discarded, so that nobody can sign another certificate that the API server would trust.
 */
export async function makeCertificate(namespace: string, now: Date, service = webhookName): Promise<CertificatePem> {
  const [authorityKeys, serverKeys] = await Promise.all([newKeys(), newKeys()])
  const validity = {
    notBefore: new Date(now.getTime() - clockSkewMs),
    notAfter: new Date(now.getTime() + validityMs),
  }
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [`${commonName(namespace, service)} authority ${now.toISOString()}`] }],
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [commonName(namespace, service)] }],
    issuer: authority.subjectName,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(serverNames(namespace, service).map((value) => ({ type: 'dns', value }))),
      await SubjectKeyIdentifierExtension.create(serverKeys.publicKey),
      await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const key = await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey)
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `${PemConverter.encode(key, PemConverter.PrivateKeyTag)}\n`,
    authority: `${authority.toString('pem')}\n`,
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}
