/**
 * Decides by Cedar policies whether a caller may perform an action on a resource. A grant is a role with a scope. The
 * policies are evaluated once for each grant of the caller, because scopes of several grants must not mix. A forbid
 * policy that applies in one of these evaluations denies the request. A policy that cannot be evaluated also denies the
 * request. Cedar alone would skip the policy, so that a company's forbid would have no effect
 * (https://docs.cedarpolicy.com/auth/authorization.html#error-handling-considerations).
 */
import { type Context, preparsePolicySet, preparseSchema, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { actions } from './actions.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import type { AccessRules, Grant } from './configuration.ts'
import { callerUid, entitiesOf, resourceUid, type ScopedRole } from './entities.ts'
import { type Home, holds, isReplaced } from './grants.ts'
import type { Principal } from './principal.ts'
import { type RoleName, roleNames, rolePolicies } from './roles.ts'
import { schema } from './schema.ts'

export interface Decision {
  readonly allowed: boolean
  /** The ids of the policies that allow or forbid the request. Empty when no policy applies. */
  readonly policies: readonly string[]
  /** The names of the grants that allow the request. */
  readonly grants: readonly string[]
  /** Evaluation errors, each with the id of its policy. Any error denies the request. */
  readonly errors: readonly string[]
}

/** The permissions that a denied request lacks. */
export interface Missing {
  /** The least powerful role that allows the request, if its grant covers everything. Undefined when no role does. */
  readonly role?: RoleName | undefined
  /** The names of the configured grants that would allow the request if the caller had them. */
  readonly grants: readonly string[]
}

/** A grant of a caller, with its complete scope. */
export interface HeldGrant extends ScopedRole {
  readonly name: string
}

export interface Access {
  /** Whether the principal has a grant. */
  isKnown(principal: Principal): boolean
  /** Whether grants name the principal, but apply to another role or user of the same name. */
  isReplaced(principal: Principal): boolean
  grantsOf(principal: Principal): readonly HeldGrant[]
  decide(principal: Principal, request: AuthorizationRequest): Decision
  /** The roles that allow the request, if their grant covers everything; the least powerful role first. */
  rolesThatMay(principal: Principal, request: AuthorizationRequest): readonly RoleName[]
  missing(principal: Principal, request: AuthorizationRequest): Missing
  /** The names of the administrators' grants. Administrators may change all grants. */
  readonly administrators: readonly string[]
}

const schemaId = 'workload-identity'
// Cedar caches the schema for all deployments in the process.
requireParsed(preparseSchema(schemaId, schema))
let prepared = 0

/**
 * The access decisions of a deployment.
 *
 * @param home the account of the deployment, and the unique IDs of the callers that the rules name
 * @throws {Error} when a policy does not parse
 */
export function accessOf(rules: AccessRules, { accountId, callerIds }: Omit<Home, 'issuers'>): Access {
  const home = { accountId, callerIds, issuers: rules.issuers }
  const policySet = preparedPolicies(rules.policies)
  const held = (principal: Principal) => rules.grants.filter((grant) => holds(grant, principal, home))
  const evaluate = (principal: Principal, scopedRole: ScopedRole | undefined, request: AuthorizationRequest) =>
    answerOf(policySet, principal, scopedRole, request)
  const allows = (principal: Principal, scopedRole: ScopedRole, request: AuthorizationRequest) =>
    evaluate(principal, scopedRole, request).decision === 'allow'
  const rolesThatMay = (principal: Principal, request: AuthorizationRequest) =>
    roleNames.filter((role) => allows(principal, { ...everywhere, role }, request))

  return {
    isKnown: (principal) => held(principal).length > 0 || Object.keys(rules.policies).length > 0,
    isReplaced: (principal) => isReplaced(rules.grants, principal, home),
    grantsOf: (principal) => held(principal).map((grant) => ({ ...scopedRoleOf(grant), name: grant.name })),
    decide(principal, request) {
      const grants = held(principal)
      if (grants.length === 0) return combined([{ name: undefined, answer: evaluate(principal, undefined, request) }])
      return combined(
        grants.map((grant) => ({ name: grant.name, answer: evaluate(principal, scopedRoleOf(grant), request) })),
      )
    },
    rolesThatMay,
    missing(principal, request) {
      return {
        role: rolesThatMay(principal, request)[0],
        grants: rules.grants.filter((grant) => allows(principal, scopedRoleOf(grant), request)).map(({ name }) => name),
      }
    },
    administrators: rules.grants.filter(({ role }) => role === 'administrator').map(({ name }) => name),
  }
}

export const everywhere = { clusters: ['*'], namespaces: ['*'], policyArns: ['*'] }

function scopedRoleOf(grant: Grant): ScopedRole {
  if (grant.role === 'administrator') return { ...everywhere, role: grant.role }
  if (grant.role !== 'developer') return { ...everywhere, role: grant.role, clusters: grant.clusters }
  const { role, clusters, namespaces, policyArns } = grant
  return { role, clusters, namespaces, policyArns }
}

/** Parses the policies once for all requests. */
function preparedPolicies(own: AccessRules['policies']): string {
  prepared += 1
  const id = `policies-${prepared}`
  requireParsed(preparsePolicySet(id, { staticPolicies: { ...own, ...rolePolicies } }))
  return id
}

function requireParsed(answer: ReturnType<typeof preparsePolicySet>): void {
  if (answer.type === 'success') return
  throw new Error(`a Cedar policy does not parse: ${answer.errors.map(({ message }) => message).join('; ')}`)
}

interface Answer {
  readonly decision: 'allow' | 'deny'
  readonly policies: readonly string[]
  readonly errors: readonly string[]
}

/** Cedar validates the request and the entities against the schema. */
function answerOf(
  preparsedPolicySetId: string,
  principal: Principal,
  scopedRole: ScopedRole | undefined,
  request: AuthorizationRequest,
): Answer {
  const { action, resource } = request
  const answer = statefulIsAuthorized({
    principal: callerUid(principal),
    action: { type: 'Action', id: action },
    resource: resourceUid(resource),
    context: contextOf(request),
    preparsedSchemaName: schemaId,
    validateRequest: true,
    preparsedPolicySetId,
    entities: entitiesOf(principal, scopedRole, request),
  })
  if (answer.type === 'failure') {
    return { decision: 'deny', policies: [], errors: answer.errors.map(({ message }) => message) }
  }
  const { decision, diagnostics } = answer.response
  return { decision, policies: diagnostics.reason, errors: diagnostics.errors.map(({ policyId }) => policyId) }
}

function contextOf({ action, policyArns = [], awsAccountId = '' }: AuthorizationRequest): Context {
  return {
    ...('withPolicies' in actions[action] && { policyArns: [...policyArns] }),
    ...('withAccount' in actions[action] && { awsAccountId }),
  }
}

function combined(answers: readonly { name: string | undefined; answer: Answer }[]): Decision {
  const errors = unique(answers.flatMap(({ answer }) => answer.errors))
  if (errors.length > 0) return { allowed: false, policies: [], grants: [], errors }
  const forbidding = unique(answers.flatMap(({ answer }) => (answer.decision === 'deny' ? answer.policies : [])))
  if (forbidding.length > 0) return { allowed: false, policies: forbidding, grants: [], errors }
  const allowing = answers.filter(({ answer }) => answer.decision === 'allow')
  return {
    allowed: allowing.length > 0,
    policies: unique(allowing.flatMap(({ answer }) => answer.policies)),
    grants: allowing.flatMap(({ name }) => (name === undefined ? [] : [name])),
    errors,
  }
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}
