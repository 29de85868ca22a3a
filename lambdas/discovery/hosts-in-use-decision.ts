export interface RecordedIssuers {
  readonly cluster: string
  /** The requested and the observed issuer, if they exist. */
  readonly issuerUrls: readonly string[]
}

/** The change of the deployment's issuer hosts when the stack is created, updated or deleted. */
export type HostChange =
  | { readonly kind: 'Create' }
  | { readonly kind: 'Update'; readonly before: readonly string[]; readonly after: readonly string[] }
  | { readonly kind: 'Delete'; readonly before: readonly string[] }

/** The maximum number of clusters in a message, because a response to CloudFormation has at most 4 KB. */
const mostNames = 20

export function removedHosts(change: HostChange): string[] {
  if (change.kind === 'Create') return []
  const after = change.kind === 'Update' ? change.after : []
  return change.before.filter((host) => !after.includes(host))
}

/** Returns the reason not to remove these hosts, for the operator, or undefined if no cluster uses them. */
export function refusalOf(removed: readonly string[], clusters: readonly RecordedIssuers[]): string | undefined {
  const used = removed.flatMap((host) => {
    const users = clusters.filter(({ issuerUrls }) => issuerUrls.some((url) => URL.parse(url)?.host === host))
    return users.length > 0 ? [`${host} is the issuer host of ${listed(users.map(({ cluster }) => cluster))}`] : []
  })
  if (used.length === 0) return undefined
  return `${used.join('; ')}. AWS accepts no tokens of these clusters without their issuer host. Keep the deployment, with the setting issuerHost as it was, or tear these clusters down first.`
}

function listed(names: readonly string[]): string {
  const more = names.length - mostNames
  return [...names.slice(0, mostNames), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}
