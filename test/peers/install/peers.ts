import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Peer } from './checked.ts'
import { pythonProgram } from './python-packages.ts'
import { peersFolder, root } from './target.ts'
import type { KubernetesVersion } from './targets.ts'

const run = promisify(execFile)

/** A peer that returns its version once it is installed. */
export interface ListedPeer extends Omit<Peer, 'version'> {
  /** @throws Error when the program prints no version */
  version(): Promise<string>
}

/**
 * The peers of the tests, with the versions that the programs print.
 *
 * @param assets the folder of KUBEBUILDER_ASSETS
 * @param versions the versions of Kubernetes that were built without `assets`
 * @throws Error when a program prints no version
 */
export function findPeers(assets: string | undefined, versions: readonly KubernetesVersion[]): Promise<Peer[]> {
  const listed = listedPeers(assets, versions)
  return Promise.all(listed.map(async (peer) => ({ ...peer, version: await peer.version() })))
}

/** The same peers, before anything is installed. */
export function listedPeers(assets: string | undefined, versions: readonly KubernetesVersion[]): ListedPeer[] {
  const folder = (version: string) => path.join(peersFolder, 'kubernetes', version)
  const kubernetes = assets
    ? kubernetesPeers('here', assets)
    : versions.flatMap((version) => kubernetesPeers(version, folder(version)))
  return [...kubernetes, ...awsPeers, ...googlePeers, ...otherPeers]
}

function kubernetesPeers(version: string, folder: string): ListedPeer[] {
  const versionOf = (name: string, args: readonly string[], pattern: RegExp) => () =>
    reported(path.join(folder, name), args, pattern)
  const tests = [`kubernetes ${version}/**`]
  return [
    { name: 'kube-apiserver', version: versionOf('kube-apiserver', ['--version'], /^Kubernetes v(\S+)/), tests },
    {
      name: 'kube-controller-manager',
      version: versionOf('kube-controller-manager', ['--version'], /^Kubernetes v(\S+)/),
      tests,
    },
    { name: 'etcd', version: versionOf('etcd', ['--version'], /^etcd Version: (\S+)/), tests },
    {
      name: 'kubectl',
      version: versionOf('kubectl', ['version', '--client', '--output=json'], /"gitVersion": "v([^"]+)"/),
      tests: [`kubernetes ${version}/**/*kubectl*`, `kubernetes ${version}/**/rights-commands*`, 'peers/**/*kubectl*'],
    },
  ]
}

/** The program that compares the API with the released one. */
export const oasdiff = path.join(peersFolder, 'oasdiff/oasdiff')

export const helm = path.join(peersFolder, 'helm/helm')

const peersPython = pythonProgram('python')

const awsPeers: readonly ListedPeer[] = [
  {
    name: 'moto',
    version: () => pythonPackage(peersPython, 'moto'),
    tests: ['aws on moto/**', 'peers/**/moto*', 'peers/**/state-machines*'],
  },
  {
    name: 'jsonata-python',
    version: () => pythonPackage(peersPython, 'jsonata-python'),
    tests: ['peers/**/state-machines*'],
  },
  {
    name: 'AWS CLI',
    version: () => reported(pythonProgram('aws'), ['--version'], /^aws-cli\/(\S+)/),
    tests: ['peers/**/*aws-cli*'],
  },
  { name: 'boto3', version: () => pythonPackage(peersPython, 'boto3'), tests: ['peers/**/*aws-cli*'] },
  {
    name: '@cloud-copilot/iam-simulate',
    version: () => npmPackage('@cloud-copilot/iam-simulate'),
    tests: ['peers/**/iam-*'],
  },
  {
    name: "AWS's documentation",
    version: async () => 'as the tests link it',
    tests: ['peers/**/tokens*', 'peers/**/state-limits*', 'peers/**/state-machines*'],
  },
]

const googlePeers: readonly ListedPeer[] = [
  {
    name: 'gcp-storage-emulator',
    version: () => pythonPackage(peersPython, 'gcp-storage-emulator'),
    tests: ['google on gcp-storage-emulator/**'],
  },
  {
    name: 'fake-gcs-server',
    version: () => goModule(path.join(peersFolder, 'bin/fake-gcs-server'), 'github.com/fsouza/fake-gcs-server'),
    tests: ['google on fake-gcs-server/**'],
  },
]

const otherPeers: readonly ListedPeer[] = [
  {
    name: 'OpenSSL',
    version: () => reported('openssl', ['version'], /^OpenSSL (\S+)/),
    tests: ['peers/**/thumbprints*'],
  },
  {
    name: 'oasdiff',
    version: () => goModule(oasdiff, 'github.com/oasdiff/oasdiff'),
    tests: ['peers/**/released-api*'],
  },
  {
    name: 'Helm',
    version: () => goModule(helm, 'helm.sh/helm/v4'),
    tests: ['peers/**/helm*', 'kubernetes */**/helm*'],
  },
  {
    name: 'Schemathesis',
    version: () => reported(pythonProgram('schemathesis'), ['--version'], /(\d\S+)$/),
    tests: ['schemathesis/**'],
  },
]

async function reported(program: string, args: readonly string[], pattern: RegExp): Promise<string> {
  const { stdout } = await run(program, args)
  const version = pattern.exec(stdout.trim())?.[1]
  if (version === undefined) throw new Error(`"${[program, ...args].join(' ')}" tells no version: ${stdout.trim()}`)
  return version
}

function pythonPackage(python: string, name: string): Promise<string> {
  const script = 'import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))'
  return reported(python, ['-c', script, name], /^(\S+)$/)
}

async function npmPackage(name: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(root, 'node_modules', name, 'package.json'), 'utf8'))
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version)
  throw new Error(`The package.json of ${name} has no version`)
}

/** The version that the Go linker wrote into a program, which has no command for it: https://pkg.go.dev/runtime/debug#BuildInfo */
async function goModule(program: string, name: string): Promise<string> {
  const content = await readFile(program)
  const start = content.indexOf(`\t${name}\tv`)
  const [, , version] = content.toString('latin1', start, start + 200).split('\t')
  if (start < 0 || version === undefined) throw new Error(`${program} was not built from ${name}`)
  return version.slice(1)
}
