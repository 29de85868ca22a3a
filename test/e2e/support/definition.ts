import { DescribeStateMachineCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn'
import { outputOf, rootOf } from './aws-clients.ts'
import type { System } from './system.ts'

/**
 * Starts a setup with an edited definition of the workflow, and restores the deployed definition as soon as the setup runs. A
 * running execution uses the definition with which it started.
 */
export async function withDefinition(
  system: System,
  edit: (definition: string) => string,
  start: () => Promise<string>,
): Promise<string> {
  const { sfn } = rootOf(system)
  const stateMachineArn = outputOf(system, 'SetupStateMachineArn')
  const { definition = '' } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))
  const edited = edit(definition)
  if (edited === definition) throw new Error('the edit has changed nothing')
  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: edited }))
  try {
    const location = await start()
    await system.until(location, ({ steps, endedAt }) => steps.length > 0 || endedAt !== undefined)
    return location
  } finally {
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }))
  }
}
