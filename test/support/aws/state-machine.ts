import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn'
import { operationKinds } from '../../../lambdas/operations/record/kinds.ts'
import { setEnvironment } from '../environment.ts'

const waiting = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } } as const

const definitions = {
  /** Runs until it is stopped. */
  running: waiting,
  /** Runs until it times out. */
  late: { TimeoutSeconds: 1, ...waiting },
  /** Fails immediately without recording anything, as if it were killed. */
  failing: { StartAt: 'Fail', States: { Fail: { Type: 'Fail', Error: 'States.Runtime', Cause: 'killed' } } },
} as const

export type Behaviour = keyof typeof definitions

/** Creates stubs of the state machines. Returns a function that selects the stub for new operations. */
export async function makeStateMachines(): Promise<(behaviour: Behaviour) => void> {
  const client = new SFNClient()
  const make = async (behaviour: Behaviour) => {
    const { stateMachineArn } = await client.send(
      new CreateStateMachineCommand({
        name: behaviour,
        definition: JSON.stringify(definitions[behaviour]),
        roleArn: 'arn:aws:iam::000000000000:role/any',
      }),
    )
    return stateMachineArn ?? ''
  }
  const [running, late, failing] = await Promise.all([make('running'), make('late'), make('failing')])
  client.destroy()
  const arns: Readonly<Record<Behaviour, string>> = { running, late, failing }
  return (behaviour) => useStateMachine(arns[behaviour])
}

/** Starts operations of every kind with this state machine. */
export function useStateMachine(arn: string): void {
  setEnvironment({ STATE_MACHINE_ARNS: JSON.stringify(Object.fromEntries(operationKinds.map((kind) => [kind, arn]))) })
}

/** The state machine for new operations. */
export function stateMachineArn(): string {
  return JSON.parse(process.env.STATE_MACHINE_ARNS ?? '{}').setup
}

export function executionArn(operationId: string): string {
  return `${stateMachineArn().replace(':stateMachine:', ':execution:')}:${operationId}`
}
