import { type Dispatcher, request } from 'undici'
import { type Api, type ApiRequest, json, type Route } from './api.ts'
import { project } from './project.ts'
import { explain, fail } from './token-api.ts'
import { TokenError, type Tokens } from './tokens.ts'

/** The workload identity pool provider of the sandbox's project for AWS. */
export const poolProvider = `//iam.googleapis.com/projects/${project.number}/locations/global/workloadIdentityPools/aws/providers/aws`

/** https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token */
interface SignedRequest {
  url: string
  method: Dispatcher.HttpMethod
  headers: { key: string; value: string }[]
}

/** The AWS whose STS identifies the signer of a request. The endpoint is undefined while no AWS is trusted. */
export interface TrustedAws {
  endpoint: string | undefined
}

/** sts.googleapis.com: issues federated tokens for identities that the STS of the trusted AWS confirms. */
export function federationApi(tokens: Tokens, aws: TrustedAws): Api {
  const exchange: Route = {
    method: 'POST',
    path: /^\/v1\/token$/,
    operation: 'sts.token',
    write: false,
    object: ({ url }) => url.href,
    actor: () => 'allUsers',
    async handle({ body }) {
      const form = new URLSearchParams(body.toString())
      if (form.get('audience') !== poolProvider)
        throw new TokenError('invalid_target', 'The target service indicated by the "audience" parameters is invalid.')
      if (form.get('subject_token_type') !== 'urn:ietf:params:aws:token-type:aws4_request') {
        throw new TokenError('invalid_request', 'Invalid value for "subjectTokenType".')
      }
      const arn = await callerIdentity(signedRequest(form.get('subject_token') ?? ''), aws)
      const issued = tokens.issue(`${poolProvider}/subject/${arn}`)
      return json(200, { ...issued, issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' })
    },
  }
  return { routes: [exchange], explain, fail, notFound: () => ({ status: 404 }) }
}

/** iamcredentials.googleapis.com: each federated identity may impersonate the project's administrator only. */
export function impersonationApi(tokens: Tokens): Api {
  const actor = ({ headers }: ApiRequest) =>
    tokens.principalOf(headers.authorization?.replace(/^Bearer /i, '') ?? '') ?? 'allUsers'
  const generate: Route = {
    method: 'POST',
    path: /^\/v1\/projects\/-\/serviceAccounts\/(?<account>[^/:]+):generateAccessToken$/,
    operation: 'iam.serviceAccounts.getAccessToken',
    write: false,
    object: ({ path }) => path.account ?? '',
    actor,
    async handle(request) {
      const { account = '' } = request.path
      if (!actor(request).startsWith(poolProvider) || account !== project.administrator) return denied()
      const { access_token: accessToken, expires_in: seconds } = tokens.issue(account)
      return json(200, { accessToken, expireTime: new Date(Date.now() + seconds * 1000).toISOString() })
    },
  }
  return {
    routes: [generate],
    explain,
    fail: (fault) => (fault === 'refuse' ? denied() : fail(fault)),
    notFound: () => ({ status: 404 }),
  }
}

function denied() {
  const message = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
  return json(403, { error: { code: 403, message, status: 'PERMISSION_DENIED' } })
}

function signedRequest(subjectToken: string): SignedRequest {
  try {
    const request: SignedRequest = JSON.parse(decodeURIComponent(subjectToken))
    return request
  } catch {
    throw new TokenError('invalid_request', 'Unable to parse the subject token.')
  }
}

/** Forwards the request, as Google does, and returns its signer. */
async function callerIdentity(signed: SignedRequest, { endpoint }: TrustedAws): Promise<string> {
  const { host, search } = new URL(signed.url)
  const target = signed.headers.find(({ key }) => key === 'x-goog-cloud-target-resource')?.value
  if (!/^sts\.[a-z0-9-]+\.amazonaws\.com$/.test(host) || target !== poolProvider || !endpoint) {
    throw new TokenError('invalid_grant', 'The AWS request is not one for this provider.')
  }
  const arn = /<Arn>([^<]+)<\/Arn>/.exec(await answerTo(signed, new URL(`/${search}`, endpoint)))?.[1]
  if (!arn) throw new TokenError('invalid_grant', 'The AWS request was not accepted by AWS.')
  return arn
}

/** Does not use fetch, because fetch replaces the Host header, which is signed. */
async function answerTo({ method, headers }: SignedRequest, url: URL): Promise<string> {
  const sent = Object.fromEntries(headers.map(({ key, value }) => [key, value]))
  const { body } = await request(url, { method, headers: sent })
  return body.text()
}
