import { readFile } from 'node:fs/promises'
import { ProxyAgent, request } from 'undici'
import * as z from 'zod'
import type { System } from './system.ts'

const keySet = z.object({ keys: z.array(z.object({ kid: z.string() })) })

/** IDs of the keys that the public reads of an issuer, in their order; the status when it reads none. */
export async function publicKids({ sandbox }: System, issuer: string): Promise<readonly string[] | number> {
  const { proxy, authority } = sandbox
  const dispatcher = new ProxyAgent({ uri: proxy.url, requestTls: { ca: await readFile(authority.caFile, 'utf8') } })
  try {
    const { statusCode, body } = await request(`${issuer}/openid/v1/jwks`, { dispatcher })
    const text = await body.text()
    return statusCode === 200 ? keySet.parse(JSON.parse(text)).keys.map(({ kid }) => kid) : statusCode
  } finally {
    await dispatcher.close()
  }
}
