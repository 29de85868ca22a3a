import { setTimeout as sleep } from 'node:timers/promises'
import type { Line } from './line.ts'
import { OperationLines } from './lines.ts'
import { type Operation, operation } from './operation.ts'

/** Milliseconds between two looks at the operation. */
const interval = 250

/**
 * Sends a setup and prints each step as it happens. Gives back the operation as it ended.
 *
 * @throws Error with the API's own words when it refuses the request
 */
export async function setUp(api: string, request: string, print: (line: Line) => void): Promise<Operation> {
  const response = await fetch(`${api}/v1/setups`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: request,
  })
  const answer = await response.text()
  const location = response.headers.get('location')
  if (response.status !== 202 || location === null) throw new Error(`The API answered ${response.status}: ${answer}`)
  const lines = new OperationLines()
  for (;;) {
    const looked = await fetch(`${api}${location}`)
    if (!looked.ok) throw new Error(`GET ${location} answered ${looked.status}: ${await looked.text()}`)
    const now = operation.parse(await looked.json())
    for (const line of lines.newIn(now)) print(line)
    if (now.endedAt !== undefined) return now
    await sleep(interval)
  }
}
