/**
 * Makes the state machine of a batch from the setup: a batch of its workloads gets its roles, or its proofs. The setup waits for each
 * execution, and goes on with its output: the roles that were made, and what failed. Its failures are among those of the setup.
 */
import { type AslMachine, expression } from './asl.ts'
import type { AslState, State, Workflow } from './source.ts'

const index = '$states.context.Map.Item.Index'
const input = (field: string) => `$states.context.Execution.Input.${field}`

/** A batch of the workloads of a setup. */
export function batchOf({ States: setup }: Workflow): Workflow {
  const roles = mapIn(setup, 'CreateRoles')
  const { Assign: _, Next: __, ...proofs } = mapIn(setup, 'VerifyWorkloads')
  return {
    Comment:
      'Makes the roles of one batch of the workloads of a setup, or their proofs. Input: { operationId, from, target, request }, for proofs with installed and roles.',
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
        },
        Next: 'Part',
      },
      Part: {
        Type: 'Choice',
        Choices: [{ Condition: '$installed = null', Next: 'CreateRoles' }],
        Default: 'VerifyWorkloads',
      },
      CreateRoles: roles,
      VerifyWorkloads: { ...proofs, Output: expression("{'failed': [$states.result.failed]}"), End: true },
    },
  }
}

/** Counts the workloads of all batches: what is kept of a failure depends on how many there may be before it. */
export function countedFromFirst(machine: AslMachine): AslMachine {
  return JSON.parse(JSON.stringify(machine).replaceAll(index, `($from + ${index})`))
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
