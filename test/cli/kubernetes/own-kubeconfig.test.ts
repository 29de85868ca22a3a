import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { WrongUse } from '../../../cli/errors.ts'
import { ownKubeconfig } from '../../../cli/kubernetes/own-kubeconfig.ts'
import { setEnvironment } from '../../support/environment.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  directory = await temporaryDirectory()
})
afterAll(() => directory.remove())

async function fileOf(
  name: string,
  ...contexts: readonly (readonly [name: string, server: string])[]
): Promise<string> {
  const file = path.join(directory.path, name)
  const config = {
    'current-context': contexts[0]?.[0],
    clusters: contexts.map(([cluster, server]) => ({ name: cluster, cluster: { server } })),
    contexts: contexts.map(([cluster]) => ({ name: cluster, context: { cluster, user: 'me' } })),
    users: [{ name: 'me', user: { token: 'secret' } }],
  }
  await writeFile(file, stringify(config))
  return file
}

test('a given file and context take precedence over those of kubectl', async () => {
  const file = await fileOf('two.yaml', ['one', 'https://one.example'], ['two', 'https://two.example'])
  expect(ownKubeconfig(file, undefined).getCurrentCluster()?.server).toBe('https://one.example')
  expect(ownKubeconfig(file, 'two').getCurrentCluster()?.server).toBe('https://two.example')
  const restore = setEnvironment({ KUBECONFIG: await fileOf('three.yaml', ['three', 'https://three.example']) })
  try {
    expect(ownKubeconfig(undefined, undefined).getCurrentContext()).toBe('three')
  } finally {
    restore()
  }
})

test('reports a missing context, file and kubeconfig', async () => {
  const file = await fileOf('one.yaml', ['one', 'https://one.example'])
  expect(() => ownKubeconfig(file, 'other')).toThrow('It has one: name one with --context.')
  expect(() => ownKubeconfig(`${file}.not`, undefined)).toThrow(`${file}.not is not there.`)
  const restore = setEnvironment({ KUBECONFIG: '', HOME: directory.path })
  try {
    expect(() => ownKubeconfig(undefined, undefined)).toThrow('There is no kubeconfig for a cluster')
  } finally {
    restore()
  }
})

test('the error for an invalid kubeconfig does not contain its text', async () => {
  const file = path.join(directory.path, 'broken.yaml')
  await writeFile(file, 'users: [{ user: { token: "super-secret }')
  expect(() => ownKubeconfig(file, undefined)).toThrow(new WrongUse(`${file} is not a kubeconfig.`))
})
