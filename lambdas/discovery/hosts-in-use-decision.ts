/** A recorded cluster, as far as its issuers are concerned. */
export interface RecordedIssuers {
  readonly cluster: string
  /** The issuer that was asked for and the one that was observed, as far as there are any. */
  readonly issuerUrls: readonly string[]
}

/** What a change of the stack does to the hosts that the deployment serves issuers at. */
export type HostChange =
  | { readonly kind: 'Create' }
  | { readonly kind: 'Update'; readonly before: readonly string[]; readonly after: readonly string[] }
  | { readonly kind: 'Delete'; readonly before: readonly string[] }

/** The answer to CloudFormation has 4 KB at most. */
const mostNames = 20

/** The hosts that the deployment no longer serves after the change. */
export function goingHosts(change: HostChange): string[] {
  if (change.kind === 'Create') return []
  const after = change.kind === 'Update' ? change.after : []
  return change.before.filter((host) => !after.includes(host))
}

/** Why these hosts must not go, as a sentence for whoever deploys; undefined when no cluster has its issuer at one. */
export function refusalOf(going: readonly string[], clusters: readonly RecordedIssuers[]): string | undefined {
  const used = going.flatMap((host) => {
    const users = clusters.filter(({ issuerUrls }) => issuerUrls.some((url) => URL.parse(url)?.host === host))
    return users.length > 0 ? [`${host} is the issuer host of ${listed(users.map(({ cluster }) => cluster))}`] : []
  })
  if (used.length === 0) return undefined
  return `${used.join('; ')}. Without it AWS takes no token of theirs. Keep the deployment, with the setting issuerHost as it was, or tear these clusters down first.`
}

function listed(names: readonly string[]): string {
  const more = names.length - mostNames
  return [...names.slice(0, mostNames), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}
