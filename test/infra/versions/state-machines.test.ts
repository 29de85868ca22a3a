import { expect, test } from 'vitest'
import { stateMachinesIn } from '../../../infra/versions/state-machines.ts'

const stack = { StackName: 'WorkloadIdentity', StackStatus: 'UPDATE_COMPLETE', CreationTime: new Date(0) } as const
const outputs = {
  SetupStateMachineArn: 'arn:setup',
  PlanStateMachineArn: 'arn:compare',
  DriftStateMachineArn: 'arn:compare',
  TableName: 'record',
}
const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }))

test('each state machine in the outputs of a deployment is listed once', () => {
  expect(stateMachinesIn({ ...stack, Outputs })).toEqual(['arn:setup', 'arn:compare'])
})

test.each(['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_ROLLBACK_FAILED'] as const)(
  'a stack in the status %s is refused, because no state machine may call its new versions yet',
  (StackStatus) => {
    const message = `The stack WorkloadIdentity is ${StackStatus}: wait for the end of the deployment, and try again`
    expect(() => stateMachinesIn({ ...stack, StackStatus, Outputs })).toThrow(message)
  },
)
