import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type Kubernetes, startKubernetes } from '../../../sandbox/kubernetes/index.ts'
import { type Authority, createAuthority } from '../../../sandbox/network/authority.ts'
import { type ConnectProxy, startProxy } from '../../../sandbox/network/proxy.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

export { apply, type Sent, send, until } from '../../support/kubernetes/api-requests.ts'

interface Published {
  readonly bucket: string
  readonly name: string
  readonly body: string
  readonly contentType: string
}

/** Runs the sandbox's Kubernetes alone during the tests of a file. Call it at the top of the file. */
export function testKubernetes() {
  const published: Published[] = []
  let publishing: () => Promise<void> = async () => {}
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  let proxy: ConnectProxy
  let bastion: ConnectProxy
  let authority: Authority
  let kubernetes: Kubernetes
  const start = () =>
    startKubernetes({
      authority,
      proxy,
      bastion,
      directory: join(directory.path, 'clusters'),
      async publish(bucket: string, name: string, body: string, contentType: string) {
        await publishing()
        published.push({ bucket, name, body, contentType })
      },
    })
  beforeAll(async () => {
    directory = await temporaryDirectory()
    authority = await createAuthority(join(directory.path, 'authority'))
    proxy = await startProxy()
    bastion = await startProxy()
    kubernetes = await start()
  })
  afterAll(async () => {
    await kubernetes.close()
    await proxy.close()
    await bastion.close()
    await directory.remove()
  })
  return {
    published,
    get proxy() {
      return proxy
    },
    get bastion() {
      return bastion
    },
    get kubernetes() {
      return kubernetes
    },
    /** Sets a hook that runs before each publication. It may throw. */
    onPublish(hook: () => Promise<void>) {
      publishing = hook
    },
    /** The stored file of a cluster. */
    stored: (name: string) => readFile(join(directory.path, 'clusters', `${name}.json`), 'utf8'),
    async restart() {
      await kubernetes.close()
      kubernetes = await start()
      return kubernetes
    },
  }
}
