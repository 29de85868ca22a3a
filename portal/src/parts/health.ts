/** One word for a list of conditions. */
export interface Health {
  readonly state: 'ready' | 'changing' | 'failing' | 'unknown'
  /** The type of the first condition that is not true. */
  readonly because?: string
}

interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
}

/** @param isChanging whether an operation is under way that may change it: what is not true yet is no fault then */
export function healthOf(conditions: readonly Condition[], isChanging: boolean): Health {
  if (isChanging) return { state: 'changing' }
  const [failing, unknown] = [firstWith(conditions, 'False'), firstWith(conditions, 'Unknown')]
  if (failing) return { state: 'failing', because: failing.type }
  if (unknown) return { state: 'unknown', because: unknown.type }
  return { state: conditions.length === 0 ? 'unknown' : 'ready' }
}

function firstWith(conditions: readonly Condition[], status: Condition['status']): Condition | undefined {
  return conditions.find((condition) => condition.status === status)
}
