import { asString, at, isObject, type JsonObject, objectsIn } from '../../objects.ts'
import { fieldOf } from './fields.ts'
import type { Contents, Reader } from './reader.ts'

/**
 * The variables that the container's `env` names, each with the $(NAME) of those before it replaced.
 *
 * @param known variables that are there already
 * @throws Error that says which Secret, ConfigMap or key is not there
 */
export async function readEnvironment(
  container: JsonObject,
  pod: JsonObject,
  { reader, known }: { reader: Reader; known: Readonly<Record<string, string>> },
): Promise<Record<string, string>> {
  const variables: Record<string, string> = { ...known }
  for (const entry of objectsIn(container.env)) {
    const value = isObject(entry.valueFrom)
      ? await valueFrom(entry.valueFrom, pod, reader)
      : expand(asString(entry.value), variables)
    if (value !== undefined) variables[asString(entry.name)] = value
  }
  return variables
}

/** $(NAME) becomes the variable's value; $$(NAME), and a name that is not there, stay as they are, less one $ the first. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\(([^()]+)\)/g, (found, name: string | undefined) =>
    name === undefined ? '$' : (variables[name] ?? found),
  )
}

async function valueFrom(source: JsonObject, pod: JsonObject, reader: Reader): Promise<string | undefined> {
  if (isObject(source.fieldRef)) return fieldOf(pod, asString(source.fieldRef.fieldPath))
  if (isObject(source.secretKeyRef)) {
    return keyOf(source.secretKeyRef, 'secret', (name) => reader.secret(namespaceOf(pod), name))
  }
  if (isObject(source.configMapKeyRef)) {
    return keyOf(source.configMapKeyRef, 'configmap', (name) => reader.configMap(namespaceOf(pod), name))
  }
  throw new Error(`the sandbox's nodes know no variables from ${Object.keys(source).join(', ')}`)
}

async function keyOf(
  reference: JsonObject,
  kind: string,
  read: (name: string) => Promise<Contents | undefined>,
): Promise<string | undefined> {
  const name = asString(reference.name)
  const key = asString(reference.key)
  const contents = await read(name)
  const value = contents?.get(key)?.toString()
  if (value !== undefined || reference.optional === true) return value
  throw new Error(contents ? `couldn't find key ${key} in ${kind} ${name}` : `${kind} "${name}" not found`)
}

function namespaceOf(pod: JsonObject): string {
  return asString(at(pod, 'metadata', 'namespace'))
}
