import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { asString, at, type JsonObject, type KubeObject, objectsIn } from '../../objects.ts'
import { replaceFiles } from './atomic-files.ts'
import { type Files, filesOf, type VolumeSources } from './volume-files.ts'

/** A volume could not be filled: an event tells of it, and the pod waits. */
export class MountFailed extends Error {}

/** A pod's volumes, as directories. */
export class PodVolumes {
  readonly #directory: string
  readonly #volumes: readonly JsonObject[]
  readonly #sources: VolumeSources
  readonly #written = new Map<string, Files>()

  constructor(directory: string, pod: KubeObject, sources: VolumeSources) {
    this.#directory = directory
    this.#volumes = objectsIn(at(pod, 'spec', 'volumes'))
    this.#sources = sources
  }

  path(volume: JsonObject): string {
    return path.join(this.#directory, asString(volume.name))
  }

  /**
   * Brings the files to what the API server has now.
   *
   * @throws MountFailed for what is not there
   */
  async refresh(): Promise<void> {
    for (const volume of this.#volumes) await this.#refresh(volume)
  }

  async #refresh(volume: JsonObject): Promise<void> {
    const name = asString(volume.name)
    const files = await filesOf(volume, this.#sources).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw new MountFailed(`MountVolume.SetUp failed for volume "${name}" : ${reason}`)
    })
    const written = this.#written.get(name)
    if (written && isDeepStrictEqual(written, files)) return
    await mkdir(this.path(volume), { recursive: true })
    if (!files) return
    await replaceFiles(this.path(volume), files)
    this.#written.set(name, files)
  }
}
