import type { System } from '../../e2e/support/system.ts'

export const tenMinutesMs = 10 * 60_000

/** Sets a cluster up, rotates it, and tears it down. Returns the errors. */
export async function lifecycleErrors(system: System, name: string, body: unknown): Promise<unknown[]> {
  const setup = await system.setUp(body)
  const rotation = await system.ended(await system.send('/v1/rotations', {}))
  const teardown = await system.tearDown(`/v1/clusters/${name}`)
  return [setup, rotation, teardown].flatMap(({ error }) => error ?? [])
}
