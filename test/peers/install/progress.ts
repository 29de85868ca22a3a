import type { Report } from './target.ts'

const intervalMs = 15_000

/** Runs a long task. Prints its start, its progress every 15 seconds, and its duration. */
export async function withProgress(
  name: string,
  work: (report: Report) => Promise<void>,
  print: (line: string) => void,
): Promise<void> {
  const started = Date.now()
  let doing = ''
  print(`${name}: not there, or made from another recipe: making it`)
  const timer = setInterval(() => print(`${name}: ${[elapsed(started), doing].filter(Boolean).join(', ')}`), intervalMs)
  try {
    await work((what) => {
      doing = what
    })
    print(`${name}: done in ${elapsed(started)}`)
  } finally {
    clearInterval(timer)
  }
}

/** `1:05`, as minutes and seconds. */
function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
