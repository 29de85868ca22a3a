import { asString, at, isObject, type JsonObject, type KubeObject, objectsIn, stringsIn } from '../objects/objects.ts'
import { pairOf, type ServingCertificate } from '../webhook/certificate-manager.ts'
import { parseFlags, type WebhookFlags } from '../webhook/flags.ts'
import { pullWebhook, type WebhookImage } from '../webhook/images.ts'
import type { NodeApi } from './node-api.ts'

/** Why a container does not run, for its status and an event. */
export interface ContainerFailure {
  /** `ErrImagePull`, `CrashLoopBackOff`, ... */
  readonly reason: string
  readonly message: string
  readonly event: string
}

/** A container that can run: the webhook's command line and, with --in-cluster=false, its mounted certificate. */
export interface Runnable {
  readonly args: readonly string[]
  readonly flags: WebhookFlags
  readonly image: WebhookImage
  readonly mounted?: ServingCertificate
}

export function prepareWebhook(
  pod: KubeObject,
  container: JsonObject,
  store: Pick<NodeApi, 'get'>,
): Runnable | ContainerFailure {
  const reference = asString(container.image)
  const image = pullWebhook(reference)
  if (!image) return cannotPull(reference)
  const refused = refusedByNode(pod, container)
  if (refused) return refused
  const [entrypoint = '/webhook', ...command] = stringsIn(container.command)
  if (entrypoint !== '/webhook') return notStarted(entrypoint)
  const args = [...command, ...stringsIn(container.args)].map((argument) => expand(argument, pod, container))
  try {
    // The args of the container replace the CMD of the image, which is --logtostderr.
    const flags = parseFlags(args, image)
    const bound = refusedPort(pod, container, flags.port)
    if (bound) return bound
    const runnable = { args, flags, image }
    return flags.inCluster ? runnable : withMounted(runnable, container, { pod, store })
  } catch (error) {
    return crashed(error instanceof Error ? error.message : String(error))
  }
}

function cannotPull(reference: string): ContainerFailure {
  const message = `failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${reference}: not found`
  return { reason: 'ErrImagePull', message, event: 'Failed' }
}

function notStarted(entrypoint: string): ContainerFailure {
  const message = `failed to create containerd task: exec: "${entrypoint}": stat ${entrypoint}: no such file or directory: unknown`
  return { reason: 'RunContainerError', message, event: 'Failed' }
}

export function crashed(message: string): ContainerFailure {
  return { reason: 'CrashLoopBackOff', message: `back-off restarting failed container: ${message}`, event: 'BackOff' }
}

/** The user of the image is root, so a container with runAsNonRoot and without runAsUser does not start. */
function refusedByNode(pod: KubeObject, container: JsonObject): ContainerFailure | undefined {
  if (securityOf(pod, container, 'runAsNonRoot') !== true || userOf(pod, container) !== 0) return undefined
  const message = `container has runAsNonRoot and image will run as root (pod: "${pod.metadata.name}_${pod.metadata.namespace}", container: ${asString(container.name)})`
  return { reason: 'CreateContainerConfigError', message, event: 'Failed' }
}

function securityOf(pod: KubeObject, container: JsonObject, field: string): unknown {
  return at(container, 'securityContext', field) ?? at(pod, 'spec', 'securityContext', field)
}

function userOf(pod: KubeObject, container: JsonObject): number {
  return Number(securityOf(pod, container, 'runAsUser') ?? 0)
}

/**
 * Ports below 1024 need root with NET_BIND_SERVICE. Root has this capability by default, but `drop: [ALL]` removes it.
 * For other users, an added capability is not ambient, so only the sysctl allows the port.
 */
function refusedPort(pod: KubeObject, container: JsonObject, port: number): ContainerFailure | undefined {
  const sysctls = objectsIn(at(pod, 'spec', 'securityContext', 'sysctls'))
  const first = sysctls.find(({ name }) => name === 'net.ipv4.ip_unprivileged_port_start')?.value ?? '1024'
  if (port >= Number(first)) return undefined
  const dropped = stringsIn(at(container, 'securityContext', 'capabilities', 'drop'))
  const added = stringsIn(at(container, 'securityContext', 'capabilities', 'add'))
  const isDropped = dropped.includes('ALL') || dropped.includes('NET_BIND_SERVICE')
  const mayBind = userOf(pod, container) === 0 && (!isDropped || added.includes('NET_BIND_SERVICE'))
  return mayBind ? undefined : crashed(`Error listening: "listen tcp :${port}: bind: permission denied"`)
}

/** Expands $(NAME) from the container's env. As in Kubernetes, unknown names are not replaced. */
function expand(argument: string, pod: KubeObject, container: JsonObject): string {
  const env = new Map(objectsIn(container.env).map((entry) => [asString(entry.name), envValue(entry, pod)]))
  return argument.replaceAll(/\$\(([\w.-]+)\)/g, (text, name: string) => env.get(name) ?? text)
}

function envValue(entry: JsonObject, pod: KubeObject): string {
  const path = asString(at(entry, 'valueFrom', 'fieldRef', 'fieldPath'))
  return path === '' ? asString(entry.value) : asString(at(pod, ...path.split('.')))
}

function withMounted(
  runnable: Runnable,
  container: JsonObject,
  from: { pod: KubeObject; store: Pick<NodeApi, 'get'> },
): Runnable | ContainerFailure {
  const { flags } = runnable
  const key = readMounted(flags.tlsKey, container, from)
  const cert = readMounted(flags.tlsCert, container, from)
  for (const [file, content] of [
    [flags.tlsCert, cert],
    [flags.tlsKey, key],
  ]) {
    if (content === undefined)
      return crashed(`Error initializing certwatcher: "open ${file}: no such file or directory"`)
  }
  const mounted = pairOf({ data: { 'tls.key': key, 'tls.crt': cert } })
  if (!mounted)
    return crashed('Error initializing certwatcher: "tls: failed to find any PEM data or to match key and certificate"')
  return { ...runnable, mounted }
}

/** Returns the base64 content of a file that a Secret mounts into the container, or undefined if there is no file. */
function readMounted(
  file: string,
  container: JsonObject,
  { pod, store }: { pod: KubeObject; store: Pick<NodeApi, 'get'> },
): string | undefined {
  const mount = objectsIn(container.volumeMounts).find(({ mountPath }) => file.startsWith(`${asString(mountPath)}/`))
  const volume = objectsIn(at(pod, 'spec', 'volumes')).find(({ name }) => name === mount?.name)
  const source = volume?.secret
  if (!mount || !isObject(source)) return undefined
  const path = file.slice(asString(mount.mountPath).length + 1)
  const items = objectsIn(source.items)
  const key = items.length === 0 ? path : asString(items.find((item) => item.path === path)?.key)
  const content = at(store.get('Secret', asString(source.secretName), pod.metadata.namespace), 'data', key)
  return typeof content === 'string' ? content : undefined
}

/** Returns the first volume whose Secret is missing. */
export function missingSecret(
  pod: KubeObject,
  store: Pick<NodeApi, 'get'>,
): { volume: string; secret: string } | undefined {
  for (const volume of objectsIn(at(pod, 'spec', 'volumes'))) {
    const name = asString(at(volume, 'secret', 'secretName'))
    const isOptional = at(volume, 'secret', 'optional') === true
    if (name === '' || isOptional || isTokenSecret(name, pod)) continue
    if (!store.get('Secret', name, pod.metadata.namespace)) return { volume: asString(volume.name), secret: name }
  }
  return undefined
}

/** Before 1.21, admission mounts a Secret of the service account, which the sandbox does not create. */
function isTokenSecret(name: string, pod: KubeObject): boolean {
  return name.startsWith(`${asString(at(pod, 'spec', 'serviceAccountName'))}-token-`)
}
