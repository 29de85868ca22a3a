import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod/mini'
import type { AnyCluster } from './kubernetes/clusters/any-cluster.ts'
import type { UserClusterOptions } from './kubernetes/index.ts'
import type { Sandbox } from './sandbox.ts'

export const examplesFolder = path.join(path.dirname(import.meta.dirname), 'examples')

const example = z.object({
  cluster: z.object({ name: z.string(), provider: z.string(), issuerUrl: z.optional(z.url()) }),
})

/** The Kubernetes version of existing clusters. */
export const exampleVersion = '1.33.2'

/**
 * Prepares what the examples in JSON require. Examples of Anthos clusters on AWS require the management cluster's
 * credentials in Secrets Manager. Each of the other examples requires its cluster. A cluster without a public issuer is
 * like a new cluster of kubeadm. The examples in YAML need no preparation of their own: they are for the same clusters
 * as the examples in JSON, or for a cluster of the reader.
 */
export async function prepareExamples(sandbox: Sandbox<AnyCluster>): Promise<void> {
  const files = (await readdir(examplesFolder)).filter((file) => file.endsWith('.json'))
  const requests = await Promise.all(files.map((file) => readFile(path.join(examplesFolder, file), 'utf8')))
  for (const { cluster } of requests.map((text) => example.parse(JSON.parse(text)))) {
    const { name, provider, issuerUrl } = cluster
    if (provider !== 'existing') {
      await sandbox.secrets.keep(`${name}/management`, sandbox.kubernetes.kubeconfig('management'))
      continue
    }
    const issuer = issuerUrl === undefined ? ({ installer: 'kubeadm' } as const) : { host: new URL(issuerUrl).host }
    await addCluster(sandbox, { name, version: exampleVersion, issuer })
  }
}

/**
 * Adds an existing cluster, and puts its administrator's credentials into Secrets Manager, unless the secret exists.
 * Returns the ARN of the secret.
 */
export async function addCluster(
  { kubernetes, secrets }: Sandbox<AnyCluster>,
  options: UserClusterOptions,
): Promise<string> {
  await kubernetes.addUserCluster(options)
  return secrets.keepFirst(`${options.name}/user-cluster`, kubernetes.kubeconfig(options.name))
}
