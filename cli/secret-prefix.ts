/** The first part of the names of a deployment's secrets: its setting `secretPrefix`. */
import { answerOf } from './api/answer.ts'
import type { ApiClient } from './api/client.ts'
import { NoApi } from './api/endpoint.ts'
import type { Context } from './context.ts'
import { CommandError } from './errors.ts'
import { usualSecretPrefix } from './init/request.ts'
import { note } from './note.ts'

/** As the deployment says it. */
export async function secretPrefixOf(api: ApiClient): Promise<string> {
  return (await answerOf(api.GET('/v1/access'))).secretPrefix
}

/**
 * As the deployment says it. For a command that works without an API, too: the usual one when none is named, and, with a note
 * on standard error, when it does not answer.
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
