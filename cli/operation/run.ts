import type { Operation } from '../../client/api.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../errors.ts'
import { outcomeLines } from '../view/outcome.ts'
import { jsonWatcher, plainWatcher, type Watcher } from '../view/watchers.ts'
import { follow } from './follow.ts'
import { verdictOf } from './verdict.ts'

interface Started {
  readonly operationId: string
}

/** Follows an operation to its end and shows its outcome. Returns the exit code. */
export async function showToItsEnd(context: Context, started: Started | Promise<Started>): Promise<ExitCode> {
  const ended = await followOn(context, (await started).operationId)
  showOutcome(context, ended)
  return verdictOf(ended)
}

/** Follows an operation to its end, with the display that the terminal supports. */
export async function followOn(context: Context, operationId: string): Promise<Operation> {
  const { api, endpoint, timeout, interrupt: signal } = context
  return follow(api, operationId, {
    watcher: await watcherFor(context),
    // The sandbox is local, and its waits are short.
    intervalMs: endpoint.region === undefined ? 250 : 1_000,
    timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    signal,
  })
}

export function showOutcome({ output }: Context, ended: Operation): void {
  if (output.isJson) output.json({ type: 'operation', ...ended })
  else output.print(outcomeLines(ended))
}

async function watcherFor({ output }: Context): Promise<Watcher> {
  if (output.isJson) return jsonWatcher(output)
  if (!output.isLive) return plainWatcher(output)
  const { liveWatcher } = await import('../view/live-watcher.ts')
  return liveWatcher(process.stdout)
}
