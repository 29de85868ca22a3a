import * as z from 'zod/mini'
import { callJson } from './json-call.ts'
import { type AwsSettings, unlessAbsent, unlessDenied } from './settings.ts'

export interface Certificate {
  /** `ISSUED`, `PENDING_VALIDATION`, `EXPIRED` and others. */
  readonly status: string
  /** The domains of the certificate. Some begin with `*.`. */
  readonly names: readonly string[]
}

const answer = z.object({
  Certificate: z.object({
    Status: z.string(),
    DomainName: z.string(),
    SubjectAlternativeNames: z.optional(z.array(z.string())),
  }),
})

/**
 * A certificate of ACM.
 * https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeCertificate.html
 *
 * @param settings with the region of the certificate
 * @throws {CommandError} when the credentials are missing or not valid
 */
export async function readCertificate(settings: AwsSettings, arn: string): Promise<Certificate | 'absent' | 'denied'> {
  const call = callJson(settings, {
    service: 'acm',
    target: 'CertificateManager.DescribeCertificate',
    input: { CertificateArn: arn },
    answer,
  })
  const read = await unlessDenied(settings, `the certificate ${arn}`, unlessAbsent('ResourceNotFoundException', call))
  if (read === 'denied' || read === 'absent') return read
  const { Status: status, DomainName, SubjectAlternativeNames = [] } = read.Certificate
  return { status, names: [...new Set([DomainName, ...SubjectAlternativeNames])] }
}
