import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { WrongUse } from '../errors.ts'
import { readText } from '../read-text.ts'

/** The contexts of a kubeconfig. */
export interface Contexts {
  readonly names: readonly string[]
  readonly current?: string
}

const kubeconfig = z.object({
  contexts: z.nullish(z.array(z.object({ name: z.string() }))),
  'current-context': z.nullish(z.string()),
})

/**
 * The contexts of the file that is given, else of those that KUBECONFIG names, else of ~/.kube/config. As kubectl merges them:
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 *
 * @throws {WrongUse} when the file that is given cannot be read, or one is no kubeconfig
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

/** A file that is not there has none: kubectl passes over it, too. */
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
    // The message of the parser quotes the text, which has secrets.
    return undefined
  }
}

function notAKubeconfig(file: string): never {
  throw new WrongUse(`${file} is no kubeconfig. Name another one with --kubeconfig, or the cluster with --name.`)
}
