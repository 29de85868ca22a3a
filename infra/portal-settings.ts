/** The setting `portal`: where the portal is served, and how people sign in to it. Left out, it is not deployed. */
import * as z from 'zod'
import { acmCertificateArn, domainName } from './issuer-host-settings.ts'

const origin = z
  .string()
  .regex(/^https:\/\/[a-z0-9.-]+(:\d+)?$/, 'an origin such as https://tokens.example.com, without a path')

export const portalSettings = z.strictObject({
  /** The API, its issuer and the policy of the page have to know the portal’s origin before CloudFront could name one. */
  domain: domainName,
  certificateArn: acmCertificateArn,
  /** A name in `access.issuers`. */
  issuer: z.string(),
  clientId: z.string().min(1),
  scope: z.string().min(1).default('openid'),
  resource: z.url().optional(),
  origins: z.array(origin).default([]),
})

export type PortalSettings = z.output<typeof portalSettings>

/** China has neither origin access controls nor policies of CloudFront, and GovCloud has no CloudFront: docs/deploy.md. */
export function portalPlaceMistake(partition: string): string | undefined {
  if (partition === 'aws') return undefined
  return `is not for the partition ${partition}, whose CloudFront lacks what it needs: leave the setting out`
}
