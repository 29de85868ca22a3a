import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endpointFrom } from '../../../cli/api/endpoint.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  directory = await temporaryDirectory()
})
afterAll(() => directory.remove())

const gateway = 'https://abc123.execute-api.eu-west-1.amazonaws.com'

test('the command line names the API before the environment, and its region is in the name that API Gateway gives', () => {
  expect(endpointFrom({ api: `${gateway}/` }, { WID_API: 'https://other' }, '/')).toEqual({
    url: gateway,
    region: 'eu-west-1',
  })
  expect(endpointFrom({}, { WID_API: `${gateway}.cn` }, '/')).toEqual({ url: `${gateway}.cn`, region: 'eu-west-1' })
})

test('the path of an issuer of tokens stays', () => {
  expect(endpointFrom({ api: `${gateway}/staff` }, {}, '/').url).toBe(`${gateway}/staff`)
})

test('an own domain needs the region from an option or the environment', () => {
  const own = { api: 'https://roles.example.com' }
  expect(endpointFrom({ ...own, region: 'us-east-1' }, { AWS_REGION: 'eu-west-1' }, '/').region).toBe('us-east-1')
  expect(endpointFrom(own, { AWS_REGION: 'eu-west-1' }, '/').region).toBe('eu-west-1')
  expect(() => endpointFrom(own, {}, '/')).toThrow('The region of https://roles.example.com is not known')
})

test.for(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'])('%s is signed by nobody', (api) => {
  expect(endpointFrom({ api }, { AWS_REGION: 'eu-west-1' }, '/')).toEqual({ url: api })
})

test.for(['roles.example.com', 'http://roles.example.com', 'ftp://127.0.0.1', ''])('"%s" is no API', (api) => {
  expect(() => endpointFrom({ api }, {}, '/')).toThrow(`"${api}" is not the URL of an API`)
})

test('in a folder of a sandbox, or below it, its API is taken', async () => {
  const below = path.join(directory.path, 'examples', 'more')
  await mkdir(below, { recursive: true })
  expect(() => endpointFrom({}, {}, below)).toThrow('No API is named. Give its URL with --api or in WID_API')
  await mkdir(path.join(directory.path, '.sandbox'))
  await writeFile(path.join(directory.path, '.sandbox', 'sandbox.json'), JSON.stringify({ api: 'http://127.0.0.1:9' }))
  for (const from of [directory.path, below]) expect(endpointFrom({}, {}, from)).toEqual({ url: 'http://127.0.0.1:9' })
})
