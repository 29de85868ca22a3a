import { chmod, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type Machine, missingAssets, missingPrerequisites } from '../peers/install/prerequisites.ts'
import { kubernetesTargets, kubernetesVersions, otherTargets } from '../peers/install/targets.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const kubernetes = kubernetesTargets(kubernetesVersions)
const complete: Machine = { platform: 'linux', go: 'go1.26.8', openssl: 'OpenSSL 3.0.19', hasNamespaces: true }

test('a complete machine misses nothing', () => {
  expect(missingPrerequisites(complete, kubernetes)).toEqual([])
})

test.each<[string, Partial<Machine>, RegExp]>([
  ['Go', { go: undefined }, /^Go 1\.21 or newer, to build etcd .*Kubernetes 1\.37.*apt-get install golang/],
  ['a Go that fetches newer ones', { go: 'go1.19.8' }, /this is go1\.19\.8/],
  ['OpenSSL', { openssl: undefined }, /apt-get install openssl/],
  ['namespaces for users', { hasNamespaces: false }, /^Linux namespaces .*max_user_namespaces/],
  ['Linux', { platform: 'darwin' }, /^Linux/],
])('a machine without %s is told so, with what brings it', (_, lacking, message) => {
  expect(missingPrerequisites({ ...complete, ...lacking }, kubernetes)).toEqual([expect.stringMatching(message)])
})

test('Go is not needed when nothing is left to build with it', () => {
  const inPython = otherTargets.filter(({ needsGo }) => !needsGo)
  expect(missingPrerequisites({ ...complete, go: undefined }, inPython)).toEqual([])
})

test('each program that KUBEBUILDER_ASSETS lacks is named', async () => {
  const directory = await temporaryDirectory()
  for (const name of ['kube-apiserver', 'etcd', 'kubectl']) {
    await writeFile(path.join(directory.path, name), '', { mode: 0o755 })
  }
  await chmod(path.join(directory.path, 'kubectl'), 0o644)
  const missing = missingAssets(directory.path)
  await directory.remove()
  expect(missing).toEqual([
    expect.stringMatching(`^kube-controller-manager: KUBEBUILDER_ASSETS is ${directory.path}`),
    expect.stringMatching(/^kubectl: /),
  ])
})
