import { expect } from 'vitest'
import { bundleName } from '../../../infra/functions/bundle.ts'
import { stepFunctions } from '../../../infra/functions/functions.ts'
import { stepFunction } from '../../../infra/functions/step-function.ts'
import { functionOfStep, stepOf } from '../../support/steps/steps.ts'
import { anyResources, type Permission, permissionsOf } from './permissions.ts'

/** One test: the permission, its place in the list of all, and the state of the step that tries it, if its function is of steps. `of` is the step's file then. */
export interface Case extends Permission {
  readonly index: number
  readonly state: string | undefined
}

const statesOf = new Map([...stepFunctions.values()].map(({ entry, states }) => [bundleName(entry), states]))

/** Of the steps that share a function, those that try its rights: each is the first of its function that its operation runs. */
const tryRights = ['FindClusters', 'RecordResult', 'AcquireLock', 'ObserveCluster', 'CheckCluster', 'RenewCertificate']

export const cases: readonly Case[] = permissionsOf(anyResources)
  .flatMap(({ permissions }) => permissions)
  .map((permission, index) => {
    const state = stateThatTries(permission)
    const of = state === undefined ? permission.of : bundleName(stepOf(state).entry)
    return { ...permission, of, index, state }
  })

/** Undefined for a function that is of no step. */
function stateThatTries(permission: Permission): string | undefined {
  const [first, ...others] = statesOf.get(permission.of) ?? []
  if (others.length === 0) return first
  const state = tryRights
    .filter((each) => functionOfStep(each) === functionOfStep(first ?? ''))
    .find((each) => needs(each, permission))
  if (state === undefined) throw new Error(`no step tries ${permission.action} of ${permission.of}`)
  return state
}

function needs(state: string, { action, resource }: Permission): boolean {
  const statements = stepFunction('any.ts', [stepOf(state)]).permissions(anyResources)
  return statements.some(({ actions, resources }) => actions.includes(action) && resources.includes(resource))
}

const ofRotation = [
  'begin-verification',
  'find-clusters',
  'narrow-trust',
  'renew-certificate',
  'renew-credentials',
  'rotate-thumbprints',
  'acquire-lock',
]

/** Whether it is of a step that only rotations have: they go on past what fails for one cluster. */
export function isOfRotation({ of }: Permission): boolean {
  return ofRotation.includes(of)
}

/** Whether it is of the step that the schedule of drifts alone has: it goes on past what fails for one cluster. */
export function isOfSchedule({ of }: Permission): boolean {
  return of === 'compare-cluster'
}

const ofTeardown = [
  'delete-cluster',
  'delete-provider',
  'delete-role',
  'empty-bucket',
  'record-teardown',
  'remove-discovery',
]

/** Whether it is of a step that only teardowns have: they go on past what fails. */
export function isOfTeardown({ of }: Permission): boolean {
  return ofTeardown.includes(of)
}

/**
 * The name of the error for want of the action. IAM may refuse what depends on a role or a provider that was made less
 * than two minutes ago.
 */
export function refusalOf(action: string): unknown {
  return action.startsWith('iam:') ? expect.stringMatching(/^(AccessDenied|NotYetConsistent)$/) : 'AccessDenied'
}
