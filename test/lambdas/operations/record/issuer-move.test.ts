import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  movedFrom,
  possibleIssuers,
  switchedFrom,
  trustedIssuers,
} from '../../../../lambdas/operations/record/issuer-move.ts'
import type { ClusterStatus } from '../../../../lambdas/operations/record/record.ts'

const hosted = 'https://oidc.example.com/edge-1'
const own = 'https://own.example.com'
const now = new Date('2026-11-27T12:00:00.000Z')
const hour = 60 * 60 * 1000

function status(issuerUrl: string, more: Partial<ClusterStatus> = {}): ClusterStatus {
  const cluster = { issuerUrl, jwksUri: `${issuerUrl}/jwks` }
  return { cluster, verifiedAt: now.toISOString(), conditions: {}, ...more }
}

describe('a setup with a hosted issuer', () => {
  it('moves a cluster from another issuer', () => {
    expect(movedFrom(status(own), hosted)).toEqual({ issuerUrl: own })
  })

  it('does not move a cluster that has it, that was never verified, or that is new', () => {
    expect(movedFrom(status(hosted), hosted)).toBeUndefined()
    const { verifiedAt: _, ...unverified } = status(own)
    expect(movedFrom(unverified, hosted)).toBeUndefined()
    expect(movedFrom({ conditions: {} }, hosted)).toBeUndefined()
    expect(movedFrom({ verifiedAt: now.toISOString(), conditions: {} }, hosted)).toBeUndefined()
  })

  it('continues a move that an earlier setup began', () => {
    const formerIssuer = { issuerUrl: own }
    expect(movedFrom(status(hosted, { formerIssuer }), hosted)).toBe(formerIssuer)
  })
})

describe('while a cluster moves', () => {
  it('its tokens may name both issuers until the change is observed, and then only the new one', () => {
    const former = { issuerUrl: own }
    expect(possibleIssuers(hosted, undefined)).toEqual([hosted])
    expect(possibleIssuers(hosted, former)).toEqual([hosted, own])
    expect(possibleIssuers(hosted, switchedFrom(former, now))).toEqual([hosted])
    expect(possibleIssuers(undefined, former)).toEqual([])
  })

  it('roles trust both until no token of the former issuer can be valid: a day and an hour after the change', () => {
    const switched = switchedFrom({ issuerUrl: own }, now)
    expect(switched).toEqual({ issuerUrl: own, trustedUntil: '2026-11-28T13:00:00.000Z' })
    fc.assert(
      fc.property(fc.integer({ min: -48, max: 48 }), (hours) => {
        const later = new Date(now.getTime() + hours * hour)
        expect(trustedIssuers(hosted, { issuerUrl: own }, later)).toEqual([hosted, own])
        expect(trustedIssuers(hosted, switched, later)).toEqual(hours < 25 ? [hosted, own] : [hosted])
      }),
    )
    const end = new Date(now.getTime() + 25 * hour)
    expect(trustedIssuers(hosted, switched, new Date(end.getTime() - 1))).toEqual([hosted, own])
    expect(trustedIssuers(hosted, switched, end)).toEqual([hosted])
  })

  it('a repeated observation of the change does not delay the end of the trust', () => {
    const switched = switchedFrom({ issuerUrl: own }, now)
    expect(switchedFrom(switched, new Date(now.getTime() + hour))).toEqual(switched)
  })
})

it('roles trust one issuer when the cluster does not move, or has moved back', () => {
  expect(trustedIssuers(hosted, undefined, now)).toEqual([hosted])
  expect(trustedIssuers(hosted, { issuerUrl: hosted }, now)).toEqual([hosted])
})
