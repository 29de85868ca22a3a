/** The prefix of a deployment's secret names: its setting `secretPrefix`. */

import type { ApiClient } from '../client/api.ts'
import { readAccess } from '../client/reads.ts'
import { usualSecretPrefix } from '../client/request/request.ts'
import { NoApi } from './api/endpoint.ts'
import type { Context } from './context.ts'
import { CommandError } from './errors.ts'
import { warn } from './note.ts'

/** Reads the prefix from the deployment. */
export async function secretPrefixOf(api: ApiClient): Promise<string> {
  return (await readAccess(api)).secretPrefix
}

/**
 * Reads the prefix from the deployment, for a command that also works without an API. Returns the default when no API
 * is named, or when the API fails. A failure causes a warning on standard error.
 */
export async function likelySecretPrefix(context: Context | NoApi): Promise<string> {
  if (context instanceof NoApi) return usualSecretPrefix
  try {
    return await secretPrefixOf(context.api)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    warn(error.message, context.output.isJson)
    warn(
      `The names of secrets in the request begin with ${usualSecretPrefix}/. Correct them if the deployment has another secretPrefix.`,
      context.output.isJson,
    )
    return usualSecretPrefix
  }
}
