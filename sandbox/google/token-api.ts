import type { ErrorAnswer } from '../faults.ts'
import { type Answer, type Api, json, type Route } from './api.ts'
import { TokenError, type Tokens } from './tokens.ts'

/** oauth2.googleapis.com: issues access tokens for assertions that a service account's key has signed. */
export function tokenApi(tokens: Tokens): Api {
  const exchange: Route = {
    method: 'POST',
    path: /^\/(token|oauth2\/v4\/token)$/,
    operation: 'oauth2.token',
    write: false,
    object: ({ url }) => url.href,
    actor: () => 'allUsers',
    async handle({ body }) {
      const form = new URLSearchParams(body.toString())
      if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
        throw new TokenError('unsupported_grant_type', 'Invalid grant_type')
      }
      const { principal: _, ...token } = await tokens.exchange(form.get('assertion') ?? '')
      return json(200, token)
    },
  }
  return { routes: [exchange], explain, fail, notFound: () => ({ status: 404 }) }
}

export function explain(error: unknown): Answer {
  if (error instanceof TokenError) return json(error.status, { error: error.code, error_description: error.message })
  throw error
}

const errors: Readonly<Record<ErrorAnswer, Answer>> = {
  refuse: json(403, { error: 'access_denied', error_description: 'Account restricted.' }),
  throttle: json(429, { error: 'rate_limit_exceeded', error_description: 'Try again.' }),
  break: json(500, { error: 'internal_failure', error_description: 'Try again.' }),
  unavailable: json(503, { error: 'backend_error', error_description: 'Try again.' }),
}

export function fail(fault: ErrorAnswer): Answer {
  return errors[fault]
}
