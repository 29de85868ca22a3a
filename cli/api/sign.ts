import { Sha256 } from '@aws-crypto/sha256-js'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { SignatureV4 } from '@smithy/signature-v4'
import { CommandError } from '../errors.ts'
import { queryOf } from './query.ts'

interface Signing {
  /** The name of the service in signatures: `execute-api`. */
  readonly service: string
  readonly region: string
  readonly credentials: ReturnType<typeof defaultProvider>
}

/**
 * A signer of API requests for this region, with the SDK's credential provider chain: environment, profile, single
 * sign-on or the machine's role. https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 *
 * @param profile of the AWS configuration files; undefined for AWS_PROFILE or the default
 */
export function signer(region: string, profile: string | undefined): (request: Request) => Promise<Request> {
  const credentials = defaultProvider({ ...(profile !== undefined && { profile }) })
  return signerOf({ service: 'execute-api', region, credentials })
}

/** A signer of requests to any service. The path of a request is `/`, or has no characters that need escapes. */
export function signerOf({ service, region, credentials }: Signing): (request: Request) => Promise<Request> {
  const signature = new SignatureV4({ service, region, credentials, sha256: Sha256 })
  return async (request) => {
    await credentials().catch(withoutCredentials)
    const { hostname, host, pathname, protocol, searchParams } = new URL(request.url)
    const body = await request.clone().text()
    const signed = await signature.sign({
      method: request.method,
      protocol,
      hostname,
      path: pathname,
      query: queryOf(searchParams),
      headers: { ...Object.fromEntries(request.headers), host },
      body,
    })
    return new Request(request, { headers: signed.headers })
  }
}

function withoutCredentials(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw new CommandError(
    `There are no AWS credentials to sign the request with (${reason}). Sign in ("aws sso login"), or name a profile with --profile. If the API accepts tokens, sign in with "wid login".`,
  )
}
