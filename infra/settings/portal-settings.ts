/** The setting `portal`: the portal's domain, and how users sign in. When omitted, the portal is not deployed. */
import * as z from 'zod'
import { acmCertificateArn, domainName } from './issuer-host-settings.ts'
import { textOf } from './setting-text.ts'

const origin = textOf('an origin such as https://tokens.example.com, without a path', /^https:\/\/[a-z0-9.-]+(:\d+)?$/)

export const portalSettings = z
  .strictObject({
    domain: domainName.meta({
      description: 'Its domain. Point it to the output `PortalDistributionHost`.',
    }),
    certificateArn: acmCertificateArn.meta({ description: 'Its certificate, in us-east-1.' }),
    issuer: z.string().meta({ description: 'The issuer for sign-in: a name in `access.issuers`.' }),
    clientId: z.string().min(1).meta({ description: 'The client ID of the portal at the issuer.' }),
    scope: z.string().min(1).default('openid').meta({
      description: 'The requested scopes. With `offline_access`, many issuers give a refresh token.',
    }),
    resource: z.url({ error: 'is not a URL such as https://api.example.com' }).optional().meta({
      description:
        'The API at the issuer ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)), if the issuer requires it.',
    }),
    origins: z.array(origin).default([]).meta({
      description: 'Other origins of the token endpoint, such as the domain of a Cognito user pool.',
    }),
  })
  .meta({
    description: 'Deploys [the portal](deployment.md#the-portal).',
    examples: [
      {
        domain: 'roles.example.com',
        certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1234abcd-12ab-34cd-56ef-1234567890ab',
        issuer: 'staff',
        clientId: 'workload-identity-portal',
      },
    ],
  })

export type PortalSettings = z.output<typeof portalSettings>

/** China lacks origin access controls and policies of CloudFront, and GovCloud lacks CloudFront: docs/deployment.md. */
export function portalPlaceMistake(partition: string): string | undefined {
  if (partition === 'aws') return undefined
  return `is not for the partition ${partition}, which lacks the CloudFront features of the portal: leave the setting out`
}
