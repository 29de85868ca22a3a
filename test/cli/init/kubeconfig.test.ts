import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readContexts } from '../../../cli/init/kubeconfig.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const directory = await temporaryDirectory()
afterAll(() => directory.remove())

async function fileOf(name: string, text: string): Promise<string> {
  const file = path.join(directory.path, name)
  await writeFile(file, text)
  return file
}

function kubeconfigOf(names: readonly string[], current?: string): string {
  const contexts = names.map((name) => ({ name, context: { cluster: name, user: 'me' } }))
  return stringify({ apiVersion: 'v1', kind: 'Config', contexts, 'current-context': current })
}

const dev = await fileOf('dev', kubeconfigOf(['dev', 'both']))
const prod = await fileOf('prod', kubeconfigOf(['prod', 'both'], 'prod'))
const absent = path.join(directory.path, 'absent')

test('reads only the given file', async () => {
  expect(await readContexts(dev, { KUBECONFIG: prod })).toEqual({ names: ['dev', 'both'] })
})

test('merges the files of KUBECONFIG like kubectl: the first current context wins', async () => {
  const other = await fileOf('other', kubeconfigOf(['other'], 'other'))
  const KUBECONFIG = [dev, absent, prod, other].join(path.delimiter)
  expect(await readContexts(undefined, { KUBECONFIG })).toEqual({
    names: ['dev', 'both', 'prod', 'other'],
    current: 'prod',
  })
})

test('finds no contexts without a kubeconfig', async () => {
  expect(await readContexts(undefined, { HOME: directory.path })).toEqual({ names: [] })
  expect(await readContexts(undefined, {})).toEqual({ names: [] })
})

test('finds no contexts in a kubeconfig that kubectl has emptied', async () => {
  const empty = await fileOf('empty', 'apiVersion: v1\ncontexts: null\ncurrent-context: ""\nkind: Config\n')
  expect(await readContexts(empty, {})).toEqual({ names: [] })
})

test('reports a given file that does not exist', async () => {
  await expect(readContexts(absent, {})).rejects.toThrow(/absent: there is no such file or folder\./)
})

test.for(['users: [{ token: secret-1 }', 'contexts: secret-1'])(
  'refuses %j as a kubeconfig, without its text in the error',
  async (text) => {
    const file = await fileOf('broken', text)
    const error: unknown = await readContexts(undefined, { KUBECONFIG: file }).catch((caught: unknown) => caught)
    expect(String(error)).toContain(`${file} is not a kubeconfig`)
    expect(String(error)).not.toContain('secret-1')
  },
)
