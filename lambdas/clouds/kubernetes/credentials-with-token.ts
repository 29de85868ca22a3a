import { type Document, isAlias, isCollection, isMap, type Node, parseDocument } from 'yaml'
import { tokenPlace } from './credentials.ts'

/**
 * The value of a secret with a new token for the user that `parseClusterCredentials` reads. Everything else is
 * preserved, including comments, and a JSON value stays JSON.
 *
 * @param value in a form that `parseClusterCredentials` accepts
 * @throws {InvalidCredentials} when the value has no field for a token
 */
export function credentialsWithToken(value: string, token: string, secretArn: string): string {
  const document = parseDocument(value, { logLevel: 'error' })
  const user = tokenPlace(value, secretArn)
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
