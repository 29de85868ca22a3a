import { DescribeStateMachineCommand, SFNClient, UpdateStateMachineCommand } from '@aws-sdk/client-sfn'
import { account, rootCredentials } from '../../../sandbox/account.ts'
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
  const { aws, deployment } = system.sandbox
  const stateMachineArn = deployment.outputs.SetupStateMachineArn
  const client = new SFNClient({ endpoint: aws.endpoint, region: account.region, credentials: rootCredentials })
  const { definition = '' } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }))
  const edited = edit(definition)
  if (edited === definition) throw new Error('the edit has changed nothing')
  await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition: edited }))
  try {
    const location = await start()
    await system.until(location, ({ steps, endedAt }) => steps.length > 0 || endedAt !== undefined)
    return location
  } finally {
    await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition }))
    client.destroy()
  }
}
