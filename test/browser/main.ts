/** `npm run test:browser`: tests the portal in Chromium, with its own sandbox. Arguments go to vitest. */
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
// Open handles of tests would keep the process alive.
process.exit()
