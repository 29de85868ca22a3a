/** `npm run test:browser`: the portal in a real Chromium, on a sandbox of its own. Arguments go on to vitest. */
import { parseCLI, startVitest } from 'vitest/node'
import { installChromium } from './support/chromium.ts'

try {
  installChromium((line) => console.error(line))
  const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)])
  await startVitest(filter, { ...options, project: options.project ?? ['browser'] })
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
// What a test has left open must not keep this waiting.
process.exit()
