/** A worker that runs many agents. `agentsIn` starts it, and reads their counts. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type RunningAgent, startAgent } from '../../agent/agent.ts'
import type { Configuration } from '../../agent/configuration.ts'

/** How many agents start in a second: they must not all call at the same moment of each 30 seconds. */
const startsInSecond = 200 / 30

export interface Agents {
  /** The calls of all agents since their start: by route and result. */
  counts(): Promise<Readonly<Record<string, number>>>
  end(): Promise<void>
}

/** Starts these agents, and returns when all have started. Their log is dropped. */
export async function agentsIn(configurations: readonly Configuration[]): Promise<Agents> {
  const worker = new Worker(new URL(import.meta.url), { workerData: configurations, stdout: true })
  worker.stdout.resume()
  const next = () => new Promise<Record<string, number>>((resolve) => worker.once('message', resolve))
  await next()
  return {
    counts: () => {
      const answer = next()
      worker.postMessage('counts')
      return answer
    },
    end: async () => void (await worker.terminate()),
  }
}

async function runAll(configurations: readonly Configuration[]): Promise<void> {
  const agents: RunningAgent[] = []
  for (const configuration of configurations) {
    agents.push(await startAgent(configuration))
    await sleep(1000 / startsInSecond)
  }
  parentPort?.on('message', async () => parentPort?.postMessage(await countsOf(agents)))
  parentPort?.postMessage({})
}

async function countsOf(agents: readonly RunningAgent[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { healthUrl } of agents) {
    const text = await (await fetch(`${healthUrl}/metrics`)).text()
    for (const [, route, result, count] of text.matchAll(/calls_total\{route="(\w+)",result="(\w+)"\} (\d+)/g)) {
      counts[`${route} ${result}`] = (counts[`${route} ${result}`] ?? 0) + Number(count)
    }
  }
  return counts
}

if (!isMainThread) await runAll(workerData)
