/**
 * The common part of plans and drifts, which are dry runs of the steps of a setup. Their reports are computed from the
 * steps' records at each read of the operation.
 */
import * as z from 'zod/mini'
import { operationError } from '../../errors/recorded.ts'
import {
  AccessDenied,
  AccountRefused,
  ConcurrentChange,
  InvalidStepInput,
  NotYetConsistent,
  OperationEnded,
  stepErrors,
} from '../../errors/step-errors.ts'
import type { StepItem } from '../../operations/record/record.ts'
import { itemOf } from '../../ownership/ownership.ts'
import { mergedChanges } from '../../report/change.ts'
import type { ComparedRequest } from '../../steps/compared-request.ts'
import type { ComparedParts } from '../../steps/description.ts'
import { comparedDescriptions } from './compared-steps.ts'

/** A step that a setup of the compared request runs. `recorded` is absent when the step was not reached. */
export interface ComparedStep {
  readonly state: string
  readonly item?: string
  readonly recorded?: StepItem
  readonly changes: StepItem['changes']
}

export const failedComparison = z.extend(operationError, {
  notCompared: z.array(z.string()).check(z.describe('The objects about which nothing is known because of the error')),
})

export type FailedComparison = z.output<typeof failedComparison>

/** All steps of a setup of this request, in the order of the setup. */
export function comparedSteps(request: ComparedRequest, steps: readonly StepItem[]): ComparedStep[] {
  return comparedDescriptions.flatMap(({ state, compared }) =>
    itemsOf(request, compared).map((item) => {
      const recorded = steps.find((step) => step.state === state && step.item === item)
      const changes = mergedChanges(recorded?.changes ?? [])
      return { state, ...(item !== undefined && { item }), ...(recorded && { recorded }), changes }
    }),
  )
}

/** Returns the errors that writes of the step would cause, and the error with which the step itself failed. */
export function failuresOfStep(step: ComparedStep, request: ComparedRequest): FailedComparison[] {
  const { state, item, recorded, changes } = step
  const at = { step: state, ...(item !== undefined && { item }) }
  const refused = changes.flatMap((change) => (change.refused ? [{ ...change.refused, ...at, notCompared: [] }] : []))
  if (recorded?.status !== 'failed' || !recorded.error) return refused
  return [...refused, { ...recorded.error, ...at, notCompared: objectsOf(step, request) }]
}

/** The errors after which nothing is known about an object: it could not be reached, or access was denied. */
const hiding = [AccessDenied, AccountRefused, ...stepErrors.filter(({ unreachable }) => unreachable)].map(
  ({ name }) => name,
)

export function isUnreachable({ name }: { readonly name: string }): boolean {
  return hiding.includes(name)
}

const notRefusals = [ConcurrentChange, NotYetConsistent, InvalidStepInput, OperationEnded].map(({ name }) => name)
const refusals = stepErrors
  .map(({ name }) => name)
  .filter((name) => !hiding.includes(name) && !notRefusals.includes(name))

/**
 * Why the step could not observe its objects. Undefined when it observed them, or when a setup would fail with the same
 * error. If the step's function was killed or could not be called, the reason is an error of Lambda or Step Functions.
 */
export function reasonNotObserved({ recorded }: ComparedStep): string | undefined {
  if (recorded?.status !== 'failed' || !recorded.error || refusals.includes(recorded.error.name)) return undefined
  return `${recorded.error.object}: ${recorded.error.reason}`
}

/** The names of those objects of the step that the request determines. The step's changes use the same names. */
export function objectsOf({ state, item = '' }: ComparedStep, request: ComparedRequest): string[] {
  const described = comparedDescriptions.find((each) => each.state === state)
  return described?.compared.objects?.(request, item) ?? []
}

function itemsOf(request: ComparedRequest, { when, perWorkload }: ComparedParts): (string | undefined)[] {
  if (when && !when(request)) return []
  if (perWorkload === 'removed') return (request.removed ?? []).map(itemOf)
  return perWorkload === 'requested' ? request.workloads.map(itemOf) : [undefined]
}
