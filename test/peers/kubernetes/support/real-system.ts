import { rm } from 'node:fs/promises'
import path from 'node:path'
import { inject } from 'vitest'
import { realKubernetes } from '../../../../sandbox/kubernetes/kinds/kind.ts'
import type { RealCluster } from '../../../../sandbox/kubernetes/real/cluster.ts'
import { startSandboxWith } from '../../../../sandbox/sandbox.ts'
import { functionProcesses, System, waitScale } from '../../../e2e/support/system.ts'
import { python } from '../../../support/python.ts'

export type RealSystem = System<RealCluster>

/** Starts the complete sandbox on real API servers, in its own folder. */
export async function startRealSystem(): Promise<{ system: RealSystem; folder: string; end: () => Promise<void> }> {
  const assets = inject('kubernetesAssets')
  if (assets === undefined) throw new Error('this test is for real API servers: run it with npm run test:peers')
  const folder = path.resolve(import.meta.dirname, `../../../../.sandbox/peers-${process.pid}`)
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  const kind = await realKubernetes({ folder: assets, webhook: process.env.WEBHOOK_BINARY })
  const options = { directory: folder, python, port: 0, waitScale, functionProcesses, report: () => {} }
  const sandbox = await startSandboxWith(kind, options).catch(async (error: unknown) => {
    await remove()
    throw error
  })
  sandbox.kubernetes.provisioningMs = 200
  return {
    system: new System(sandbox),
    folder,
    async end() {
      await sandbox.close()
      await remove()
    },
  }
}
