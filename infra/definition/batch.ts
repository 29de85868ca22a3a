/**
 * Makes the state machine of a batch from the setup: a batch of its workloads gets its roles, or its proofs, or is removed. The setup waits
 * for each execution, and goes on with its output: the roles that were made, and what failed. Its failures are among those of the setup.
 */
import { type AslMachine, expression } from './asl.ts'
import { itemIndex } from './caught.ts'
import type { AslState, State, Workflow } from './source.ts'

const input = (field: string) => `$states.context.Execution.Input.${field}`

/** A batch of the workloads of a setup. */
export function batchOf({ States: setup }: Workflow): Workflow {
  const roles = mapIn(setup, 'CreateRoles')
  const proofs = withFailures(mapIn(setup, 'VerifyWorkloads'))
  const removals = withFailures(mapIn(setup, 'RemoveWorkloads'))
  return {
    Comment:
      'Makes the roles of one batch of the workloads of a setup, or their proofs, or removes it. Input: { operationId, from, target, request }, for proofs with installed and roles, for a removal with removed.',
    TimeoutSeconds: 14_400,
    Defaults: { Cluster: '$request.cluster.name' },
    StartAt: 'Prepare',
    States: {
      Prepare: {
        Type: 'Pass',
        Assign: {
          operationId: expression(input('operationId')),
          from: expression(input('from')),
          target: expression(input('target')),
          request: expression(input('request')),
          installed: expression(`$exists(${input('installed')}) ? ${input('installed')} : null`),
          roles: expression(`[${input('roles')}]`),
          removed: expression(`[${input('removed')}]`),
        },
        Next: 'Part',
      },
      Part: {
        Type: 'Choice',
        Choices: [
          { Condition: '$count($removed) > 0', Next: 'RemoveWorkloads' },
          { Condition: '$installed = null', Next: 'CreateRoles' },
        ],
        Default: 'VerifyWorkloads',
      },
      CreateRoles: roles,
      VerifyWorkloads: proofs,
      // Its request has all that is removed, which the steps need to know.
      RemoveWorkloads: { ...removals, Items: expression('$removed') },
    },
  }
}

/** Ends with what failed, which it otherwise adds to the failures of the setup. */
function withFailures({ Assign: _, Next: __, ...map }: AslState): AslState {
  return { ...map, Output: expression("{'failed': [$states.result.failed]}"), End: true }
}

/** Counts the workloads of all batches: what is kept of a failure depends on how many there may be before it. */
export function countedFromFirst(machine: AslMachine): AslMachine {
  return JSON.parse(JSON.stringify(machine).replaceAll(itemIndex, `($from + ${itemIndex})`))
}

/** @throws {Error} when the setup has no Map of this name */
function mapIn(states: Readonly<Record<string, State>>, name: string): AslState {
  const found = Object.entries(states).flatMap(([each, state]) => {
    if (state.Type === 'Step') return []
    return each === name ? [state] : (state.Branches ?? []).map((branch) => branch.States[name])
  })
  const [map] = found.filter((state) => state !== undefined)
  if (map?.Type !== 'Map') throw new Error(`the setup has no Map ${name}`)
  return map
}
