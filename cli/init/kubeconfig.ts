import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { WrongUse } from '../errors.ts'
import { readText } from '../request-file/files.ts'

export interface Contexts {
  readonly names: readonly string[]
  readonly current?: string
}

const kubeconfig = z.object({
  contexts: z.nullish(z.array(z.object({ name: z.string() }))),
  'current-context': z.nullish(z.string()),
})

/**
 * The contexts of the given file, or of the files in KUBECONFIG, or of ~/.kube/config. Merged as kubectl does:
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 *
 * @throws {WrongUse} when the given file cannot be read, or a file is not a kubeconfig
 */
export async function readContexts(given: string | undefined, environment: NodeJS.ProcessEnv): Promise<Contexts> {
  if (given !== undefined) return contextsIn(await readText(given), given)
  const files = await Promise.all(filesOf(environment).map(contextsOf))
  const current = files.find((file) => file.current !== undefined)?.current
  return { names: [...new Set(files.flatMap(({ names }) => names))], ...(current !== undefined && { current }) }
}

function filesOf({ KUBECONFIG, HOME }: NodeJS.ProcessEnv): string[] {
  if (KUBECONFIG) return KUBECONFIG.split(path.delimiter).filter((file) => file !== '')
  return HOME === undefined ? [] : [path.join(HOME, '.kube', 'config')]
}

/** A missing file has no contexts. kubectl ignores it, too. */
async function contextsOf(file: string): Promise<Contexts> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? { names: [] } : contextsIn(text, file)
}

function contextsIn(text: string, file: string): Contexts {
  const { contexts, 'current-context': current } = kubeconfig.safeParse(valueIn(text)).data ?? notAKubeconfig(file)
  return { names: contexts?.map(({ name }) => name) ?? [], ...(current && { current }) }
}

function valueIn(text: string): unknown {
  try {
    return parse(text)
  } catch {
    // The parser's message quotes the text, which contains secrets.
    return undefined
  }
}

function notAKubeconfig(file: string): never {
  throw new WrongUse(`${file} is not a kubeconfig. Name another one with --kubeconfig, or the cluster with --name.`)
}
