/**
 * `npm run test:schemathesis`: installs Schemathesis, lets it send 10,000 requests or as many as the first argument says, and
 * writes bench/REQUESTS.md.
 */
import { startVitest } from 'vitest/node'
import { makeMissing } from '../peers/install/install.ts'
import { pythonPackages } from '../peers/install/python-packages.ts'

try {
  await makeMissing([pythonPackages], (line) => console.error(line))
  process.env.SCHEMATHESIS_REQUESTS = process.argv[2] ?? '10000'
  await startVitest([], { project: ['schemathesis'], reporters: ['default', './bench/requests.ts'], run: true })
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
// What a test has left open must not keep this waiting.
process.exit()
