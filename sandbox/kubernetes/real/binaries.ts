import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

export interface Binaries {
  readonly etcd: string
  readonly apiServer: string
  readonly controllerManager: string
  /** The version that kube-apiserver reports, such as `v1.37.2`. */
  readonly gitVersion: string
}

/**
 * The programs in the folder that KUBEBUILDER_ASSETS names.
 *
 * @throws Error that names the program that is missing or cannot be run, and what to do
 */
export async function findBinaries(folder: string): Promise<Binaries> {
  const [etcd, apiServer, controllerManager] = await Promise.all([
    programIn(folder, 'etcd'),
    programIn(folder, 'kube-apiserver'),
    programIn(folder, 'kube-controller-manager'),
  ])
  return { etcd, apiServer, controllerManager, gitVersion: await versionOf(apiServer) }
}

async function programIn(folder: string, name: string): Promise<string> {
  const file = path.resolve(folder, name)
  try {
    await access(file, constants.X_OK)
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new Error(
      `KUBEBUILDER_ASSETS is ${folder}, and ${file} ${isMissing ? 'does not exist' : 'cannot be executed'}. ${advice}`,
    )
  }
  return file
}

const advice =
  'The folder must contain etcd, kube-apiserver and kube-controller-manager: "npm run test:peers" builds them into .peers/kubernetes. Without KUBEBUILDER_ASSETS the sandbox emulates its clusters.'

async function versionOf(apiServer: string): Promise<string> {
  const { stdout } = await promisify(execFile)(apiServer, ['--version']).catch((error: unknown) => {
    throw new Error(`${apiServer} does not run: ${error instanceof Error ? error.message : String(error)}`)
  })
  const version = /^Kubernetes (v1\.\d+\.\d+\S*)/.exec(stdout)?.[1]
  if (version === undefined)
    throw new Error(`${apiServer} --version printed "${stdout.trim()}", which contains no version.`)
  return version
}
