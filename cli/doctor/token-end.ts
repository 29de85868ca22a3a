import { parse } from 'yaml'
import * as z from 'zod/mini'

/** The forms of a secret: a kubeconfig, and `{ server, caData, token }`. */
const kubeconfig = z.object({ users: z.array(z.object({ user: z.object({ token: z.string() }) })) })
const plain = z.object({ token: z.string() })
const claims = z.object({ exp: z.number() })

/** When the token in a secret ends. Undefined where there is no token, or one without an end. */
export function tokenEnd(secret: string): Date | undefined {
  const document = readable(() => parse(secret, { logLevel: 'silent' }))
  const token = plain.safeParse(document).data?.token ?? kubeconfig.safeParse(document).data?.users[0]?.user.token
  const payload = token?.split('.')[1] ?? ''
  const { exp } = claims.safeParse(readable(() => JSON.parse(Buffer.from(payload, 'base64url').toString()))).data ?? {}
  return exp === undefined ? undefined : new Date(exp * 1000)
}

/** The message of a parser quotes what it reads, which is secret. */
function readable(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return undefined
  }
}
