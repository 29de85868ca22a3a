import { createAgentKeys } from '../lambdas/agent/sealing.ts'
import { Api } from './api.ts'
import { ApiServer } from './api-server.ts'
import type { Configuration } from './configuration.ts'
import { Health, startHealthServer } from './health.ts'
import { KeySet } from './key-set.ts'
import { Loop } from './loop.ts'
import { Metrics } from './metrics.ts'
import { Relay } from './relay.ts'
import { wait } from './waiting.ts'

export interface RunningAgent {
  /** The base URL of the health server, without a trailing slash. */
  readonly healthUrl: string
  /** Stops the calls for work. Running requests get up to `closeMs`, and are then aborted. */
  close(): Promise<void>
}

/** @throws {Error} when the health port is taken */
export async function startAgent(configuration: Configuration): Promise<RunningAgent> {
  const { healthPort, times } = configuration
  const [stopping, ending] = [new AbortController(), new AbortController()]
  const metrics = new Metrics()
  const health = new Health(times.healthyMs)
  const server = await startHealthServer(healthPort, health, metrics)
  const keys = await createAgentKeys()
  const api = new Api(configuration, metrics)
  const apiServer = new ApiServer(configuration)
  const keySet = new KeySet(apiServer, times)
  const relay = new Relay({ keys, api, apiServer, metrics, times, ended: ending.signal })
  const { publicKey } = keys
  const loop = new Loop({ configuration, publicKey, api, apiServer, keySet, relay, health, stopped: stopping.signal })
  const running = loop.run().then(() => relay.settled())
  return {
    healthUrl: `http://127.0.0.1:${server.port}`,
    async close() {
      stopping.abort()
      await Promise.race([running, wait(times.closeMs, ending.signal)])
      ending.abort()
      await Promise.all([running, server.close(), api.close(), apiServer.close()])
    },
  }
}
