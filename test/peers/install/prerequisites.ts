import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { isExecutable, type Target } from './target.ts'

/** The state of the prerequisites that the tests cannot install. */
export interface Machine {
  readonly platform: NodeJS.Platform
  /** The output of `go env GOVERSION`: `go1.26.8`. */
  readonly go: string | undefined
  /** The output of `openssl version`. */
  readonly openssl: string | undefined
  /** Whether this user can create Linux namespaces. */
  readonly hasNamespaces: boolean
}

/** The namespaces for programs that need their own mounts or network addresses. */
const unshare = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--kill-child']

export function inspectMachine(): Machine {
  const [go, openssl] = [outputOf('go', ['env', 'GOVERSION']), outputOf('openssl', ['version'])]
  return {
    platform: process.platform,
    go,
    openssl,
    hasNamespaces: outputOf('unshare', [...unshare, 'true']) !== undefined,
  }
}

/** The missing prerequisites of these targets and their tests, each with its remedy. */
export function missingPrerequisites(machine: Machine, targets: readonly Target[]): string[] {
  const forGo = targets.filter(({ needsGo }) => needsGo)
  const missing = [
    machine.platform === 'linux'
      ? undefined
      : 'Linux: some programs are run in namespaces of its kernel. Run this in a container or a virtual machine.',
    forGo.length > 0 ? missingGo(machine.go, forGo) : undefined,
    machine.openssl === undefined
      ? 'OpenSSL: its view of a chain is compared with the thumbprints. "apt-get install openssl".'
      : undefined,
    machine.platform === 'linux' && !machine.hasNamespaces ? namespaces : undefined,
  ]
  return missing.filter((line) => line !== undefined)
}

const namespaces =
  'Linux namespaces that this user may make: util-linux, user.max_user_namespaces above 0, and, where they are there, kernel.unprivileged_userns_clone=1 and kernel.apparmor_restrict_unprivileged_userns=0 (sysctl); in a container, a seccomp profile that allows unshare and mount.'

/** The programs that are missing in the folder of KUBEBUILDER_ASSETS. */
export function missingAssets(folder: string): string[] {
  return ['kube-apiserver', 'kube-controller-manager', 'etcd', 'kubectl']
    .filter((name) => !isExecutable(path.resolve(folder, name)))
    .map(
      (name) =>
        `${name}: KUBEBUILDER_ASSETS is ${folder}, and it is not there, or cannot be executed. Put it there, or unset KUBEBUILDER_ASSETS to have Kubernetes built.`,
    )
}

/** The first Go that downloads other toolchains: https://go.dev/doc/toolchain */
const oldestGo = 21

function missingGo(version: string | undefined, targets: readonly Target[]): string | undefined {
  const install =
    'Install a current one, which fetches the one it needs by itself: https://go.dev/doc/install, or "apt-get install golang".'
  const names = targets.map(({ name }) => name).join(', ')
  const minor = Number(/^go1\.(\d+)/.exec(version ?? '')?.[1])
  if (version === undefined) return `Go 1.${oldestGo} or newer, to build ${names}. ${install}`
  if (minor < oldestGo) return `Go 1.${oldestGo} or newer, to build ${names}: this is ${version}. ${install}`
  return undefined
}

function outputOf(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
