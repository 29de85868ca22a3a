import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kubernetes, startKubernetes } from '../../../sandbox/kubernetes/index.ts'
import { createAuthority } from '../../../sandbox/network/authority.ts'
import { startProxy } from '../../../sandbox/network/proxy.ts'

export { apply, type Sent, send, until } from '../../support/api-requests.ts'

export interface Published {
  readonly bucket: string
  readonly name: string
  readonly body: string
  readonly contentType: string
}

/** The Kubernetes part of the sandbox by itself, in a directory of its own. */
export async function startTestKubernetes() {
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-kubernetes-'))
  const authority = await createAuthority(join(directory, 'authority'))
  const proxy = await startProxy()
  const bastion = await startProxy()
  const published: Published[] = []
  let publishing: () => Promise<void> = async () => {}
  const options = {
    authority,
    proxy,
    bastion,
    directory: join(directory, 'clusters'),
    publish: async (bucket: string, name: string, body: string, contentType: string) => {
      await publishing()
      published.push({ bucket, name, body, contentType })
    },
  }
  let kubernetes: Kubernetes = await startKubernetes(options)
  return {
    proxy,
    bastion,
    published,
    get kubernetes() {
      return kubernetes
    },
    /** Before anything is published; may throw. */
    onPublish(hook: () => Promise<void>) {
      publishing = hook
    },
    /** The file of a cluster. */
    stored: (name: string) => readFile(join(options.directory, `${name}.json`), 'utf8'),
    async restart() {
      await kubernetes.close()
      kubernetes = await startKubernetes(options)
      return kubernetes
    },
    async close() {
      await kubernetes.close()
      await proxy.close()
      await bastion.close()
      await rm(directory, { recursive: true })
    },
  }
}
