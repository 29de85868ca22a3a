import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { AnyCluster } from '../../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { until } from '../../../support/kubernetes/api-requests.ts'
import { type Clusters, startClusters } from '../../../support/kubernetes/clusters.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'
import { type Home, homeFor, type Kubectl, type Outcome, run } from './kubectl.ts'
import { writeManifests } from './manifests.ts'

/** An emulated and a real cluster of the same version, and kubectl's home for each. */
export interface Both {
  /** The output of the command against each cluster. */
  run(kubectl: Kubectl, command: string): Promise<{ emulated: Outcome; real: Outcome }>
  /** Waits until the condition holds for each cluster. */
  until(what: string, holds: (cluster: AnyCluster) => Promise<boolean>): Promise<void>
  end(): Promise<void>
}

const timeoutMs = 60_000

export async function startBoth(options: { readonly management: boolean }): Promise<Both> {
  const directory = await temporaryDirectory()
  const clusters: Clusters = await startClusters()
  const real = await clusters.start('real', options)
  const emulated = await clusters.emulate('emulated', { ...options, version: real.gitVersion.slice(1) })
  const manifests = path.join(directory.path, 'manifests')
  await mkdir(manifests)
  await writeManifests(manifests)
  // Each version of kubectl has its own home, because they cannot share caches.
  const homes = new Map<string, Promise<Home>>()
  const homeOf = ({ version }: Kubectl, cluster: AnyCluster) => {
    const folder = path.join(directory.path, `${version}-${cluster.name}`)
    const home = homes.get(folder) ?? homeFor(cluster, folder, manifests)
    homes.set(folder, home)
    return home
  }
  return {
    async run(kubectl, command) {
      const [first, second] = await Promise.all(
        [emulated, real].map(async (cluster) => run(kubectl, command, await homeOf(kubectl, cluster))),
      )
      if (!first || !second) throw new Error('two clusters give two outcomes')
      return { emulated: first, real: second }
    },
    async until(what, holds) {
      await Promise.all(
        [emulated, real].map((cluster) => until(() => holds(cluster), `${what} (${cluster.name})`, timeoutMs)),
      )
    },
    async end() {
      await clusters.end()
      await directory.remove()
    },
  }
}
