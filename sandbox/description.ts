import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { account, rootCredentials } from './account.ts'
import { rootUserEnvironment } from './aws/server.ts'
import type { AnyCluster } from './kubernetes/clusters/any-cluster.ts'
import type { Sandbox } from './sandbox.ts'

/** What clients need to use the sandbox. */
export function describe(
  sandbox: Pick<Sandbox<AnyCluster>, 'gateway' | 'aws' | 'proxy' | 'bastion' | 'authority' | 'deployment'>,
) {
  // Copies these fields only, because clients of the SDK add other fields to the object.
  const { accessKeyId, secretAccessKey } = rootCredentials
  return {
    api: sandbox.gateway.url,
    aws: {
      endpoint: sandbox.aws.endpoint,
      region: account.region,
      accountId: account.id,
      accessKeyId,
      secretAccessKey,
    },
    proxy: sandbox.proxy.url,
    bastion: sandbox.bastion.url,
    caFile: sandbox.authority.caFile,
    stack: sandbox.deployment.outputs,
  }
}

export interface DescriptionFiles {
  readonly description: string
  /** aws.env, which a shell reads: `. aws.env`. */
  readonly awsVariables: string
}

/**
 * Writes sandbox.json, aws.env and a kubeconfig for each cluster into the folder. Only the user can read the files,
 * because they contain credentials of the sandbox.
 */
export async function writeDescription(sandbox: Sandbox<AnyCluster>, directory: string): Promise<DescriptionFiles> {
  const files = { description: path.join(directory, 'sandbox.json'), awsVariables: path.join(directory, 'aws.env') }
  const folder = path.join(directory, 'kubeconfigs')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const kubeconfigs: Record<string, string> = {}
  for (const name of sandbox.kubernetes.names()) {
    const kubeconfig = path.join(folder, `${name}.yaml`)
    await writeSecret(kubeconfig, sandbox.kubernetes.localKubeconfig(name))
    kubeconfigs[name] = kubeconfig
  }
  await writeSecret(files.description, `${JSON.stringify({ ...describe(sandbox), kubeconfigs }, undefined, 2)}\n`)
  await writeSecret(files.awsVariables, awsVariables(sandbox.aws.endpoint))
  return files
}

/**
 * Version 1 of the AWS CLI reads AWS_DEFAULT_REGION instead of AWS_REGION. Before 1.29, it ignores AWS_ENDPOINT_URL and
 * needs --endpoint-url: https://docs.aws.amazon.com/cli/v1/userguide/cli-configure-endpoints.html
 */
function awsVariables(endpoint: string): string {
  const set = Object.entries(rootUserEnvironment(endpoint, account.region)).map(
    ([name, value]) => `export ${name}=${value}`,
  )
  return [...set, 'unset AWS_PROFILE AWS_SESSION_TOKEN', ''].join('\n')
}

/** Replaces an existing file, because a write to it would keep its mode. */
async function writeSecret(file: string, text: string): Promise<void> {
  await rm(file, { force: true })
  await writeFile(file, text, { mode: 0o600 })
}
