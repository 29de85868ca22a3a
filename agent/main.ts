/** The agent of a cluster relays requests of the deployment to the API server. The agent opens both connections. */
import { codeOf } from '../lambdas/clouds/network/connection-error.ts'
import { version } from '../lambdas/version.ts'
import { startAgent } from './agent.ts'
import { ConfigurationError, readConfiguration } from './configuration.ts'
import { log } from './log.ts'

try {
  const configuration = readConfiguration(process.env)
  const agent = await startAgent(configuration)
  const { cluster, apiUrl, apiServer } = configuration
  log('info', 'The agent is started', { version, cluster, apiUrl, apiServer })
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void agent.close().then(() => process.exit(0)))
  }
} catch (error) {
  const problems = error instanceof ConfigurationError ? error.problems : [`The agent cannot start: ${codeOf(error)}`]
  for (const problem of problems) log('error', problem)
  process.exitCode = 1
}
