/** Checks before the first write of an operation whether the credentials have all rights that the operation needs. */

import * as z from 'zod/mini'
import { type Access, type AccessRule, access, accessText, allows } from '../clouds/kubernetes/access.ts'
import type { ClusterClient, ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'
import { connectionText } from '../clouds/kubernetes/connection-text.ts'
import { allDoneInBatches } from '../errors/attempts.ts'
import { AccessDenied } from '../errors/step-errors.ts'
import { areByName } from './by-name.ts'
import type { Rule } from './rules.ts'

type AccessReviews = Pick<ClusterClient, 'rulesIn' | 'mayDo'>

/** The number of concurrent access reviews on a server. */
const atOnce = 20
const shownRights = 5
const unknownNames =
  '. Add --named-accounts where accounts are granted by name: these credentials do not show which way was chosen'

const escalate: Access = { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' }

/** If the credentials have all rights, no other review is needed. */
const everything: Access = { verb: '*', group: '*', resource: '*' }

export const missing = z.object({
  rights: z.array(access),
  /** Whether the credentials' rights on service accounts name the accounts. Undefined if unknown. */
  byName: z.optional(z.boolean()),
})

export type Missing = z.output<typeof missing>

/**
 * The rights of these rules that the credentials lack. One review for each namespace lists the rights by RBAC. Each
 * right that is not listed gets a separate review, because another authorizer may allow it.
 *
 * Empty if the server allows no reviews, for example without the ClusterRole system:basic-user. Then only a write shows
 * that a right is missing.
 */
export async function missingRights(client: AccessReviews, rules: readonly Rule[]): Promise<Missing> {
  const wanted = [...new Map(rules.flatMap(accessesOf).map((access) => [accessText(access), access])).values()]
  try {
    const listed = await listedIn(client, [...new Set(wanted.flatMap(({ namespace }) => namespace ?? []))])
    const refused = await refusedOf(
      client,
      wanted.filter((access) => !isListed(access, listed)),
    )
    const rights = await unlessEscalating(client, refused, rules)
    return { rights, byName: areByName([...listed.values()].flat()) }
  } catch (error) {
    if (error instanceof AccessDenied) return { rights: [] }
    throw error
  }
}

/** The commands that the error for missing rights advises. */
export interface Advice {
  /** The commands that send the rejected request again. */
  readonly again: string
  /** The command that grants the rights. The default is `wid rights` for the cluster. */
  readonly command?: string
}

/** The commands that send the setup again. */
export function againOfSetup(cluster: string): string {
  return `"wid workload add ${cluster}" or "wid apply", as before`
}

export function againOfTeardown(cluster: string): string {
  return `"wid teardown ${cluster}" or "wid workload remove ${cluster}", as before`
}

/** @throws {AccessDenied} with the missing rights, and the command that grants them */
export function requireNone({ rights, byName }: Missing, target: ClusterTarget, { again, command }: Advice): void {
  if (rights.length === 0) return
  const shown = rights.slice(0, shownRights).map(accessText)
  const more = rights.length > shown.length ? `; and ${rights.length - shown.length} more` : ''
  const granting = command ?? `wid rights ${target.name} ${byName ? '--named-accounts ' : ''}--apply`
  const isUnknown = command === undefined && byName === undefined
  throw new AccessDenied({
    object: `cluster ${target.name}`,
    reason: `${connectionText(target).caller} may not: ${shown.join('; ')}${more}. Nothing in the cluster has been changed`,
    action: `Run "${granting}" as an administrator of the cluster, which grants them, and send the request again with ${again}${isUnknown ? unknownNames : ''}`,
  })
}

type Listed = ReadonlyMap<string, readonly AccessRule[]>

async function listedIn(client: AccessReviews, namespaces: readonly string[]): Promise<Listed> {
  const listed = new Map<string, readonly AccessRule[]>()
  await allDoneInBatches(namespaces, atOnce, async (namespace) => {
    listed.set(namespace, await client.rulesIn(namespace))
  })
  return listed
}

/** Each list includes the rules of ClusterRoleBindings, so a right on the whole cluster must be in all lists. */
function isListed(access: Access, listed: Listed): boolean {
  const lists = access.namespace === undefined ? [...listed.values()] : [listed.get(access.namespace) ?? []]
  return lists.length > 0 && lists.every((rules) => rules.some((rule) => allows(rule, access)))
}

async function refusedOf(client: AccessReviews, unlisted: readonly Access[]): Promise<Access[]> {
  if (unlisted.length === 0 || (await client.mayDo(everything))) return []
  const refused = new Set<Access>()
  await allDoneInBatches(unlisted, atOnce, async (access) => {
    if (!(await client.mayDo(access))) refused.add(access)
  })
  return unlisted.filter((access) => refused.has(access))
}

/** With the verb escalate, credentials may grant the webhook rights that they lack. Then such rights are omitted. */
async function unlessEscalating(client: AccessReviews, refused: Access[], rules: readonly Rule[]) {
  const granted = new Set(rules.map(onlyGranted).flatMap(accessesOf).map(accessText))
  const isGranted = (access: Access) => granted.has(accessText(access))
  return refused.some(isGranted) && (await client.mayDo(escalate)) ? refused.filter((one) => !isGranted(one)) : refused
}

/** The rule with only those verbs that the credentials need solely to grant them to the webhook. */
function onlyGranted(rule: Rule): Rule {
  const isOnlyGranted = (verb: string) =>
    rule.reasons.every(({ verbs, alsoOfWebhook }) => alsoOfWebhook || !verbs.includes(verb))
  return { ...rule, verbs: rule.verbs.filter(isOnlyGranted) }
}

function accessesOf({ namespace, apiGroup, resources, names, verbs }: Rule): readonly Access[] {
  return resources.flatMap((resource) =>
    verbs.flatMap((verb) =>
      (names ?? [undefined]).map((name) => ({
        verb,
        group: apiGroup,
        resource,
        ...(namespace !== undefined && { namespace }),
        ...(name !== undefined && { name }),
      })),
    ),
  )
}
