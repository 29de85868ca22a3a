import {
  cannotPull,
  notStarted,
  refusedByNode,
  securityOf,
  type Trouble,
  userOf,
} from '../../controllers/containers.ts'
import { asString, at, isObject, type JsonObject, type KubeObject, objectsIn, stringsIn } from '../../objects.ts'
import { pullWebhook } from '../../webhook/images.ts'
import { expand } from './environment.ts'
import type { PodSpec } from './pod-process.ts'

/** Of the webhook's images: what runs where the container does not say, and with which arguments. */
const entrypoint = '/webhook'
const defaultArguments = ['--logtostderr']

/** What keeps the container from being made, as a node and its container runtime say it. */
export function refusalOf(pod: KubeObject, container: JsonObject): Trouble | undefined {
  const image = asString(container.image)
  if (!pullWebhook(image)) return cannotPull(image)
  const refused = refusedByNode(pod, container)
  if (refused) return refused
  const [first = entrypoint] = stringsIn(container.command)
  return first === entrypoint ? undefined : notStarted(first)
}

/** The container's part of what its process is started with. */
export function processSpec(
  pod: KubeObject,
  container: JsonObject,
  env: Readonly<Record<string, string>>,
): Pick<PodSpec, 'entrypoint' | 'command' | 'directory' | 'user' | 'group' | 'dropsCapabilities' | 'env'> {
  const given = stringsIn(container.command)
  const args = container.args === undefined && given.length === 0 ? defaultArguments : stringsIn(container.args)
  const command = [...(given.length === 0 ? [entrypoint] : given), ...args].map((part) => expand(part, env))
  return {
    entrypoint,
    command,
    env,
    directory: asString(container.workingDir) || '/',
    user: userOf(pod, container),
    group: Number(securityOf(pod, container, 'runAsGroup') ?? 0),
    dropsCapabilities: stringsIn(at(container, 'securityContext', 'capabilities', 'drop')).includes('ALL'),
  }
}

/** The volumes that the container mounts, each as often as it does so. */
export function mountsOf(pod: KubeObject, container: JsonObject): readonly Mounted[] {
  const volumes = objectsIn(at(pod, 'spec', 'volumes'))
  return objectsIn(container.volumeMounts).flatMap(({ name, mountPath, readOnly }) => {
    const volume = volumes.find((one) => one.name === name)
    const isWritable = isObject(volume?.emptyDir) && readOnly !== true
    return volume ? [{ volume, mountPath: asString(mountPath), readOnly: !isWritable }] : []
  })
}

export interface Mounted {
  readonly volume: JsonObject
  readonly mountPath: string
  readonly readOnly: boolean
}
