import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod/mini'
import type { AnyCluster } from './kubernetes/any-cluster.ts'
import type { Sandbox } from './sandbox.ts'

export const examplesFolder = path.join(path.dirname(import.meta.dirname), 'examples')

const example = z.object({
  cluster: z.object({ name: z.string(), provider: z.string(), issuerUrl: z.optional(z.url()) }),
})

/**
 * Prepares what each example takes for granted: the management cluster's credentials in Secrets Manager, and for a cluster
 * that is already there the cluster itself.
 */
export async function prepareExamples({ kubernetes, secrets }: Sandbox<AnyCluster>): Promise<void> {
  const files = await readdir(examplesFolder)
  const requests = await Promise.all(files.map((file) => readFile(path.join(examplesFolder, file), 'utf8')))
  for (const { cluster } of requests.map((text) => example.parse(JSON.parse(text)))) {
    if (cluster.issuerUrl === undefined) {
      await secrets.keep(`${cluster.name}/management`, kubernetes.kubeconfig('management'))
      continue
    }
    const issuer = { host: new URL(cluster.issuerUrl).host }
    await kubernetes.addUserCluster({ name: cluster.name, version: '1.33.2', issuer })
    await secrets.keep(`${cluster.name}/user-cluster`, kubernetes.kubeconfig(cluster.name))
  }
}
