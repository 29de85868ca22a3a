import { type ApiCall, Refusal } from './operation.ts'
import { problem } from './problem.ts'

const jsonType = /^application\/json\s*(;|$)/i

/**
 * The JSON value that a call's body holds.
 *
 * @throws Refusal 415 for another content type, 413 for more than `maxBytes`, 400 for what is not JSON
 */
export function readJson({ headers, body }: ApiCall, maxBytes: number): unknown {
  if (!jsonType.test(headers['content-type'] ?? '')) {
    throw new Refusal(problem('unsupported-media-type', { detail: 'Send it with content-type: application/json' }))
  }
  if (body.length > maxBytes) {
    throw new Refusal(problem('too-large', { detail: `It has ${body.length} bytes; at most ${maxBytes} are taken` }))
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    // The parser's message repeats parts of the body.
    throw new Refusal(problem('not-json', { detail: 'The body has to be one JSON object in UTF-8' }))
  }
}
