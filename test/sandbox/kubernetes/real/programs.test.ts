import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findBinaries } from '../../../../sandbox/kubernetes/real/binaries.ts'
import { ClusterFolders } from '../../../../sandbox/kubernetes/real/cluster-folders.ts'
import { untilReady } from '../../../../sandbox/kubernetes/real/ready.ts'
import { type Supervised, startSupervised } from '../../../../sandbox/kubernetes/real/supervised.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'
import { processesOn, untilNoProcessesOn } from '../../support/processes.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeEach(async () => {
  directory = await temporaryDirectory()
})

afterEach(() => directory.remove())

/** Writes a shell script as a program. */
async function program(name: string, script: string): Promise<string> {
  const file = path.join(directory.path, name)
  await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o700 })
  return file
}

/** Ends only at SIGKILL. */
const stubborn = 'trap "" TERM INT HUP; echo up; while :; do sleep 0.1; done'

function start(file: string): Promise<Supervised> {
  const logFile = path.join(directory.path, 'logs', 'program.log')
  return startSupervised({ file, args: [], directory: directory.path, logFile })
}

test('the version of the programs is that of kube-apiserver', async () => {
  await Promise.all(['etcd', 'kube-controller-manager'].map((name) => program(name, '')))
  await program('kube-apiserver', 'echo "Kubernetes v1.37.2"')
  expect((await findBinaries(directory.path)).gitVersion).toBe('v1.37.2')
})

test('the error names a program that is missing or cannot be executed, and the remedy', async () => {
  await Promise.all(['etcd', 'kube-controller-manager'].map((name) => program(name, '')))
  const file = path.join(directory.path, 'kube-apiserver')
  await expect(findBinaries(directory.path)).rejects.toThrow(
    `KUBEBUILDER_ASSETS is ${directory.path}, and ${file} does not exist. The folder must contain etcd, kube-apiserver and`,
  )
  await chmod(await program('kube-apiserver', 'echo "Kubernetes v1.37.2"'), 0o600)
  await expect(findBinaries(directory.path)).rejects.toThrow(`${file} cannot be executed`)
  await chmod(file, 0o700)
  await writeFile(file, '#!/bin/sh\necho "some other program"\n')
  await expect(findBinaries(directory.path)).rejects.toThrow('--version printed "some other program"')
})

test('clusters of another version are not loaded', async () => {
  const folder = path.join(directory.path, 'clusters')
  await mkdir(folder)
  await writeFile(path.join(folder, 'version'), 'v1.21.14')
  const binaries = { etcd: '', apiServer: '', controllerManager: '', gitVersion: 'v1.37.2' }
  await expect(new ClusterFolders(folder, { binaries }).load()).rejects.toThrow(
    `${folder} contains clusters of Kubernetes v1.21.14, but KUBEBUILDER_ASSETS contains v1.37.2`,
  )
  expect(await new ClusterFolders(folder, { binaries: { ...binaries, gitVersion: 'v1.21.9' } }).load()).toEqual([])
})

test('the error for a program that ends before it is ready contains the end of its log', async () => {
  const started = await start(await program('server', 'echo "unknown flag: --colour" >&2; exit 3'))
  await expect(untilReady(async () => false, [started])).rejects.toThrow(
    /^server has ended:\nunknown flag: --colour\n\(complete log: .*program\.log\)$/,
  )
  await started.stop()
})

test('stopping a program ends it, even if it ignores signals', async () => {
  const started = await start(await program('stubborn', stubborn))
  await vi.waitFor(async () => expect(await started.lastLines()).toContain('up'), { timeout: 20_000 })
  expect(started.isRunning()).toBe(true)
  await started.stop()
  await untilNoProcessesOn(directory.path)
})

test('a program ends when the process that started it is killed', async () => {
  const file = await program('stubborn', stubborn)
  const script = path.join(import.meta.dirname, 'support', 'run-supervised.ts')
  const parent = spawn(process.execPath, [script, file, directory.path], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(parent.stdout, 'data')
  expect(await processesOn(directory.path)).not.toEqual([])
  parent.kill('SIGKILL')
  await untilNoProcessesOn(directory.path)
})
