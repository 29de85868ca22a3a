import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate'
import { account } from '../../../sandbox/account.ts'
import type { AwsRequest } from './aws-requests.ts'

export interface Policy {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Readonly<Record<string, unknown>>[]
}

/** The policies that decide together about a request of a session. */
export interface Rights {
  readonly policies: readonly Policy[]
  readonly boundary?: Policy | undefined
  readonly session?: Policy | undefined
  /** The policy of the resource: a trust policy, the policy of a bucket or of a queue. */
  readonly resource?: Policy | undefined
}

export type Decision = 'allowed' | 'implicit deny' | 'explicit deny'

const decisions: Readonly<Record<string, Decision>> = {
  Allowed: 'allowed',
  ImplicitlyDenied: 'implicit deny',
  ExplicitlyDenied: 'explicit deny',
}

/** The decision of iam-simulate, which ignores context keys that the action does not have. Throws when it cannot decide. */
export async function secondDecision(
  rights: Rights,
  request: Omit<AwsRequest, 'call'>,
  principal: string,
): Promise<Decision> {
  const named = (policies: readonly Policy[]) => policies.map((policy, index) => ({ name: `policy-${index}`, policy }))
  const simulation: Simulation = {
    request: {
      principal,
      action: request.action,
      resource: { resource: request.resource, accountId: account.id },
      contextVariables: { ...request.context },
    },
    identityPolicies: named(rights.policies),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(rights.boundary && { permissionBoundaryPolicies: named([rights.boundary]) }),
    ...(rights.session && { sessionPolicy: rights.session }),
    ...(rights.resource && { resourcePolicy: rights.resource }),
  }
  const result = await evaluated(simulation)
  const decision = decisions[result]
  if (!decision) throw new Error(`${request.action}: ${result}`)
  return decision
}

/**
 * iam-simulate knows only ARNs of REST APIs, so that requests to HTTP APIs skip its check of the resource. It also reads the ID
 * of a called API as a type of resource, for which it does not support `*`. IAM does:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
 */
async function evaluated(simulation: Simulation): Promise<string> {
  const { action } = simulation.request
  if (action.startsWith('apigateway:')) return runUnsafeSimulation(simulation, {})
  if (action.startsWith('execute-api:')) return runUnsafeSimulation(withKind(simulation), {})
  const simulated = await runSimulation(simulation, {})
  if (simulated.resultType === 'error') throw new Error(`${action}: ${JSON.stringify(simulated.errors)}`)
  return simulated.overallResult
}

/** Replaces `…:execute-api:REGION:ACCOUNT:ID/STAGE` by `…:execute-api:REGION:ACCOUNT:api/ID/STAGE`. */
function withKind(simulation: Simulation): Simulation {
  return JSON.parse(JSON.stringify(simulation).replaceAll(/(:execute-api:[^:"]*:[^:"]*:)(?=[^"]*\/)/g, '$1api/'))
}
