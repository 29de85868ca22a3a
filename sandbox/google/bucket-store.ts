import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Policy } from './policy.ts'

export interface BucketResource {
  readonly name: string
  readonly location: string
  readonly labels: Readonly<Record<string, string>>
  readonly metageneration: string
  readonly iamConfiguration: {
    readonly uniformBucketLevelAccess: { readonly enabled: boolean }
    readonly publicAccessPrevention?: 'inherited' | 'enforced'
  }
}

export interface StoredObject {
  readonly body: Buffer
  readonly contentType: string
  readonly cacheControl: string | undefined
}

export interface StoredBucket {
  readonly projectId: string
  readonly resource: BucketResource
  readonly policy: Policy
  readonly objects: Readonly<Record<string, StoredObject>>
}

/** The buckets of all projects. Each bucket is in a file. Writes are synchronous, so that they stay in order. */
export class BucketStore {
  readonly #folder: string
  readonly #buckets: Map<string, StoredBucket>

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
    this.#buckets = new Map(files.map((file) => [path.basename(file, '.json'), this.#read(file)]))
  }

  get(name: string): StoredBucket | undefined {
    return this.#buckets.get(name)
  }

  set(name: string, bucket: StoredBucket): void {
    this.#buckets.set(name, bucket)
    const file = path.join(this.#folder, `${name}.json`)
    writeFileSync(`${file}.new`, JSON.stringify(bucket))
    renameSync(`${file}.new`, file)
  }

  delete(name: string): void {
    this.#buckets.delete(name)
    rmSync(path.join(this.#folder, `${name}.json`))
  }

  #read(file: string): StoredBucket {
    const text = readFileSync(path.join(this.#folder, file), 'utf8')
    return JSON.parse(text, (_, value) => (value?.type === 'Buffer' ? Buffer.from(value) : value))
  }
}
