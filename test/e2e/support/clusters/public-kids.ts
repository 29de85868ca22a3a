import { readFile } from 'node:fs/promises'
import { ProxyAgent, request } from 'undici'
import * as z from 'zod'
import type { System } from '../system.ts'

const keySet = z.object({ keys: z.array(z.object({ kid: z.string() })) })

/** IDs of the published keys of an issuer, in their order, or the HTTP status if the request fails. */
export async function publicKids(system: System, issuer: string): Promise<readonly string[] | number> {
  const { statusCode, text } = await publicText(system, `${issuer}/openid/v1/jwks`)
  return statusCode === 200 ? keySet.parse(JSON.parse(text)).keys.map(({ kid }) => kid) : statusCode
}

/** The text of both published documents of an issuer. */
export async function publicDocuments(system: System, issuer: string): Promise<string[]> {
  const paths = ['.well-known/openid-configuration', 'openid/v1/jwks']
  const read = await Promise.all(paths.map((path) => publicText(system, `${issuer}/${path}`)))
  return read.map(({ text }) => text)
}

async function publicText({ sandbox: { proxy, authority } }: System, url: string) {
  const dispatcher = new ProxyAgent({ uri: proxy.url, requestTls: { ca: await readFile(authority.caFile, 'utf8') } })
  try {
    const { statusCode, body } = await request(url, { dispatcher })
    return { statusCode, text: await body.text() }
  } finally {
    await dispatcher.close()
  }
}
