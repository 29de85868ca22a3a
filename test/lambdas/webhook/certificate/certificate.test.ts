import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import { connect, createServer, type TLSSocket } from 'node:tls'
import {
  BasicConstraintsExtension,
  X509Certificate as ParsedCertificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import {
  type CertificatePem,
  certificateDigest,
  readCertificate,
  reasonAgainstSigned,
  reasonToRenew,
  signedValidity,
  validityOf,
} from '../../../../lambdas/webhook/certificate/certificate.ts'
import { keepOrMake, makeCertificate } from '../../../../lambdas/webhook/certificate/make.ts'
import { certificateSecretManifest } from '../../../../lambdas/webhook/desired/manifest.ts'

const namespace = 'workload-identity-webhook'
const now = new Date('2026-11-25T12:00:00Z')
const day = 24 * 60 * 60 * 1000
const later = (days: number) => new Date(now.getTime() + days * day)
const base64 = (text: string) => Buffer.from(text).toString('base64')

let pem: CertificatePem
let other: CertificatePem

beforeAll(async () => {
  pem = await makeCertificate(namespace, now)
  other = await makeCertificate(namespace, now)
})

it('reads the validity of a certificate: a year, and an hour before for nodes whose clocks are behind', async () => {
  const { certificate } = await makeCertificate(namespace, now)
  expect(validityOf(certificate)).toEqual({
    notBefore: '2026-11-25T11:00:00.000Z',
    notAfter: '2027-11-25T12:00:00.000Z',
  })
})

describe('an own-ca certificate', () => {
  // Not from the hook above: StrykerJS assigns no test to a mutant that only a hook runs.
  it('has the four names of the Service, for a year, and is signed by its own CA', async () => {
    const pem = await makeCertificate(namespace, now)
    const certificate = new X509Certificate(pem.certificate)
    const authority = new X509Certificate(pem.authority)
    expect(certificate.subject).toBe('CN=pod-identity-webhook.workload-identity-webhook.svc')
    expect(certificate.subjectAltName?.split(', ')).toEqual([
      'DNS:pod-identity-webhook',
      'DNS:pod-identity-webhook.workload-identity-webhook',
      'DNS:pod-identity-webhook.workload-identity-webhook.svc',
      'DNS:pod-identity-webhook.workload-identity-webhook.svc.cluster.local',
    ])
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(certificate.ca).toBe(false)
    expect(new ParsedCertificate(pem.certificate).getExtension(BasicConstraintsExtension)?.ca).toBe(false)
    expect(authority.ca).toBe(true)
    expect(certificate.verify(authority.publicKey)).toBe(true)
    expect(certificate.validToDate).toEqual(later(365))
    expect(certificate.validFromDate).toEqual(new Date('2026-11-25T11:00:00Z'))
    expect(authority.subject).toBe(
      'CN=pod-identity-webhook.workload-identity-webhook.svc authority 2026-11-25T12:00:00.000Z',
    )
    expect(Object.values(pem).every((text) => /[^\n]\n$/.test(text))).toBe(true)
  })

  it('has critical basic constraints and key usage, and no other critical extension', async () => {
    const pem = await makeCertificate(namespace, now)
    const extensions = (text: string) =>
      new ParsedCertificate(text).extensions.map(({ type, critical }) => [type, critical])
    const [basicConstraints, keyUsage] = ['2.5.29.19', '2.5.29.15']
    const [extendedUsage, names, subjectKey, authorityKey] = ['2.5.29.37', '2.5.29.17', '2.5.29.14', '2.5.29.35']
    expect(extensions(pem.authority)).toEqual([
      [basicConstraints, true],
      [keyUsage, true],
      [subjectKey, false],
    ])
    expect(extensions(pem.certificate)).toEqual([
      [basicConstraints, true],
      [keyUsage, true],
      [extendedUsage, false],
      [names, false],
      [subjectKey, false],
      [authorityKey, false],
    ])
  })

  it('is accepted by a TLS client that trusts the CA and calls the Service by its name', async () => {
    const fresh = await makeCertificate(namespace, new Date())
    const server = createServer({ cert: fresh.certificate, key: fresh.key }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('no address')
    const socket: TLSSocket = connect({
      port: address.port,
      host: '127.0.0.1',
      ca: fresh.authority,
      servername: 'pod-identity-webhook.workload-identity-webhook.svc',
    })
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    expect(socket.authorized).toBe(true)
    socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })

  it('shares neither key nor CA with the next one', () => {
    expect(other.key).not.toBe(pem.key)
    expect(new X509Certificate(other.certificate).verify(new X509Certificate(pem.authority).publicKey)).toBe(false)
    expect(certificateDigest(other.certificate)).not.toBe(certificateDigest(pem.certificate))
    expect(certificateDigest(pem.certificate)).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is read from its Secret as it was written', () => {
    const { data } = z
      .object({ data: z.record(z.string(), z.string()) })
      .parse(certificateSecretManifest(namespace, pem))
    expect(readCertificate(data)).toEqual(pem)
  })

  it('is not read from a Secret that lacks a part', () => {
    expect(readCertificate(undefined)).toBeUndefined()
    expect(readCertificate({ 'tls.crt': base64(pem.certificate), 'tls.key': base64(pem.key) })).toBeUndefined()
    expect(readCertificate({ 'tls.crt': '', 'tls.key': '', 'ca.crt': '' })).toBeUndefined()
  })
})

describe('renewal', () => {
  it('keeps the existing certificate, and makes another if none exists or it must be replaced', async () => {
    const data = { 'tls.crt': base64(pem.certificate), 'tls.key': base64(pem.key), 'ca.crt': base64(pem.authority) }
    expect(await keepOrMake(data, namespace, now)).toEqual(pem)
    for (const renewed of [
      await keepOrMake(data, namespace, later(244)),
      await keepOrMake(undefined, namespace, now),
    ]) {
      expect(renewed.key).not.toBe(pem.key)
    }
  })

  it.each([0, 100, 243])('does not replace a certificate %i days after its creation', (days) => {
    expect(reasonToRenew(pem, namespace, later(days))).toBeUndefined()
  })

  it('starts when less than a third of the lifetime is left, or the certificate has expired', () => {
    const lastMoment = later((365 * 2) / 3)
    expect(reasonToRenew(pem, namespace, lastMoment)).toBeUndefined()
    expect(reasonToRenew(pem, namespace, new Date(lastMoment.getTime() + 1))).toContain('it expires on')
    expect(reasonToRenew(pem, namespace, later(244))).toBe('it expires on 2027-11-25T12:00:00.000Z')
    for (const days of [365, 366]) {
      expect(reasonToRenew(pem, namespace, later(days))).toBe('the certificate expired on 2027-11-25T12:00:00.000Z')
    }
  })

  it('replaces one for another namespace, with another key, of another CA, not valid yet, or unreadable', () => {
    expect(reasonToRenew(pem, 'elsewhere', now)).toContain(
      'the certificate is not valid for pod-identity-webhook.elsewhere',
    )
    expect(reasonToRenew({ ...pem, key: other.key }, namespace, now)).toBe('its key is not the one in the Secret')
    expect(reasonToRenew({ ...pem, key: 'nonsense' }, namespace, now)).toBe('its key is not the one in the Secret')
    expect(reasonToRenew({ ...pem, authority: other.authority }, namespace, now)).toBe(
      'the authority in the Secret did not sign it',
    )
    expect(reasonToRenew(pem, namespace, later(-1))).toContain('the certificate is not valid before')
    expect(reasonToRenew(pem, namespace, new Date('2026-11-25T11:00:00Z'))).toBeUndefined()
    expect(reasonToRenew({ ...pem, certificate: 'nonsense' }, namespace, now)).toBe('it cannot be read')
  })
})

it('replaces an own-ca certificate beside a CA of the same name and another key', async () => {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const namesake = await X509CertificateGenerator.createSelfSigned({
    name: new ParsedCertificate(pem.authority).subjectName,
    keys,
    extensions: [new BasicConstraintsExtension(true)],
  })
  expect(reasonToRenew({ ...pem, authority: namesake.toString('pem') }, namespace, now)).toBe(
    'the authority in the Secret did not sign it',
  )
})

describe('a csr certificate', () => {
  it('is accepted when it is for the Service and valid', () => {
    expect(reasonAgainstSigned({ 'tls.crt': base64(pem.certificate) }, namespace, now)).toBeUndefined()
  })

  it('has readable dates without its key, and none when it is missing or unreadable', () => {
    expect(signedValidity({ 'tls.crt': base64(pem.certificate) })).toEqual(validityOf(pem.certificate))
    expect(signedValidity(undefined)).toBeUndefined()
    expect(signedValidity({ 'tls.crt': '' })).toBeUndefined()
    expect(signedValidity({ 'tls.crt': base64('x') })).toBeUndefined()
  })

  it('is refused while it is missing, empty, unreadable, expired or for other names', () => {
    expect(reasonAgainstSigned(undefined, namespace, now)).toBe('it holds no certificate yet')
    expect(reasonAgainstSigned({ 'tls.crt': '' }, namespace, now)).toBe('it holds no certificate yet')
    expect(reasonAgainstSigned({ 'tls.crt': base64('x') }, namespace, now)).toBe('its certificate cannot be read')
    const data = { 'tls.crt': base64(pem.certificate) }
    expect(reasonAgainstSigned(data, namespace, later(366))).toContain('the certificate expired on')
    expect(reasonAgainstSigned(data, 'elsewhere', now)).toContain('the certificate is not valid for')
  })
})
