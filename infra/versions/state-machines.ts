import type { Stack } from '@aws-sdk/client-cloudformation'
import { stateMachineOutputs } from '../workflows.ts'

/**
 * The ARNs of a deployment's state machines.
 *
 * @throws {Error} when the stack is not a deployment
 * @throws {Error} when the stack is being deployed. Its state machines then call only some of the new versions
 */
export function stateMachinesIn({ StackName: name, StackStatus: status, Outputs = [] }: Stack): string[] {
  if (!status?.endsWith('_COMPLETE')) {
    throw new Error(`The stack ${name} is ${status}: wait for the end of the deployment, and try again`)
  }
  const arns = Outputs.flatMap(({ OutputKey = '', OutputValue }) =>
    stateMachineOutputs.has(OutputKey) && OutputValue !== undefined ? [OutputValue] : [],
  )
  if (arns.length > 0) return [...new Set(arns)]
  throw new Error(`The stack ${name} has no state machines: name the stack of a deployment`)
}
