import { decodeJwt } from 'jose'
import { VerificationFailed } from '../errors/step-errors.ts'

/**
 * Throws VerificationFailed, naming the cluster, for a token that is not for the audience that was asked for: STS would
 * refuse it in words that point at the provider.
 */
export function requireAudience(token: string, asked: { readonly audience: string; readonly cluster: string }): void {
  if (audiencesOf(token).includes(asked.audience)) return
  throw new VerificationFailed({
    object: `cluster ${asked.cluster}`,
    reason: `its API server answers a TokenRequest for the audience ${asked.audience} with a token that is not for it`,
    action:
      'Find out what answers in place of kube-apiserver or changes its answers, since that gives the audience that it is asked for',
  })
}

function audiencesOf(token: string): readonly string[] {
  try {
    return [decodeJwt(token).aud ?? []].flat()
  } catch {
    // The decoder's message may quote what is none of the reader's business.
    return []
  }
}
