import { expect } from 'vitest'
import { bundleName } from '../../../infra/bundle.ts'
import { stepFunctions } from '../../../infra/functions.ts'
import { anyResources, type Permission, permissionsOf } from './permissions.ts'

/** One test: the permission, its place in the list of all, and the state that its function is for, if it is for one. */
export interface Case extends Permission {
  readonly index: number
  readonly state: string | undefined
}

const stateOf = new Map([...stepFunctions].map(([state, { entry }]) => [bundleName(entry), state]))

export const cases: readonly Case[] = permissionsOf(anyResources)
  .flatMap(({ permissions }) => permissions)
  .map((permission, index) => ({ ...permission, index, state: stateOf.get(permission.of) }))

const ofRotation = [
  'begin-verification',
  'check-verification',
  'find-clusters',
  'narrow-trust',
  'record-rotation',
  'release-lock',
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
  'observe-cluster',
  'record-teardown',
  'remove-discovery',
  'remove-webhook',
  'unbind-ksa',
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

/** The place of the permission of that function. */
export function indexOf(of: string, action: string): number {
  const observed = cases.find((one) => one.of === of && one.action === action)
  if (!observed) throw new Error(`${of} has no permission ${action}`)
  return observed.index
}
