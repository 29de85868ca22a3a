import { wildcard } from '../spec/wildcard.ts'
import type { AccessRules, Grant, GrantedCaller, GrantedIam, GrantedToken } from './configuration.ts'
import type { IamPrincipal, JwtPrincipal, Principal } from './principal.ts'

/** What grants are about: the roles and users of the deployment's account, and the tokens of its issuers. */
export interface Home {
  readonly accountId: string
  readonly issuers: AccessRules['issuers']
}

/** Whether the grant is the principal's. */
export function isHeld({ to }: Grant, principal: Principal, home: Home): boolean {
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

function namesIam(named: GrantedIam, principal: IamPrincipal, { accountId }: Home): boolean {
  if (principal.account !== accountId) return false
  return 'role' in named ? named.role === principal.role : named.user === principal.user
}

function hasClaim(claims: JwtPrincipal['claims'], claim: string, value: string): boolean {
  return Object.hasOwn(claims, claim) && claims[claim]?.includes(value) === true
}

/** Whether a text is one that the patterns stand for. `*` stands for any characters. */
export function covers(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => wildcard(pattern).test(text))
}
