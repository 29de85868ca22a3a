/** Whether the registry has a newer version of the webhook than the default. No other test notices that. */
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod/mini'
import { defaultImages } from '../../../lambdas/webhook/desired/choose.ts'
import { isAtLeast, versionOf } from '../../../lambdas/webhook/desired/image.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'

const image = defaultImages['own-ca']
const [, registry = '', repository = ''] = /^([^/]+)\/([^:@]+)/.exec(image) ?? []

const token = z.object({ token: z.string() })
const page = z.object({ tags: z.array(z.string()) })

/**
 * All tags of a repository, by the API of registries: https://distribution.github.io/distribution/spec/api/#listing-image-tags
 *
 * @throws {TypeError} when the registry cannot be reached
 */
async function tagsIn(origin: string, name: string): Promise<string[]> {
  const answer = await fetch(`${origin}/token/?scope=repository:${name}:pull`)
  const headers = { authorization: `Bearer ${token.parse(await answer.json()).token}` }
  const tags: string[] = []
  for (let next: string | undefined = `/v2/${name}/tags/list?n=1000`; next !== undefined; ) {
    const response: Response = await fetch(new URL(next, origin), { headers })
    tags.push(...page.parse(await response.json()).tags)
    next = /<([^>]+)>; *rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1]
  }
  return tags
}

/** The released versions among the tags that are newer than the image. */
function newerThan(reference: string, tags: readonly string[]): string[] {
  const own = versionOf(reference) ?? [0, 0, 0]
  return tags.filter((tag) => {
    const version = /^v\d+\.\d+\.\d+$/.test(tag) ? versionOf(`webhook:${tag}`) : undefined
    return version !== undefined && !isAtLeast(own, version)
  })
}

test('the default image is the newest version', async ({ skip }) => {
  const tags = await tagsIn(`https://${registry}`, repository).catch((error: unknown) => {
    if (!(error instanceof TypeError)) throw error
    return skip(`${registry} cannot be reached from here, so it is not known whether ${image} is the newest version`)
  })
  expect(tags, `${registry} lists the default`).toContain(image.split(':')[1])
  expect(newerThan(image, tags), `newer than ${image}, the default in lambdas/webhook/desired/choose.ts`).toEqual([])
})

test('a newer version on the second page is found, and other tags are not versions', async () => {
  const next = '/v2/a/webhook/tags/list?n=1000&last=latest'
  const answers: Readonly<Record<string, object>> = {
    '/token/?scope=repository:a/webhook:pull': { token: 'anonymous' },
    '/v2/a/webhook/tags/list?n=1000': { tags: ['v0.6.17', 'v0.7.0-rc.1', 'latest'] },
    [next]: { tags: ['v0.6.9', 'v0.6.18', 'v0.10.0', 'v1.0.0-amd64'] },
  }
  const server = createServer(({ url = '' }, response) => {
    if (url.endsWith('n=1000')) response.setHeader('link', `<${next}>; rel="next"`)
    response.end(JSON.stringify(answers[url]))
  })
  onTestFinished(() => void server.close())
  const tags = await tagsIn(`http://127.0.0.1:${await listenOnFreePort(server)}`, 'a/webhook')
  expect(newerThan('registry.example/a/webhook:v0.6.17', tags)).toEqual(['v0.6.18', 'v0.10.0'])
})
