import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../sandbox/kubernetes/index.ts'
import type { KubeObject } from '../../sandbox/kubernetes/objects.ts'
import { expectFailure } from '../e2e/support/failure.ts'
import { quickSystem } from '../e2e/support/quick.ts'
import { ownCluster } from '../e2e/support/requests.ts'

const running = quickSystem()
const type = 'CertificateSigningRequest'

describe('a cluster at 1.20.9 on which somebody denies the certificate requests of the webhook', () => {
  it('fails the setup and names the request, and goes on to the end when it is deleted and made again', async () => {
    const { kubernetes } = running.system.sandbox
    const own = await ownCluster(running.system, 'denied-csr', 'csr-cluster')
    let allow = () => {}
    kubernetes.onClusterUp((name) => {
      const cluster = name === own.name ? kubernetes.cluster(name) : undefined
      if (cluster) allow = denyRequests(cluster)
    })
    const operation = await running.system.setUp(own.body())
    const cluster = kubernetes.cluster(own.name)
    const denied = cluster?.objects(type).map(({ metadata }) => metadata.name) ?? []
    const name = operation.error?.object.replace(`${type} `, '') ?? ''
    expect(denied).toContain(name)
    expectFailure(running.system, operation, {
      name: 'CertificateRequestRefused',
      step: 'ApproveCsr',
      object: `${type} ${name}`,
      reason: /^somebody denied it$/,
      action: new RegExp(
        `^See why with kubectl describe csr ${name}, then run kubectl delete csr ${name}, restart the webhook's pods`,
      ),
    })

    allow()
    for (const object of [...(cluster?.objects(type) ?? []), ...(cluster?.objects('Pod') ?? [])]) {
      cluster?.store.remove(object)
    }
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})

/** Denies each request as soon as it is made, as a controller of the company may. Gives back what ends that. */
function denyRequests({ store }: Cluster): () => void {
  return store.onHappening(({ type: happened, object }) => {
    if (object.kind === type && happened === 'ADDED') store.put(deniedOf(object))
  })
}

function deniedOf(object: KubeObject): KubeObject {
  const condition = { type: 'Denied', status: 'True', reason: 'Policy', message: 'planted-secret' }
  return { ...object, status: { conditions: [condition] } }
}
