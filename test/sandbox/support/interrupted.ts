import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, utimes } from 'node:fs/promises'
import { expect, vi } from 'vitest'
import { cloneWithRegistry } from './slow-registry.ts'

type Clone = Awaited<ReturnType<typeof cloneWithRegistry>>

export const signals = ['SIGTERM', 'SIGINT', 'SIGKILL'] as const

const start = 'sandbox/main.ts'
const portal = 'node_modules/vite/bin/vite.js'

/** Runs a script as `npm start` does, in its own process group. */
function began(clone: Clone, script: string) {
  const child = spawn(process.execPath, [clone.at('sandbox/bootstrap.mjs'), '--without-python', script], {
    env: clone.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      printed += text
    })
  }
  return { child, ended: once(child, 'close').then(() => printed) }
}

/** What a script prints. A killed command's lock is taken for old, as it is after 15 seconds. */
export async function outputOf(clone: Clone, script: 'start' | 'portal'): Promise<string> {
  const before = new Date(Date.now() - 60_000)
  await utimes(clone.at('.sandbox/installing'), before, before).catch(() => {})
  return began(clone, script === 'start' ? start : portal).ended
}

/** Ends the installation of a script's packages when half of the nth package is sent, and waits until nothing runs. */
async function interrupt(clone: Clone, script: string, signal: (typeof signals)[number], nth: number): Promise<void> {
  const running = began(clone, script)
  const { pid = 0 } = running.child
  clone.atHalf(async (sent) => {
    // Ctrl-C reaches each process of the terminal.
    if (sent === nth) process.kill(signal === 'SIGINT' ? -pid : pid, signal)
  })
  await running.ended
  clone.atHalf(async () => {})
  // A program that outlives a killed command would disturb the next one.
  await vi.waitFor(() => expect(() => process.kill(-pid, 0)).toThrow('ESRCH'), { timeout: 5_000, interval: 20 })
}

/** Interrupts the installation of the portal's packages, and expects that the next commands need nobody's help. */
export async function expectHealing(signal: (typeof signals)[number], nth: number): Promise<void> {
  const clone = await cloneWithRegistry()
  try {
    expect(await outputOf(clone, 'start')).toContain(`started ${start}`)
    const stamp = await readFile(clone.at('node_modules/.installed-from'), 'utf8')
    await interrupt(clone, portal, signal, nth)
    expect(await readFile(clone.at('node_modules/.installed-from'), 'utf8')).toBe(stamp)
    clone.setReachable(false)
    await clone.emptyCache()
    expect(await outputOf(clone, 'start')).toBe(`started ${start}\n`)
    clone.setReachable(true)
    expect(await outputOf(clone, 'portal')).toContain(`started ${portal}`)
    expect(await clone.missingFiles()).toEqual([])
  } finally {
    await clone.remove()
  }
}
