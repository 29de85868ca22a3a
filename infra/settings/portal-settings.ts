/** The setting `portal`: where the portal is served, and how people sign in to it. Left out, it is not deployed. */
import * as z from 'zod'
import { acmCertificateArn, domainName } from './issuer-host-settings.ts'
import { textOf } from './setting-text.ts'

const origin = textOf('an origin such as https://tokens.example.com, without a path', /^https:\/\/[a-z0-9.-]+(:\d+)?$/)

export const portalSettings = z
  .strictObject({
    domain: domainName.meta({
      description:
        'Where the portal answers. Point it to the output `PortalDistributionHost`, by a CNAME or an alias record. It is required: the API, the issuer and the policy of the page have to know it beforehand.',
    }),
    certificateArn: acmCertificateArn.meta({ description: 'The certificate of the domain, in us-east-1.' }),
    issuer: z.string().meta({ description: 'Where people sign in: a name in `access.issuers`.' }),
    clientId: z.string().min(1).meta({ description: 'What the issuer calls the portal.' }),
    scope: z.string().min(1).default('openid').meta({
      description: 'What is asked for. With `offline_access`, many issuers give a refresh token.',
    }),
    resource: z.url({ error: 'is not a URL such as https://api.example.com' }).optional().meta({
      description:
        'The name of the API at the issuer ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)), where the issuer requires one.',
    }),
    origins: z.array(origin).default([]).meta({
      description:
        "Origins besides the issuer's own at which it gives out tokens, such as the domain of a user pool of Cognito.",
    }),
  })
  .meta({
    description:
      'Where [the portal](deploy.md#the-portal) is served, and how people sign in to it. Left out, it is not deployed.',
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

/** China has neither origin access controls nor policies of CloudFront, and GovCloud has no CloudFront: docs/deploy.md. */
export function portalPlaceMistake(partition: string): string | undefined {
  if (partition === 'aws') return undefined
  return `is not for the partition ${partition}, whose CloudFront lacks what it needs: leave the setting out`
}
