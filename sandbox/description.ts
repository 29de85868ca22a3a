import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { account, rootCredentials } from './account.ts'
import type { AnyCluster } from './kubernetes/any-cluster.ts'
import type { Sandbox } from './sandbox.ts'

/** What any client needs to be pointed at the sandbox. */
export function describe(sandbox: Sandbox<AnyCluster>) {
  return {
    api: sandbox.gateway.url,
    aws: { endpoint: sandbox.aws.endpoint, region: account.region, accountId: account.id, ...rootCredentials },
    proxy: sandbox.proxy.url,
    bastion: sandbox.bastion.url,
    caFile: sandbox.authority.caFile,
    stack: sandbox.deployment.outputs,
  }
}

/**
 * Writes sandbox.json and a kubeconfig for each cluster into the folder, readable by the user alone: they hold
 * credentials, if only of the sandbox. Gives back the path of sandbox.json.
 */
export async function writeDescription(sandbox: Sandbox<AnyCluster>, directory: string): Promise<string> {
  const file = path.join(directory, 'sandbox.json')
  const folder = path.join(directory, 'kubeconfigs')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const kubeconfigs: Record<string, string> = {}
  for (const name of sandbox.kubernetes.names()) {
    const kubeconfig = path.join(folder, `${name}.yaml`)
    await writeFile(kubeconfig, sandbox.kubernetes.localKubeconfig(name), { mode: 0o600 })
    kubeconfigs[name] = kubeconfig
  }
  await writeFile(file, `${JSON.stringify({ ...describe(sandbox), kubeconfigs }, undefined, 2)}\n`, { mode: 0o600 })
  return file
}
