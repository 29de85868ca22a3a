import { describe, expect, it } from 'vitest'
import { isRefusal } from '../../../lambdas/clouds/aws/web-identity.ts'
import { concernsDocuments, explainRefusal, isPermanent, unpublishedKey } from '../../../lambdas/proof/sts-refusal.ts'

const parties = {
  roleArn: 'arn:aws:iam::123456789012:role/workload-identity/a',
  providerArn: 'arn:aws:iam::123456789012:oidc-provider/host/x',
  issuerUrl: 'https://host/x',
}

describe('a refusal of STS', () => {
  it.each([
    [
      'AccessDenied',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      parties.roleArn,
      /does not let the service account/,
    ],
    ['IDPRejectedClaim', 'An error', parties.roleArn, /does not let the service account/],
    [
      'InvalidIdentityToken',
      'No OpenIDConnect provider found in your account for https://host/x',
      parties.providerArn,
      /no OIDC provider/,
    ],
    [
      'InvalidIdentityToken',
      "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
      parties.providerArn,
      /thumbprints/,
    ],
    ['InvalidIdentityToken', 'Incorrect token audience', parties.providerArn, /audience sts.amazonaws.com/],
    [
      'InvalidIdentityToken',
      "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
      parties.issuerUrl,
      /cannot verify/,
    ],
    ['IDPCommunicationError', 'An error', parties.issuerUrl, /cannot verify/],
    [
      'ExpiredToken',
      'Token expired: current date/time 1 must be before the expiration date/time 0',
      parties.issuerUrl,
      /expired/,
    ],
  ])('%s with %j names the object to check', (code, message, object, reason) => {
    const explanation = explainRefusal({ code, message }, parties)
    expect(explanation.object).toBe(object)
    expect(explanation.reason).toMatch(reason)
    expect(explanation.reason).toContain(code)
    expect(`${explanation.reason}${explanation.action}`).not.toContain(message)
  })

  it('concerns the discovery documents only if they can be the cause', () => {
    expect(concernsDocuments({ code: 'InvalidIdentityToken', message: "Couldn't retrieve verification key" })).toBe(
      true,
    )
    expect(concernsDocuments({ code: 'InvalidIdentityToken', message: "doesn't match configured thumbprint" })).toBe(
      true,
    )
    expect(concernsDocuments({ code: 'InvalidIdentityToken', message: 'Incorrect token audience' })).toBe(false)
    expect(concernsDocuments({ code: 'AccessDenied', message: '' })).toBe(false)
  })

  it('is permanent only when waiting cannot help', () => {
    expect(isPermanent({ code: 'ExpiredToken', message: '' })).toBe(true)
    expect(isPermanent({ code: 'AccessDenied', message: '' })).toBe(false)
  })

  it('is an error about the token, and not a failure of the call', () => {
    expect(['AccessDenied', 'InvalidIdentityToken', 'ExpiredToken'].every(isRefusal)).toBe(true)
    expect(['Throttling', 'InternalFailure', 'TimeoutError'].some(isRefusal)).toBe(false)
  })
})

describe('the advice for a token of a key that is not published', () => {
  const refusal = { code: 'InvalidIdentityToken', message: "Couldn't retrieve verification key" }
  const key = { jwksUri: 'https://oidc.example.com/edge-1/openid/v1/jwks', keyId: 'k-1' }

  it.each([
    ['is to publish it', { isHosted: false, isRevoked: false }, 'Let the cluster publish its current keys'],
    ['is a refresh, which publishes it', { isHosted: true, isRevoked: false }, '/v1/clusters/CLUSTER/signing-keys'],
    ['is to sign with another key if it is revoked', { isHosted: true, isRevoked: true }, 'sign with another key'],
  ])('%s', (_, published, action) => {
    expect(unpublishedKey(refusal, { ...key, ...published })).toEqual({
      object: key.jwksUri,
      reason: expect.stringContaining('(InvalidIdentityToken), because the key set lacks the key k-1'),
      action: expect.stringContaining(action),
    })
  })
})
