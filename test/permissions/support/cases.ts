import { expect } from 'vitest'
import { bundleName } from '../../../infra/functions/entry.ts'
import { stepFunctions } from '../../../infra/functions/functions.ts'
import { stepFunction } from '../../../infra/functions/step-function.ts'
import { functionOfStep, stepOf } from '../../support/steps/steps.ts'
import { anyResources, type Permission, permissionsOf } from './permissions.ts'

/** One test of a permission. If its function runs steps, `of` is the file of the step that tries it. */
export interface Case extends Permission {
  /** The index in the list of all permissions. */
  readonly index: number
  /** The state of the step that tries the permission. */
  readonly state: string | undefined
}

const statesOf = new Map([...stepFunctions.values()].map(({ entry, states }) => [bundleName(entry), states]))

/** For functions that several steps share: the first step of the function that an operation runs. It tries the function's permissions. */
const tryRights = ['FindClusters', 'RecordResult', 'AcquireLock', 'ObserveCluster', 'CheckCluster', 'RenewCertificate']

export const cases: readonly Case[] = permissionsOf(anyResources)
  .flatMap(({ permissions }) => permissions)
  .map((permission, index) => {
    const state = stateThatTries(permission)
    const of = state === undefined ? permission.of : bundleName(stepOf(state).entry)
    return { ...permission, of, index, state }
  })

/** Undefined for a function that runs no step. */
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

/** Whether the permission belongs to a step that only rotations run. They continue after the failure of one cluster. */
export function isOfRotation({ of }: Permission): boolean {
  return ofRotation.includes(of)
}

/** Whether the permission belongs to the step that only scheduled drifts run. They continue after the failure of one cluster. */
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

/** Whether the permission belongs to a step that only teardowns run. They continue after a failure. */
export function isOfTeardown({ of }: Permission): boolean {
  return ofTeardown.includes(of)
}

/**
 * The name of the error without the action. It is NotYetConsistent if the call depends on a role or a provider that was created
 * less than two minutes ago.
 */
export function refusalOf(action: string): unknown {
  return action.startsWith('iam:') ? expect.stringMatching(/^(AccessDenied|NotYetConsistent)$/) : 'AccessDenied'
}
