import type { Call } from '../context.ts'
import { randomSuffix } from '../objects/names.ts'
import {
  asArray,
  asString,
  ensureObject,
  isObject,
  type JsonObject,
  type KubeObject,
  objectsIn,
} from '../objects/objects.ts'
import { forbidden } from '../requests/status.ts'

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Changes a pod as the admission plug-ins ServiceAccount, Priority and DefaultTolerationSeconds do.
 *
 * @throws ApiError 403 if the service account does not exist
 */
export function admitServiceAccount(pod: KubeObject, { cluster, target }: Call): void {
  const spec = ensureObject(pod, 'spec')
  const name = asString(spec.serviceAccountName) || 'default'
  const account = cluster.store.get('ServiceAccount', name, pod.metadata.namespace)
  if (!account) {
    const place = `${pod.metadata.namespace}/${name}`
    const message = `pods "${pod.metadata.name}" is forbidden: error looking up service account ${place}: serviceaccount "${name}" not found`
    throw forbidden(message, { name: pod.metadata.name, kind: target.type.plural })
  }
  Object.assign(spec, { serviceAccountName: name, serviceAccount: name })
  if ((spec.automountServiceAccountToken ?? account.automountServiceAccountToken) !== false)
    mountToken(spec, cluster.minor)
  spec.priority ??= 0
  spec.preemptionPolicy ??= 'PreemptLowerPriority'
  spec.tolerations = [...asArray(spec.tolerations), ...missingTolerations(spec)]
}

function missingTolerations(spec: JsonObject): JsonObject[] {
  const present = objectsIn(spec.tolerations).map(({ key }) => key)
  return ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !present.includes(key))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))
}

/** Mounts a projected token. Before Kubernetes 1.21, mounts a Secret of the service account. */
function mountToken(spec: JsonObject, minor: number): void {
  const containers = [...objectsIn(spec.containers), ...objectsIn(spec.initContainers)]
  const without = containers.filter(
    ({ volumeMounts }) => !objectsIn(volumeMounts).some(({ mountPath }) => mountPath === tokenPath),
  )
  if (without.length === 0) return
  const name =
    minor >= 21 ? `kube-api-access-${randomSuffix()}` : `${asString(spec.serviceAccountName)}-token-${randomSuffix()}`
  spec.volumes = [...asArray(spec.volumes).filter(isObject), tokenVolume(name, minor)]
  for (const container of without) {
    container.volumeMounts = [...asArray(container.volumeMounts), { name, readOnly: true, mountPath: tokenPath }]
  }
}

function tokenVolume(name: string, minor: number): JsonObject {
  if (minor < 21) return { name, secret: { secretName: name, defaultMode: 420 } }
  return {
    name,
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  }
}
