import type { JsonObject, KubeObject } from '../objects/objects.ts'
import type { ChangeSource } from './loop.ts'
import type { Occurrence } from './writes.ts'

/** The API of an emulated or real cluster for its node. */
export interface NodeApi extends ChangeSource {
  readonly port: number
  readonly caPem: string
  list(kind: string, namespace?: string): readonly KubeObject[]
  get(kind: string, name: string, namespace?: string): KubeObject | undefined
  putStatus(pod: KubeObject, status: JsonObject): void | Promise<void>
  reportEvent(pod: KubeObject, occurrence: Occurrence): void | Promise<void>
  tokenOf(pod: KubeObject): Promise<string>
}
