import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import { deploymentManifest } from '../../../../lambdas/webhook/desired/manifest.ts'

const container = z.object({ lifecycle: z.optional(z.unknown()) })
const pod = z.object({ spec: z.object({ containers: z.tuple([container]) }) })
const deployment = z.object({ spec: z.object({ template: pod }) })

const parts = { namespace: 'hooks', mode: 'own-ca', image: 'a/b:v0.6.17', replicas: 2, region: 'eu-west-1' } as const

// whole-manifests.test.ts checks each field for one version of Kubernetes before this one, and for one after it.
it('a replica ends ten seconds after its deletion from Kubernetes 1.30 on, which has the sleep action', () => {
  const lifecycleAt = (kubernetesMinor: number) =>
    deployment.parse(deploymentManifest({ ...parts, kubernetesMinor })).spec.template.spec.containers[0].lifecycle
  expect(lifecycleAt(30)).toEqual({ preStop: { sleep: { seconds: 10 } } })
  expect(lifecycleAt(29)).toBeUndefined()
})

// Other tests do not notice the mode of these files: there the sandbox or a local process runs the webhook.
it('a replica may read its certificate and its token as its user', () => {
  const manifest = deploymentManifest({ ...parts, kubernetesMinor: 33 })
  expect(manifest).toMatchObject({
    spec: {
      template: {
        spec: { securityContext: { runAsUser: 65534, fsGroup: 65534 }, volumes: [{ secret: { defaultMode: 0o440 } }] },
      },
    },
  })
  expect(manifest).not.toHaveProperty('spec.template.spec.automountServiceAccountToken')
})
