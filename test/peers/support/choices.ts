import {
  type AwsRequest,
  aboutProvider,
  aboutRole,
  createProvider,
  createRole,
  iamArn,
  iamCall,
  type RequestParts,
  type Tags,
} from './aws-requests.ts'
import type { IamAccount } from './iam-account.ts'

/** The parameters of a request to IAM, whose role or provider does not exist yet. */
export interface Choice extends RequestParts {
  readonly kind: 'create-role' | 'about-role' | 'create-provider' | 'about-provider'
  /** The index of the request among those of its kind, modulo their number. */
  readonly index: number
  /** The role's path, as in "/team/", or the path of the provider's issuer. */
  readonly path: string
  /** Tags and boundary of the existing role or provider. */
  readonly has: { readonly tags: Tags; readonly boundary?: string | undefined }
}

/** Actions of the requests on a role, by index. */
export const roleRequests = aboutRole({ path: '/', name: '', tags: {} }, { tags: {}, boundary: '', policyArn: '' }).map(
  ({ action }) => action,
)
/** Actions of the requests on a provider, by index. */
export const providerRequests = aboutProvider({ host: '', tags: {} }, {}).map(({ action }) => action)

/**
 * Creates a new role or provider for the request, because requests may change it, and runs `use` with the request.
 */
export async function withRequest<Result>(
  aws: IamAccount,
  choice: Choice,
  use: (request: AwsRequest) => Promise<Result>,
): Promise<Result> {
  if (choice.kind === 'create-role' || choice.kind === 'about-role') return withRoleRequest(aws, choice, use)
  const host = `issuer.example${choice.path}${aws.unique('cluster')}`
  if (choice.kind === 'about-provider') await aws.provider({ host, tags: choice.has.tags })
  const requests =
    choice.kind === 'create-provider'
      ? [createProvider({ host, tags: choice.tags })]
      : aboutProvider({ host, tags: choice.has.tags }, choice.tags)
  const result = await use(chosen(requests, choice))
  // An account has at most 100 providers.
  await aws.root(iamCall('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: iamArn(`oidc-provider/${host}`) }))
  return result
}

async function withRoleRequest<Result>(aws: IamAccount, choice: Choice, use: (request: AwsRequest) => Promise<Result>) {
  const { path, has } = choice
  const name = aws.unique('role')
  if (choice.kind === 'create-role') {
    return use(createRole({ path, name, tags: choice.tags, boundary: choice.boundary }))
  }
  const role = { path, name, tags: has.tags, boundary: has.boundary }
  await aws.role(role)
  return use(chosen(aboutRole(role, choice), choice))
}

function chosen(requests: readonly AwsRequest[], { index }: Choice): AwsRequest {
  const request = requests[index % requests.length]
  if (!request) throw new Error('there are no requests of that kind')
  return request
}
