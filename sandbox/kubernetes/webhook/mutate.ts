import { asArray, asString, at, type JsonObject, objectsIn, stringMap } from '../objects/objects.ts'
import { isTrue, type WebhookFlags } from './flags.ts'
import type { WebhookImage } from './images.ts'

const volumeName = 'aws-iam-token'

/** The settings that follow from a service account's annotations and the flags. */
interface Settings {
  readonly roleArn: string
  readonly audience: string
  readonly regionalSts: boolean
  readonly expiration: number
}

/**
 * Returns the JSON patch for a pod of a service account with these annotations, or undefined without a role.
 * The patch is that of pkg/handler/handler.go of amazon-eks-pod-identity-webhook.
 */
export function patchFor(
  pod: JsonObject,
  annotations: Readonly<Record<string, string>>,
  flags: WebhookFlags,
  image: WebhookImage,
): JsonObject[] | undefined {
  const settings = settingsOf(annotations, flags, image)
  if (settings.roleArn === '') return undefined
  const podAnnotations = stringMap(at(pod, 'metadata', 'annotations'))
  const skipped = (podAnnotations[`${flags.annotationPrefix}/skip-containers`] ?? '')
    .split(',')
    .map((name) => name.trim())
  const mutated = (list: unknown) =>
    objectsIn(list).map((container) =>
      skipped.includes(asString(container.name)) ? container : mutateContainer(container, settings, { flags, pod }),
    )
  const volumes = at(pod, 'spec', 'volumes')
  const expiration = expirationOf(podAnnotations, flags, settings.expiration)
  const initContainers = mutated(at(pod, 'spec', 'initContainers'))
  return [
    ...volumePatch(volumes, tokenVolume(settings.audience, expiration)),
    { op: 'add', path: '/spec/containers', value: mutated(at(pod, 'spec', 'containers')) },
    ...(initContainers.length === 0 ? [] : [{ op: 'add', path: '/spec/initContainers', value: initContainers }]),
  ]
}

function settingsOf(annotations: Readonly<Record<string, string>>, flags: WebhookFlags, image: WebhookImage): Settings {
  const read = (name: string) => annotations[`${flags.annotationPrefix}/${name}`]
  const regional = read('sts-regional-endpoints')
  return {
    roleArn: read('role-arn') ?? '',
    audience: read('audience') ?? flags.tokenAudience,
    regionalSts: regional === undefined ? flags.regionalSts : isTrue(regional) !== image.invertsRegionalAnnotation,
    expiration: expirationOf(annotations, flags, flags.tokenExpiration),
  }
}

/** Ignores an expiration that is not a number. The minimum is ten minutes. */
function expirationOf(annotations: Readonly<Record<string, string>>, flags: WebhookFlags, fallback: number): number {
  const text = annotations[`${flags.annotationPrefix}/token-expiration`]
  return text !== undefined && /^-?\d+$/.test(text) ? Math.max(600, Number(text)) : fallback
}

function tokenVolume(audience: string, expirationSeconds: number): JsonObject {
  const serviceAccountToken = { audience, expirationSeconds, path: 'token' }
  return { name: volumeName, projected: { sources: [{ serviceAccountToken }] } }
}

function volumePatch(volumes: unknown, volume: JsonObject): JsonObject[] {
  if (objectsIn(volumes).some(({ name }) => name === volumeName)) return []
  if (volumes === undefined) return [{ op: 'add', path: '/spec/volumes', value: [volume] }]
  return [{ op: 'add', path: '/spec/volumes/0', value: volume }]
}

function mutateContainer(
  container: JsonObject,
  settings: Settings,
  { flags, pod }: { flags: WebhookFlags; pod: JsonObject },
): JsonObject {
  const present = new Set(objectsIn(container.env).map(({ name }) => asString(name)))
  const hasAny = (...names: string[]) => names.some((name) => present.has(name))
  const added = [
    ...(settings.regionalSts && !hasAny('AWS_STS_REGIONAL_ENDPOINTS')
      ? [{ name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' }]
      : []),
    ...(flags.region !== '' && !hasAny('AWS_REGION', 'AWS_DEFAULT_REGION')
      ? [
          { name: 'AWS_DEFAULT_REGION', value: flags.region },
          { name: 'AWS_REGION', value: flags.region },
        ]
      : []),
    ...(hasAny('AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE')
      ? []
      : [
          { name: 'AWS_ROLE_ARN', value: settings.roleArn },
          { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: tokenFile(flags.tokenMountPath, pod) },
        ]),
  ]
  const mounts = objectsIn(container.volumeMounts)
  const mount = { name: volumeName, readOnly: true, mountPath: flags.tokenMountPath }
  return {
    ...container,
    env: [...asArray(container.env), ...added],
    volumeMounts: mounts.some(({ name }) => name === volumeName) ? mounts : [...mounts, mount],
  }
}

function tokenFile(mountPath: string, pod: JsonObject): string {
  const file = `${mountPath}/token`
  const { 'kubernetes.io/os': os, 'beta.kubernetes.io/os': betaOs } = stringMap(at(pod, 'spec', 'nodeSelector'))
  return os === 'windows' || betaOs === 'windows' ? `C:${file.replaceAll('/', '\\')}` : file
}
