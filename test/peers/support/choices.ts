import {
  type Ask,
  aboutProvider,
  aboutRole,
  createProvider,
  createRole,
  iamArn,
  iamCall,
  type RequestParts,
  type Tags,
} from './asks.ts'
import type { IamAccount } from './iam-account.ts'

/** A request to IAM, before the role or provider that it is about has been made for it. */
export interface Choice extends RequestParts {
  readonly kind: 'create-role' | 'about-role' | 'create-provider' | 'about-provider'
  /** Which of the requests of that kind, counted over again from the beginning. */
  readonly index: number
  /** The role's path, "/team/"; for a provider the path of its issuer. */
  readonly path: string
  /** Tags and boundary that what it is about has already. */
  readonly has: { readonly tags: Tags; readonly boundary?: string | undefined }
}

/** Actions of the requests about a role, by index. */
export const roleRequests = aboutRole({ path: '/', name: '', tags: {} }, { tags: {}, boundary: '', policyArn: '' }).map(
  ({ action }) => action,
)
/** Actions of the requests about a provider, by index. */
export const providerRequests = aboutProvider({ host: '', tags: {} }, {}).map(({ action }) => action)

/**
 * Makes what the request is about, a new role or provider for each, since the request may change it, and runs `use` with
 * the request.
 */
export async function asking<Result>(
  aws: IamAccount,
  choice: Choice,
  use: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  if (choice.kind === 'create-role' || choice.kind === 'about-role') return askingOfRole(aws, choice, use)
  const host = `issuer.example${choice.path}${aws.unique('cluster')}`
  if (choice.kind === 'about-provider') await aws.provider({ host, tags: choice.has.tags })
  const asks =
    choice.kind === 'create-provider'
      ? [createProvider({ host, tags: choice.tags })]
      : aboutProvider({ host, tags: choice.has.tags }, choice.tags)
  const result = await use(chosen(asks, choice))
  // An account holds a hundred.
  await aws.root(iamCall('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: iamArn(`oidc-provider/${host}`) }))
  return result
}

async function askingOfRole<Result>(aws: IamAccount, choice: Choice, use: (ask: Ask) => Promise<Result>) {
  const { path, has } = choice
  const name = aws.unique('role')
  if (choice.kind === 'create-role') {
    return use(createRole({ path, name, tags: choice.tags, boundary: choice.boundary }))
  }
  const role = { path, name, tags: has.tags, boundary: has.boundary }
  await aws.role(role)
  return use(chosen(aboutRole(role, choice), choice))
}

function chosen(asks: readonly Ask[], { index }: Choice): Ask {
  const ask = asks[index % asks.length]
  if (!ask) throw new Error('there are no requests of that kind')
  return ask
}
