import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { inject } from 'vitest'
import { parseDocument } from 'yaml'
import type { AnyCluster } from '../../../../sandbox/kubernetes/clusters/any-cluster.ts'

/** One version of kubectl. */
export interface Kubectl {
  /** As kubectl prints it: `v1.37.2`. */
  readonly version: string
  readonly minor: number
  readonly file: string
}

export interface Outcome {
  /** The exit status. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * The kubectl beside the API server of this run, because kubectl supports servers within one minor version:
 * https://kubernetes.io/releases/version-skew-policy/#kubectl
 *
 * @throws Error when the folder contains no kubectl
 */
export async function kubectlHere(): Promise<Kubectl> {
  const folder = inject('kubernetesAssets')
  if (folder === undefined) throw new Error('This suite compares with a real API server: its folder is not provided.')
  const kubectl = await readVersion(path.join(folder, 'kubectl'))
  if (!kubectl) throw new Error(`There is no kubectl in ${folder}: npm run test:peers builds it.`)
  return kubectl
}

async function readVersion(file: string): Promise<Kubectl | undefined> {
  const { code, stdout } = await execute(file, ['version', '--client', '--output', 'json'], {})
  const version = /"gitVersion": "(v1\.(\d+)[^"]*)"/.exec(stdout)
  if (code !== 0 || !version?.[1]) return undefined
  return { version: version[1], minor: Number(version[2]), file }
}

/** The folders of kubectl for one cluster: its kubeconfig and caches, and the manifests. */
export interface Home {
  readonly directory: string
  readonly kubeconfig: string
  /** The base of relative file names in commands. */
  readonly manifests: string
}

export async function homeFor(cluster: AnyCluster, directory: string, manifests: string): Promise<Home> {
  await mkdir(directory, { recursive: true })
  const kubeconfig = path.join(directory, 'kubeconfig.yaml')
  const { host, port } = cluster.settings
  const document = parseDocument(cluster.kubeconfig(undefined))
  if (document.getIn(['clusters', 0, 'cluster', 'server']) !== `https://${host}:${port}`)
    throw new Error(String(document))
  document.setIn(['clusters', 0, 'cluster', 'server'], `https://127.0.0.1:${cluster.port}`)
  document.setIn(['clusters', 0, 'cluster', 'tls-server-name'], host)
  await writeFile(kubeconfig, String(document), { mode: 0o600 })
  return { directory, kubeconfig, manifests }
}

/** Runs kubectl with the words of the command. A word in single quotes may contain spaces. */
export function run({ file }: Kubectl, command: string, home: Home): Promise<Outcome> {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
  const env = { HOME: home.directory, KUBECONFIG: home.kubeconfig, PATH: process.env.PATH }
  return execute(file, words, { env, cwd: home.manifests })
}

function execute(file: string, words: string[], options: { env?: NodeJS.ProcessEnv; cwd?: string }): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(file, words, { ...options, timeout: 100_000, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0
      resolve({ code, stdout, stderr })
    })
  })
}
