import { decodeJwt } from 'jose'
import { VerificationFailed } from '../errors/step-errors.ts'

/**
 * Requires that a token has the requested audience. STS would refuse a token for another audience with an error that
 * wrongly blames the provider.
 *
 * @throws {VerificationFailed} when the token has another audience; the error names the cluster
 */
export function requireAudience(
  token: string,
  requested: { readonly audience: string; readonly cluster: string },
): void {
  if (audiencesOf(token).includes(requested.audience)) return
  throw new VerificationFailed({
    object: `cluster ${requested.cluster}`,
    reason: `its API server answers a TokenRequest for the audience ${requested.audience} with a token that is not for it`,
    action:
      'Find out what answers in place of kube-apiserver or changes its answers, since that gives the audience that is requested',
  })
}

function audiencesOf(token: string): readonly string[] {
  try {
    return [decodeJwt(token).aud ?? []].flat()
  } catch {
    // The decoder's error is dropped, because its message may quote the token.
    return []
  }
}
