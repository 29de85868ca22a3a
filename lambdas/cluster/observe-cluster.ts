import type * as z from 'zod/mini'
import { readAhead } from '../clouds/aws/secrets.ts'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { allDone } from '../errors/attempts.ts'
import { StepError } from '../errors/step-errors.ts'
import { connectIfCredentialsThere, connectToManagement } from '../objects/connect.ts'
import { againOfSetup, againOfTeardown, type Missing, missingRights, requireNone } from '../rights/missing.ts'
import { rulesOfTeardown, rulesOnManagement } from '../rights/needed.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { awsClusterRef } from './aws-cluster.ts'
import { isAtRecordedLocation, locationIn, observedAt } from './location.ts'
import { description } from './observe-cluster.step.ts'

type Input = z.output<typeof description.input>

/**
 * Detects whether the AWSCluster was deleted. Later steps then ignore the objects in the cluster, which no longer
 * exist. An AWSCluster that is missing where it was never found counts as existing, and DeleteCluster reports it.
 * Records the issuer and the location of an existing AWSCluster in the status.
 *
 * @throws {AccessDenied} when the credentials lack a right that a later step needs
 */
export const run: StepRun<typeof description> = async (request, context) => {
  const seen = request.management ? await observe(request, request.management, context) : { output: { gone: false } }
  if (!seen.output.gone) await requireTeardownRights(request, context)
  return { changes: [], ...seen }
}

export const handler = step(
  description,
  run,
  ({ management }, signal) => management && readAhead([management.credentialsSecretArn], signal),
)

async function observe(request: Input, management: NonNullable<Input['management']>, context: StepContext) {
  const { clusterName, onManagement } = request
  const client = await connectToManagement(management, clusterName, context.signal)
  const location = locationIn(client, management)
  const [live] = await allDone([
    client.get(awsClusterRef(clusterName, location.namespace)),
    onManagement ? requireRightsOn(client, { clusterName, management, onManagement }) : Promise.resolve(),
  ])
  if (!live) return { output: { gone: isAtRecordedLocation(location, context.status.cluster) } }
  return { output: { gone: false }, observed: request.recorded ? observedAt(location, live) : undefined }
}

async function requireRightsOn(
  client: ClusterClient,
  {
    clusterName,
    management: { credentialsSecretArn, namespace },
    onManagement: { operation, ...part },
  }: Pick<Input, 'clusterName'> & {
    readonly management: NonNullable<Input['management']>
    readonly onManagement: NonNullable<Input['onManagement']>
  },
): Promise<void> {
  const rules = rulesOnManagement(clusterName, { secretArn: credentialsSecretArn, namespace, ...part }, operation)
  const again = operation === 'setup' ? againOfSetup(clusterName) : againOfTeardown(clusterName)
  const more = operation === 'teardown' ? ' --teardown' : ''
  const command = `wid rights ${clusterName} --management${more} --apply`
  requireNone(await missingRights(client, rules), { name: clusterName, credentialsSecretArn }, { again, command })
}

async function requireTeardownRights({ target, needs }: Input, { signal }: StepContext): Promise<void> {
  if (!target || !needs) return
  requireNone(await missingForTeardown(target, needs, signal), target, { again: againOfTeardown(target.name) })
}

/** Returns no rights for an unreachable cluster, because later steps report its remaining objects with the reason. */
async function missingForTeardown(
  target: NonNullable<Input['target']>,
  needs: NonNullable<Input['needs']>,
  signal: AbortSignal,
): Promise<Missing> {
  try {
    const client = await connectIfCredentialsThere(target, signal)
    if (!client) return { rights: [] }
    const { minor } = await client.version()
    return await missingRights(client, rulesOfTeardown(needs, { target, minor }))
  } catch (error) {
    if (error instanceof StepError) return { rights: [] }
    throw error
  }
}
