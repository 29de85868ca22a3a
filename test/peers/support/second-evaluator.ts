import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate'
import { account } from '../../../sandbox/account.ts'
import type { Ask } from './asks.ts'

export interface Policy {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Readonly<Record<string, unknown>>[]
}

/** A role and a session of it: what together decides. */
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

/** What iam-simulate decides; it leaves out the context keys that the action does not have. Throws for what it cannot judge. */
export async function secondDecision(rights: Rights, ask: Omit<Ask, 'call'>, principal: string): Promise<Decision> {
  const named = (policies: readonly Policy[]) => policies.map((policy, index) => ({ name: `policy-${index}`, policy }))
  const simulation: Simulation = {
    request: {
      principal,
      action: ask.action,
      resource: { resource: ask.resource, accountId: account.id },
      contextVariables: { ...ask.context },
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
  if (!decision) throw new Error(`${ask.action}: ${result}`)
  return decision
}

/**
 * It knows the ARNs of REST APIs alone, so that requests about HTTP APIs are judged without its check of their resource. And
 * it takes the ID of an API that is called for a kind of resource, where it knows no `*`. IAM does:
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

/** `…:execute-api:REGION:ACCOUNT:api/ID/STAGE` in the place of `…:execute-api:REGION:ACCOUNT:ID/STAGE`. */
function withKind(simulation: Simulation): Simulation {
  return JSON.parse(JSON.stringify(simulation).replaceAll(/(:execute-api:[^:"]*:[^:"]*:)(?=[^"]*\/)/g, '$1api/'))
}
