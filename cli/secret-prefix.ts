/** The prefix of a deployment's secret names: its setting `secretPrefix`. */
import { answerOf } from './api/answer.ts'
import type { ApiClient } from './api/client.ts'
import { NoApi } from './api/endpoint.ts'
import type { Context } from './context.ts'
import { CommandError } from './errors.ts'
import { usualSecretPrefix } from './init/request.ts'
import { note } from './note.ts'

/** Reads it from the deployment. */
export async function secretPrefixOf(api: ApiClient): Promise<string> {
  return (await answerOf(api.GET('/v1/access'))).secretPrefix
}

/**
 * Reads it from the deployment, for a command that also works without an API. It returns the default when no API is
 * named. It also does so, with a note on standard error, when the API does not respond.
 */
export async function likelySecretPrefix(context: Context | NoApi): Promise<string> {
  if (context instanceof NoApi) return usualSecretPrefix
  try {
    return await secretPrefixOf(context.api)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    note(error.message)
    note(`The request names secrets below ${usualSecretPrefix}/: correct them if the setting secretPrefix is another.`)
    return usualSecretPrefix
  }
}
