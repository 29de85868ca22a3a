import type { KubeObject } from '../../sandbox/kubernetes/objects.ts'

/** A pod of an annotated account that was made while the webhook was away, and its controller. */
export function podWithoutRole(namespace: string, serviceAccountName: string): KubeObject[] {
  const name = { namespace, resourceVersion: '', creationTimestamp: new Date().toISOString() }
  const labels = { app: 'reports' }
  const spec = { serviceAccountName, containers: [{ name: 'app', image: 'registry.k8s.io/pause:3.10' }] }
  const controller = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'reports',
    uid: 'reports-uid',
    controller: true,
  }
  const template = { metadata: { labels }, spec }
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...name, name: 'reports', uid: 'reports-uid' },
      spec: { replicas: 0, selector: { matchLabels: labels }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...name, name: 'reports-left', uid: 'reports-left-uid', ownerReferences: [controller] },
      spec,
      status: { phase: 'Running' },
    },
  ]
}
