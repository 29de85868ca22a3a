import { link, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, readProcess, thisProcess } from '../../../sandbox/processes.ts'
import { inspectMachine, missingAssets, missingPrerequisites } from './prerequisites.ts'
import { withProgress } from './progress.ts'
import { isBuilt, peersFolder, type Target } from './target.ts'
import { type KubernetesVersion, kubernetesTargets, otherTargets } from './targets.ts'

/**
 * Installs the missing peers, one after another, because each build uses all cores.
 *
 * @param assets the folder of KUBEBUILDER_ASSETS. With it, no Kubernetes is built
 * @param versions the versions of Kubernetes to build without `assets`
 * @throws Error that lists missing prerequisites before any build, or that says which build failed
 */
export async function installPeers(
  assets: string | undefined,
  versions: readonly KubernetesVersion[],
  print: (line: string) => void,
): Promise<void> {
  const desired = [...otherTargets, ...(assets ? [] : kubernetesTargets(versions))]
  requireAll([
    ...missingPrerequisites(
      inspectMachine(),
      desired.filter((target) => !isBuilt(target)),
    ),
    ...(assets ? missingAssets(assets) : []),
  ])
  await buildMissing(desired, print)
}

export async function buildMissing(desired: readonly Target[], print: (line: string) => void): Promise<void> {
  await oneAtATime(path.join(peersFolder, 'installing.json'), print, async () => {
    const missing = desired.filter((target) => !isBuilt(target))
    if (missing.length > 0) print(`Making what is missing, once: ${missing.map(({ name }) => name).join('; ')}`)
    for (const target of missing) await withProgress(target.name, (report) => target.build(report), print)
  })
}

function requireAll(missing: readonly string[]): void {
  if (missing.length === 0) return
  throw new Error(['The peers need what is not here:', ...missing.map((line) => `- ${line}`)].join('\n'))
}

/** Locks the builds, because two processes would overwrite each other's files. A lock of a process that has ended is ignored. */
async function oneAtATime(lock: string, print: (line: string) => void, work: () => Promise<void>): Promise<void> {
  await mkdir(peersFolder, { recursive: true })
  let reported = false
  while (!(await take(lock))) {
    const holder = await readProcess(lock)
    if (holder !== undefined && !isRunning(holder)) await rm(lock, { force: true })
    else if (holder !== undefined && !reported) {
      print(`Process ${holder.pid} is installing the same already: waiting for it`)
      reported = true
    }
    await sleep(250)
  }
  try {
    await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function take(lock: string): Promise<boolean> {
  const own = `${lock}.${process.pid}`
  await writeFile(own, JSON.stringify(thisProcess()))
  try {
    await link(own, lock)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(own)
  }
}
