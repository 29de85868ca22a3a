import { madeMetadata } from '../controllers/writes.ts'
import type { JsonObject, KubeObject } from '../objects/objects.ts'
import type { Store } from '../objects/store.ts'

const group = 'rbac.authorization.k8s.io'
const issuerDiscovery = 'system:service-account-issuer-discovery'

/**
 * Creates the role and the role binding that let service accounts read the documents of their issuer, as an API server
 * does at its start:
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery.
 * The other default roles have no objects here. authorization.ts contains their rules.
 */
export function putBootstrapRoles(store: Store): void {
  for (const object of [role(), binding()]) if (!store.get(object.kind, object.metadata.name)) store.put(object)
}

/** The role as in pkg/authorization/rbac/bootstrappolicy of k8s.io/kubernetes. */
function role(): KubeObject {
  const paths = ['/.well-known/openid-configuration', '/openid/v1/jwks']
  return bootstrap('ClusterRole', {
    rules: [{ verbs: ['get'], nonResourceURLs: paths.flatMap((path) => [path, `${path}/`]) }],
  })
}

function binding(): KubeObject {
  return bootstrap('ClusterRoleBinding', {
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: issuerDiscovery },
    subjects: [{ apiGroup: group, kind: 'Group', name: 'system:serviceaccounts' }],
  })
}

function bootstrap(kind: string, fields: JsonObject): KubeObject {
  return {
    apiVersion: `${group}/v1`,
    kind,
    metadata: {
      ...madeMetadata(issuerDiscovery),
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
      labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
    },
    ...fields,
  }
}
