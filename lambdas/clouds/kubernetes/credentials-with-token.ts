import { type Document, isAlias, isCollection, isMap, type Node, parseDocument } from 'yaml'
import { tokenPath } from './credentials.ts'

/**
 * Replaces the token in the value of a secret. In a kubeconfig, this is the token of the current context's user.
 * Everything else is preserved, including comments, and a JSON value stays JSON.
 *
 * @param value a value that `parseClusterCredentials` accepts
 * @throws {InvalidCredentials} when the value has no field for a token
 */
export function credentialsWithToken(value: string, token: string, secretArn: string): string {
  const document = parseDocument(value, { logLevel: 'error' })
  const user = tokenPath(value, secretArn)
    .slice(0, -1)
    .reduce<Node | null | undefined>((node, key) => childOf(document, node, key), document.contents)
  if (isMap(user)) user.set('token', token)
  // A folded line would no longer be JSON.
  return document.toString({ lineWidth: 0 })
}

function childOf(document: Document.Parsed, node: unknown, key: string | number): Node | undefined {
  const child: unknown = isCollection(node) ? node.get(key, true) : undefined
  if (isAlias(child)) return child.resolve(document)
  return isCollection(child) ? child : undefined
}
