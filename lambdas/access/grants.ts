import type { AccessRules, Grant, GrantedCaller, GrantedIam, GrantedToken } from './configuration.ts'
import { type CallerIds, keyOf } from './named-callers.ts'
import type { IamPrincipal, JwtPrincipal, Principal } from './principal.ts'

/** Where the callers of grants come from: IAM roles and users from this account, and tokens from these issuers. */
export interface Home {
  readonly accountId: string
  readonly callerIds: CallerIds
  readonly issuers: AccessRules['issuers']
}

export function holds({ to }: Grant, principal: Principal, home: Home): boolean {
  return to.some((caller) => names(caller, principal, home))
}

function names(caller: GrantedCaller, principal: Principal, home: Home): boolean {
  if ('jwt' in caller) return principal.kind === 'jwt' && namesToken(caller.jwt, principal, home)
  return principal.kind === 'iam' && namesIam(caller.iam, principal, home)
}

function namesToken({ issuer, claims }: GrantedToken, principal: JwtPrincipal, { issuers }: Home): boolean {
  if (!Object.hasOwn(issuers, issuer) || issuers[issuer] !== principal.issuer) return false
  return Object.entries(claims).every(([claim, value]) => hasClaim(principal.claims, claim, value))
}

/** Whether grants name the principal's role or user, but apply to a deleted role or user of the same name. */
export function isReplaced(grants: readonly Grant[], principal: Principal, home: Home): boolean {
  if (principal.kind !== 'iam') return false
  const named = grants.flatMap(({ to }) => to).flatMap((caller) => ('iam' in caller ? [caller.iam] : []))
  return named.some((iam) => hasName(iam, principal, home) && !hasId(iam, principal, home))
}

function namesIam(named: GrantedIam, principal: IamPrincipal, home: Home): boolean {
  return hasName(named, principal, home) && hasId(named, principal, home)
}

function hasName(named: GrantedIam, principal: IamPrincipal, { accountId }: Home): boolean {
  if (principal.account !== accountId) return false
  return 'role' in named ? named.role === principal.role : named.user === principal.user
}

function hasId(named: GrantedIam, { id }: IamPrincipal, { callerIds }: Home): boolean {
  return callerIds.get(keyOf(named)) === id
}

function hasClaim(claims: JwtPrincipal['claims'], claim: string, value: string): boolean {
  return Object.hasOwn(claims, claim) && claims[claim]?.includes(value) === true
}
