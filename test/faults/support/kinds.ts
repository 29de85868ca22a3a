import type { Fault, FaultKind } from '../../../sandbox/faults.ts'

/** The classes of lambdas/errors/step-errors.ts that a fault may end as. */
type Verdict = 'CloudUnavailable' | 'Unreachable'

interface KindOfFault {
  readonly name: string
  readonly kind: FaultKind
  readonly delayMs?: number
  /** What an operation may say that such calls have brought to its end. */
  readonly verdicts: readonly Verdict[]
}

/** Nobody is there, or nobody answers. */
const noAnswer: readonly Verdict[] = ['Unreachable']
/** The server says that it cannot. */
const outOfService: readonly Verdict[] = ['CloudUnavailable']
/** Which of the two it was cannot be told from what is left of an answer, or by a step whose own time has run out. */
const either: readonly Verdict[] = ['CloudUnavailable', 'Unreachable']

/** What can happen to a call. `throttle` is 400 at AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
export const kindsOfFaults = [
  { name: 'reset before', kind: 'drop-request', verdicts: noAnswer },
  { name: 'reset after', kind: 'drop-response', verdicts: noAnswer },
  { name: '429', kind: 'throttle', verdicts: outOfService },
  { name: '500', kind: 'break', verdicts: outOfService },
  { name: '503', kind: 'unavailable', verdicts: outOfService },
  { name: 'malformed', kind: 'garble', verdicts: either },
  { name: 'cut', kind: 'cut', verdicts: either },
  { name: '20 s late', kind: 'delay', delayMs: 20_000, verdicts: either },
] as const satisfies readonly KindOfFault[]

export type FaultName = (typeof kindsOfFaults)[number]['name']

/** The call is done, and the function that has made it is stopped: only a call to AWS can tell which one that is. */
export const killed = 'killed'

export const faultNames = [...kindsOfFaults.map(({ name }) => name), killed] as const

/** How often: the next call alone, or each until the operation has ended. */
export const howOften = ['once', 'always'] as const

export type HowOften = (typeof howOften)[number]

/** More calls than any operation makes. */
const always = 1_000_000

export function kindOf(name: FaultName): KindOfFault {
  const found: KindOfFault | undefined = kindsOfFaults.find((each) => each.name === name)
  if (!found) throw new RangeError(`there is no fault ${name}`)
  return found
}

/** The part of an order that the kind decides. */
export function orderOf(name: FaultName, often: HowOften): Pick<Fault, 'kind' | 'times' | 'delayMs'> {
  const { kind, delayMs } = kindOf(name)
  return { kind, times: often === 'once' ? 1 : always, ...(delayMs !== undefined && { delayMs }) }
}
