import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ClusterSettings } from '../clusters/cluster.ts'
import type { Keeper } from '../clusters/fleet.ts'
import { RealCluster, type RealClusterOptions } from './cluster.ts'

/** The programs that clusters run. */
export type Programs = Omit<RealClusterOptions, 'directory'>

const versionFile = 'version'

/** Keeps each real cluster in its own folder, with the data of its programs. */
export class ClusterFolders implements Keeper<RealCluster> {
  readonly #directory: string
  readonly #programs: Programs

  constructor(directory: string, programs: Programs) {
    this.#directory = directory
    this.#programs = programs
  }

  /** @throws Error when the folder has data of another minor version, which the programs may be unable to read */
  async load(): Promise<RealCluster[]> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    await this.#requireVersion()
    const entries = await readdir(this.#directory, { withFileTypes: true })
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    const starts = await Promise.allSettled(
      names.map((name) => RealCluster.load({ ...this.#programs, directory: this.#folderOf(name) })),
    )
    const started = starts.filter((start) => start.status === 'fulfilled').map(({ value }) => value)
    const failed = starts.find((start) => start.status === 'rejected')
    if (!failed) return started
    await Promise.all(started.map((cluster) => cluster.close()))
    throw failed.reason
  }

  /** Ignores the requested version: the cluster has the version of the programs. */
  create({ gitVersion: _requested, ...settings }: ClusterSettings): Promise<RealCluster> {
    return RealCluster.create({ ...this.#programs, directory: this.#folderOf(settings.name), settings })
  }

  close(cluster: RealCluster): Promise<void> {
    return cluster.close()
  }

  async remove(cluster: RealCluster): Promise<void> {
    await cluster.close()
    await rm(this.#folderOf(cluster.name), { recursive: true, force: true })
  }

  #folderOf(name: string): string {
    return path.join(this.#directory, name)
  }

  async #requireVersion(): Promise<void> {
    const file = path.join(this.#directory, versionFile)
    const { gitVersion } = this.#programs.binaries
    const kept = await readFile(file, 'utf8').catch(() => undefined)
    if (kept !== undefined && minorOf(kept) !== minorOf(gitVersion)) {
      throw new Error(
        `${this.#directory} contains clusters of Kubernetes ${kept}, but KUBEBUILDER_ASSETS contains ${gitVersion}. Start with another --state FOLDER, or delete the state in this folder: npm run sandbox -- reset -- --state FOLDER.`,
      )
    }
    await writeFile(file, gitVersion)
  }
}

function minorOf(gitVersion: string): string | undefined {
  return /^v1\.\d+/.exec(gitVersion)?.[0]
}
