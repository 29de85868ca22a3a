import { someNodes } from '../clouds/kubernetes/nodes.ts'
import { issuerOfTokens } from '../clouds/kubernetes/token-issuer.ts'
import { CloudUnavailable, Unreachable } from '../errors/step-errors.ts'
import { connectToCluster } from '../objects/connect.ts'
import { switchedFrom } from '../operations/record/issuer-move.ts'
import type { FormerIssuer } from '../operations/record/record.ts'
import type { Task } from '../report/waiting.ts'
import type { StepContext, StepResult, StepRun } from '../steps/contract.ts'
import { factsOf } from '../steps/facts-of.ts'
import { step } from '../steps/step.ts'
import { description } from './check-issuer.step.ts'
import { changeOnNodes } from './issuer-change.ts'
import { reasonToWait } from './waiting.ts'

/**
 * Waits until new tokens name the hosted issuer to which the cluster moves. Then records how long the former issuer
 * stays trusted, because pods still have its tokens.
 */
export const run: StepRun<typeof description> = async ({ target }, context) => {
  const { formerIssuer } = context.status
  if (formerIssuer === undefined || formerIssuer.trustedUntil !== undefined) return { output: {}, changes: [] }
  try {
    return await observe(target, formerIssuer, context)
  } catch (error) {
    // API servers that are restarting do not respond.
    if (error instanceof Unreachable || error instanceof CloudUnavailable) return waitingFor(reasonToWait(error))
    throw error
  }
}

export const handler = step(description, run)

async function observe(
  target: Parameters<typeof connectToCluster>[0],
  formerIssuer: FormerIssuer,
  context: StepContext,
): Promise<StepResult> {
  const facts = factsOf(context)
  const client = await connectToCluster(target, context.signal)
  // A server that is still starting may deny requests even if the credentials are sufficient. This call fails first.
  await client.version()
  const observed = await issuerOfTokens(client)
  if (observed !== facts.issuerUrl) {
    const { instruction, task } = changeOnNodes(await someNodes(client), facts, observed)
    return waitingFor(instruction, task)
  }
  return { output: {}, changes: [], observed: { formerIssuer: switchedFrom(formerIssuer, new Date()) } }
}

function waitingFor(reason: string, task?: Task) {
  return { waiting: { reason, events: [], task } }
}
