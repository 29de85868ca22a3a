/** Parses a PKCS #10 certificate request (RFC 2986), and reports its differences from a request of the webhook. */

import { commonName, serverNames } from '../desired/names.ts'
import { isStrictDer } from './der.ts'
import { PemConverter, Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from './x509.ts'

const extensionRequest = '1.2.840.113549.1.9.14'
/** AlgorithmIdentifier of ecdsa-with-SHA256 in DER (RFC 5758). */
const ecdsaWithSha256 = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02] as const
const bitString = 0x03
/** The maximum number of characters. A real request has about 400. */
const longestPem = 4096

/**
 * The differences between this request and a request of the webhook, as phrases ("its subject is ..."). Empty if there
 * are none. A request of the webhook has only the common name as subject, and only one attribute, which is an extension
 * with the four DNS names of the Service. The key is ECDSA P-256, and signs the request.
 *
 * @param request the field `request` of a CertificateSigningRequest: PEM in base64
 */
export async function differencesInPkcs10(request: string, namespace: string): Promise<readonly string[]> {
  const parsed = parse(request)
  if (!parsed) return ['its field request is not one readable PKCS #10 request']
  try {
    const differences = [
      ...inSubject(parsed, namespace),
      ...inKey(parsed),
      ...inSignature(parsed),
      ...inAttributes(parsed),
      ...inNames(parsed, namespace),
    ]
    return (await parsed.verify()) ? differences : [...differences, 'its signature does not match its key']
  } catch {
    return ['its PKCS #10 request contains values that the webhook never writes']
  }
}

/** Whether the request names the webhook. False if the request cannot be parsed. */
export function asksForWebhook(request: string, namespace: string): boolean {
  const parsed = parse(request)
  if (!parsed) return false
  try {
    const names = new Set([...serverNames(namespace).slice(1), commonName(namespace)])
    return [...parsed.subjectName.getField('CN'), ...dnsNames(parsed)].some((name) => names.has(name))
  } catch {
    return false
  }
}

function parse(request: string): Pkcs10CertificateRequest | undefined {
  try {
    const pem = Buffer.from(request, 'base64').toString('latin1')
    if (pem.length > longestPem) return undefined
    const blocks = PemConverter.decodeWithHeaders(pem)
    const [block] = blocks
    if (!block || blocks.length > 1 || block.type !== PemConverter.CertificateRequestTag) return undefined
    return isStrictDer(new Uint8Array(block.rawData)) ? new Pkcs10CertificateRequest(block.rawData) : undefined
  } catch {
    return undefined
  }
}

function inSubject(request: Pkcs10CertificateRequest, namespace: string): readonly string[] {
  const expected = JSON.stringify([{ CN: [commonName(namespace)] }])
  return JSON.stringify(request.subjectName.toJSON()) === expected
    ? []
    : [`its subject is not just CN=${commonName(namespace)}`]
}

function inKey(request: Pkcs10CertificateRequest): readonly string[] {
  const { algorithm } = request.publicKey
  const isP256 = algorithm.name === 'ECDSA' && 'namedCurve' in algorithm && algorithm.namedCurve === 'P-256'
  return isP256 ? [] : ['its key is not ECDSA P-256']
}

/** Compares the raw bytes before the signature, because they are not signed, and the parser accepts variants. */
function inSignature(request: Pkcs10CertificateRequest): readonly string[] {
  const { byteLength } = request.signature
  const before = Buffer.from(request.rawData).subarray(0, -byteLength)
  const expected = Buffer.from([...ecdsaWithSha256, bitString, byteLength + 1, 0])
  return before.subarray(-expected.length).equals(expected) ? [] : ['its signature is not ECDSA with SHA-256']
}

/** Accepts only one attribute, with one value of one extension. A further attribute could request anything. */
function inAttributes(request: Pkcs10CertificateRequest): readonly string[] {
  const [attribute, ...others] = request.attributes
  const isRight = attribute?.type === extensionRequest && attribute.values.length === 1 && others.length === 0
  return isRight && request.extensions.length === 1 ? [] : ['it asks for more, or less, than alternative names']
}

function inNames(request: Pkcs10CertificateRequest, namespace: string): readonly string[] {
  const [extension] = request.extensions
  if (!(extension instanceof SubjectAlternativeNameExtension) || extension.critical) {
    return ['its alternative names are not in the form that the webhook writes']
  }
  const observed = extension.names.items.map(({ type, value }) => `${type}:${value}`).toSorted()
  const expected = serverNames(namespace)
    .map((name) => `dns:${name}`)
    .toSorted()
  return JSON.stringify(observed) === JSON.stringify(expected)
    ? []
    : [`its alternative names are not just ${serverNames(namespace).join(', ')}`]
}

function dnsNames(request: Pkcs10CertificateRequest): readonly string[] {
  return request.extensions
    .filter((extension) => extension instanceof SubjectAlternativeNameExtension)
    .flatMap((extension) => extension.names.items.filter(({ type }) => type === 'dns').map(({ value }) => value))
}
