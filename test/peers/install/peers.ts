import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Peer } from './checked.ts'
import { peersFolder, root } from './target.ts'
import type { KubernetesVersion } from './targets.ts'

const run = promisify(execFile)

/**
 * What the tests ran on, as the programs themselves tell it.
 *
 * @param assets the folder that KUBEBUILDER_ASSETS names
 * @param versions those of Kubernetes that were built otherwise
 * @throws Error when a program cannot tell its version
 */
export async function findPeers(assets: string | undefined, versions: readonly KubernetesVersion[]): Promise<Peer[]> {
  const folder = (version: string) => path.join(peersFolder, 'kubernetes', version)
  const kubernetes = assets
    ? [kubernetesPeers('here', assets)]
    : versions.map((version) => kubernetesPeers(version, folder(version)))
  return (await Promise.all([...kubernetes, awsPeers(), googlePeers(), otherPeers()])).flat()
}

async function kubernetesPeers(version: string, folder: string): Promise<Peer[]> {
  const program = (name: string) => path.join(folder, name)
  const tests = [`kubernetes ${version}/**`]
  const [apiServer, controllerManager, etcd, kubectl] = await Promise.all([
    reported(program('kube-apiserver'), ['--version'], /^Kubernetes v(\S+)/),
    reported(program('kube-controller-manager'), ['--version'], /^Kubernetes v(\S+)/),
    reported(program('etcd'), ['--version'], /^etcd Version: (\S+)/),
    reported(program('kubectl'), ['version', '--client', '--output=json'], /"gitVersion": "v([^"]+)"/),
  ])
  return [
    { name: 'kube-apiserver', version: apiServer, tests },
    { name: 'kube-controller-manager', version: controllerManager, tests },
    { name: 'etcd', version: etcd, tests },
    { name: 'kubectl', version: kubectl, tests: [`kubernetes ${version}/**/*kubectl*`, 'peers/**/*kubectl*'] },
  ]
}

async function awsPeers(): Promise<Peer[]> {
  const python = path.join(peersFolder, 'venv/bin/python')
  const [moto, jsonata, cli, boto3, simulator] = await Promise.all([
    pythonPackage(python, 'moto'),
    pythonPackage(python, 'jsonata-python'),
    reported(path.join(peersFolder, 'venv/bin/aws'), ['--version'], /^aws-cli\/(\S+)/),
    pythonPackage(python, 'boto3'),
    npmPackage('@cloud-copilot/iam-simulate'),
  ])
  return [
    { name: 'moto', version: moto, tests: ['aws on moto/**', 'peers/**/moto*', 'peers/**/state-machines*'] },
    { name: 'jsonata-python', version: jsonata, tests: ['peers/**/state-machines*'] },
    { name: 'AWS CLI', version: cli, tests: ['peers/**/*aws-cli*'] },
    { name: 'boto3', version: boto3, tests: ['peers/**/*aws-cli*'] },
    { name: '@cloud-copilot/iam-simulate', version: simulator, tests: ['peers/**/iam-*'] },
    {
      name: "AWS's documentation",
      version: 'as the tests link it',
      tests: ['peers/**/tokens*', 'peers/**/state-limits*', 'peers/**/state-machines*'],
    },
  ]
}

async function googlePeers(): Promise<Peer[]> {
  const emulator = await pythonPackage(path.join(root, '.sandbox/venv/bin/python'), 'gcp-storage-emulator')
  const server = await goModule(path.join(peersFolder, 'bin/fake-gcs-server'), 'github.com/fsouza/fake-gcs-server')
  return [
    { name: 'gcp-storage-emulator', version: emulator, tests: ['google on gcp-storage-emulator/**'] },
    { name: 'fake-gcs-server', version: server, tests: ['google on fake-gcs-server/**'] },
  ]
}

async function otherPeers(): Promise<Peer[]> {
  return [
    {
      name: 'OpenSSL',
      version: await reported('openssl', ['version'], /^OpenSSL (\S+)/),
      tests: ['peers/**/thumbprints*'],
    },
  ]
}

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

/** What the Go linker wrote into a program that has no command for it: https://pkg.go.dev/runtime/debug#BuildInfo */
async function goModule(program: string, name: string): Promise<string> {
  const content = await readFile(program)
  const start = content.indexOf(`\t${name}\tv`)
  const [, , version] = content.toString('latin1', start, start + 200).split('\t')
  if (start < 0 || version === undefined) throw new Error(`${program} was not built from ${name}`)
  return version.slice(1)
}
