import * as z from 'zod/mini'
import type { OperationAnswer } from './operation.ts'
import type { System } from './system.ts'

/** The API's answer to a request, and the end of the operation that it started. */
export interface Attempt {
  readonly status: number
  readonly answer: Readonly<Record<string, unknown>>
  readonly ended?: OperationAnswer
}

interface Sent {
  readonly user: string
  readonly path?: string
  readonly method?: 'POST' | 'DELETE'
  readonly body?: unknown
}

const answered = z.record(z.string(), z.unknown())

/** Sends a request, by default a setup, as a local user of the sandbox, and waits for the end of the operation. */
export async function attempt(
  system: System,
  { user, path = '/v1/setups', method = 'POST', body }: Sent,
): Promise<Attempt> {
  const response = await fetch(system.api + path, {
    method,
    headers: { 'content-type': 'application/json', 'x-local-user': user },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const answer = answered.parse(await response.json())
  const location = response.headers.get('location')
  if (response.status !== 202 || location === null) return { status: response.status, answer }
  return { status: response.status, answer, ended: await system.ended(location) }
}

/** All that a caller can read of an attempt, without the values that the caller sent. */
export function readableIn({ answer, ended }: Attempt, sent: readonly string[]): string {
  const text = JSON.stringify({ answer, error: ended?.error, steps: ended?.steps })
  return sent.reduce((rest, value) => rest.replaceAll(value, ''), text)
}
