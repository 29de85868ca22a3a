/** A role or a user of IAM as a grant names it. */
type Named =
  | { readonly role: string; readonly id?: string | undefined }
  | { readonly user: string; readonly id?: string | undefined }

interface Grant {
  readonly to: readonly ({ readonly iam: Named } | { readonly jwt: unknown })[]
}

/** A role or a user of IAM that grants name. */
export interface NamedCaller {
  /** `role/NAME` or `user/NAME`. */
  readonly key: string
  /** The unique ID that the settings say. Left out: that of the deployment at which the name was granted first. */
  readonly id?: string | undefined
}

/** Those of all grants, each once, in the order of the grants. */
export function namedCallers(grants: readonly Grant[]): NamedCaller[] {
  const named = new Map<string, NamedCaller>()
  for (const { to } of grants) {
    for (const caller of to) {
      if (!('iam' in caller)) continue
      const key = keyOf(caller.iam)
      named.set(key, { key, id: named.get(key)?.id ?? caller.iam.id })
    }
  }
  return [...named.values()]
}

/** `role/NAME` or `user/NAME`. */
export function keyOf(named: Named): string {
  return 'role' in named ? `role/${named.role}` : `user/${named.user}`
}

/** The unique IDs of the callers that grants name, by their keys. */
export type CallerIds = ReadonlyMap<string, string>

/** @param text the IDs in the order of {@link namedCallers}, separated by commas: names would take more room in a variable */
export function callerIdsOf(grants: readonly Grant[], text: string): CallerIds {
  const ids = text.split(',')
  return new Map(
    namedCallers(grants).flatMap(({ key }, index) => {
      const id = ids[index]
      // A caller without an ID would match it.
      return id === undefined || id === '' ? [] : [[key, id] as const]
    }),
  )
}
