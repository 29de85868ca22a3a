import { sendSigned } from '../../../../sandbox/aws/signed-request.ts'
import type { Server } from './users.ts'

export interface Distribution {
  readonly id: string
  readonly arn: string
  readonly domain: string
}

/** Creates an origin access control, so that CloudFront signs its requests to the bucket. Returns its ID. */
export async function createAccessControl(server: Server): Promise<string> {
  const text = await call(server, 'POST', 'origin-access-control', {
    body: `<OriginAccessControlConfig><Name>signing</Name><SigningProtocol>sigv4</SigningProtocol><SigningBehavior>always</SigningBehavior><OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>`,
  })
  return field(text, 'Id')
}

let made = 0

/** Creates a distribution of a bucket in eu-west-1. */
export async function createDistribution(
  server: Server,
  options: { readonly bucket: string; readonly accessControl: string; readonly aliases?: readonly string[] },
): Promise<Distribution> {
  const { bucket, accessControl, aliases = [] } = options
  made += 1
  const names = aliases.map((alias) => `<CNAME>${alias}</CNAME>`).join('')
  const text = await call(server, 'POST', 'distribution', {
    body: `<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">
      <CallerReference>${made}</CallerReference><Comment/><Enabled>true</Enabled>
      <Aliases><Quantity>${aliases.length}</Quantity><Items>${names}</Items></Aliases>
      <Origins><Quantity>1</Quantity><Items><Origin><Id>documents</Id>
        <DomainName>${bucket}.s3.eu-west-1.amazonaws.com</DomainName>
        <S3OriginConfig><OriginAccessIdentity/></S3OriginConfig>
        <OriginAccessControlId>${accessControl}</OriginAccessControlId>
      </Origin></Items></Origins>
      <DefaultCacheBehavior><TargetOriginId>documents</TargetOriginId>
        <ViewerProtocolPolicy>https-only</ViewerProtocolPolicy>
        <AllowedMethods><Quantity>2</Quantity><Items><Method>GET</Method><Method>HEAD</Method></Items></AllowedMethods>
        <TrustedSigners><Enabled>false</Enabled><Quantity>0</Quantity></TrustedSigners>
      </DefaultCacheBehavior>
    </DistributionConfig>`,
  })
  return { id: field(text, 'Id'), arn: field(text, 'ARN'), domain: field(text, 'DomainName') }
}

export async function setEnabled(server: Server, { id }: Distribution, isEnabled: boolean): Promise<void> {
  const read = await send(server, 'GET', `distribution/${id}/config`, {})
  const config = (await read.text()).replace(
    /(<Comment *\/>|<Comment><\/Comment>)<Enabled>\w+/,
    `$1<Enabled>${isEnabled}`,
  )
  const headers = { 'if-match': read.headers.get('etag') ?? '' }
  await call(server, 'PUT', `distribution/${id}/config`, { body: config, headers })
}

interface Content {
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

async function call(server: Server, method: string, what: string, content: Content): Promise<string> {
  const response = await send(server, method, what, content)
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${what} was answered with ${response.status}: ${text}`)
  return text
}

function send({ endpoint }: Server, method: string, what: string, content: Content): Promise<Response> {
  return sendSigned({ service: 'cloudfront', method, url: new URL(`/2020-05-31/${what}`, endpoint), ...content })
}

/** The text of the first element of this name. */
function field(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1] ?? ''
}
