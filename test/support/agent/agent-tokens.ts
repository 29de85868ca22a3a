import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { agentAudience, agentSubject } from '../../../lambdas/agent/token.ts'
import { deployment } from '../api/requests.ts'

export const audience = agentAudience(deployment.name)

/** The claims that a test changes. */
export interface TokenEdits {
  readonly subject?: string
  readonly audience?: string
  readonly seconds?: number
  readonly issuedAt?: Date
  readonly accountUid?: string
  /** Whether the token is bound to a pod. */
  readonly isBound?: boolean
}

/** A key with which an API server signs tokens. */
export async function signingKey(kid: string = randomUUID()) {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }
  const token = ({
    subject = agentSubject,
    audience: aud = audience,
    seconds = 3600,
    issuedAt = new Date(),
    accountUid = 'account-uid',
    isBound = true,
  }: TokenEdits = {}) => {
    const iat = Math.floor(issuedAt.getTime() / 1000)
    const serviceaccount = { name: 'workload-identity', uid: accountUid }
    const bound = isBound ? { pod: { name: 'agent-1', uid: 'pod-uid' } } : {}
    return new SignJWT({ 'kubernetes.io': { namespace: 'workload-identity-setup', serviceaccount, ...bound } })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setSubject(subject)
      .setAudience(aud)
      .setIssuer('https://kubernetes.default.svc')
      .setIssuedAt(iat)
      .setExpirationTime(iat + seconds)
      .sign(privateKey)
  }
  return { jwk, token }
}
