import { DescribeStateMachineCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn'
import { outputOf, rootOf } from './aws-clients.ts'
import type { System } from './system.ts'

/**
 * Starts a setup whose workflow differs from the deployed one as `edit` says, and puts the deployed one back as soon as it
 * runs, which then keeps the definition that it was started with.
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
