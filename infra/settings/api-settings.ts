/** The setting `api`: the custom domain of the API. When omitted, API Gateway assigns the API's domain name. */
import * as z from 'zod'
import { domainName } from './issuer-host-settings.ts'
import { textOf } from './setting-text.ts'

export const apiSettings = z
  .strictObject({
    domain: domainName.meta({
      description: 'The only name of the API. Point it to the output `ApiDomainTarget`, with a CNAME or alias record.',
    }),
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
    certificateArn: textOf(
      'the ARN of a certificate of ACM such as arn:aws:acm:eu-west-1:ACCOUNT:certificate/ID',
      /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
    ).meta({ description: 'Its certificate, in the region of the deployment.' }),
  })
  .meta({
    description: '[The domain of the API](deployment.md#domain-of-the-api). Without it, API Gateway gives a name.',
    examples: [
      {
        domain: 'api.example.com',
        certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1234abcd-12ab-34cd-56ef-1234567890ab',
      },
    ],
  })

export type ApiSettings = z.output<typeof apiSettings>
