import { ApiMapping, DomainName, type HttpApi, type HttpStage, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import { Construct } from 'constructs'
import type { ApiSettings } from './settings/api-settings.ts'

export interface ApiDomainProps extends ApiSettings {
  readonly api: HttpApi
  readonly stage: HttpStage
}

/** A custom domain of the API with TLS 1.2 or later. With `disableExecuteApiEndpoint`, it is the API's only address. */
export class ApiDomain extends Construct {
  /** URL of the API, without a path. */
  readonly url: string
  /** The target of the domain's DNS record. */
  readonly target: string

  constructor(scope: Construct, id: string, { domain, certificateArn, api, stage }: ApiDomainProps) {
    super(scope, id)
    const domainName = new DomainName(this, 'Name', {
      domainName: domain,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    })
    new ApiMapping(this, 'Mapping', { api, domainName, stage })
    this.url = `https://${domain}`
    this.target = domainName.regionalDomainName
  }
}
