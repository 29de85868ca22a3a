type Named =
  | { readonly role: string; readonly id?: string | undefined }
  | { readonly user: string; readonly id?: string | undefined }

interface Grant {
  readonly to: readonly ({ readonly iam: Named } | { readonly jwt: unknown })[]
}

/** An IAM role or user that grants name. */
export interface NamedCaller {
  /** `role/NAME` or `user/NAME`. */
  readonly key: string
  /** The unique ID in the settings. If absent, the ID counts that was stored when the grant was first deployed. */
  readonly id?: string | undefined
}

/** The IAM callers of all grants, each once, in the order of the grants. */
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

export function keyOf(named: Named): string {
  return 'role' in named ? `role/${named.role}` : `user/${named.user}`
}

/** The unique IDs of the callers that grants name, by their keys. */
export type CallerIds = ReadonlyMap<string, string>

/** @param text comma-separated IDs in the order of {@link namedCallers}: names would make the variable too long */
export function callerIdsOf(grants: readonly Grant[], text: string): CallerIds {
  const ids = text.split(',')
  return new Map(
    namedCallers(grants).flatMap(({ key }, index) => {
      const id = ids[index]
      // An empty ID would match a caller without an ID.
      return id === undefined || id === '' ? [] : [[key, id] as const]
    }),
  )
}
