import type { Fault, FaultKind } from '../../../sandbox/faults.ts'

/** The classes of lambdas/errors/step-errors.ts that a fault may lead to. */
type Verdict = 'CloudUnavailable' | 'Unreachable'

interface KindOfFault {
  readonly name: string
  readonly kind: FaultKind
  readonly delayMs?: number
  /** The errors that an operation may report after such a fault. */
  readonly verdicts: readonly Verdict[]
}

const noAnswer: readonly Verdict[] = ['Unreachable']
/** The server reports that it is unavailable. */
const outOfService: readonly Verdict[] = ['CloudUnavailable']
/** A partial answer, or a step that times out, can mean either. */
const either: readonly Verdict[] = ['CloudUnavailable', 'Unreachable']

/** The faults of a call. `throttle` is 400 at AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
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

/** The call takes effect, and its function is killed. Only a call to AWS identifies the function. */
export const killed = 'killed'

export const faultNames = [...kindsOfFaults.map(({ name }) => name), killed] as const

/** Whether the fault meets only the next call, or each call until the operation has ended. */
export const howOften = ['once', 'always'] as const

export type HowOften = (typeof howOften)[number]

/** More calls than any operation makes. */
const always = 1_000_000

export function kindOf(name: FaultName): KindOfFault {
  const found: KindOfFault | undefined = kindsOfFaults.find((each) => each.name === name)
  if (!found) throw new RangeError(`no fault ${name}`)
  return found
}

/** The part of a fault that its kind determines. */
export function orderOf(name: FaultName, often: HowOften): Pick<Fault, 'kind' | 'times' | 'delayMs'> {
  const { kind, delayMs } = kindOf(name)
  return { kind, times: often === 'once' ? 1 : always, ...(delayMs !== undefined && { delayMs }) }
}
