import { expect, vi } from 'vitest'
import { logGroups, logOf } from '../../e2e/support/runs/logs.ts'
import type { System } from '../../e2e/support/system.ts'

/** Waits until the function with this bundle has logged one line with all of these words. */
export async function untilLogged(
  system: System,
  bundle: string,
  words: readonly string[],
  since: number,
): Promise<void> {
  const name = bundle.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
  await vi.waitFor(
    async () => {
      // MiniStack answers 500 when a function writes to a log while the groups are listed.
      const groups = await logGroups(system.sandbox.aws.endpoint)
      const own = groups.find((one) => new RegExp(`/${name}(Function)?Log[0-9A-F]{8}$`).test(one))
      // The functions of the API share one log group.
      const group = own ?? groups.find((one) => /\/AuditLog[0-9A-F]{8}$/.test(one))
      if (group === undefined) throw new Error(`${bundle} has no log group`)
      const lines = (await logOf(system, group, since)).split('\n')
      expect(lines.filter((line) => words.every((word) => line.includes(word)))).not.toEqual([])
    },
    { timeout: 20_000, interval: 100 },
  )
}
