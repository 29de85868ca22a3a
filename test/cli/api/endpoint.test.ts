import { expect, test } from 'vitest'
import { endpointFrom } from '../../../cli/api/endpoint.ts'

const gateway = 'https://abc123.execute-api.eu-west-1.amazonaws.com'

test('the option takes precedence over the environment, and the region is part of the host of API Gateway', () => {
  expect(endpointFrom({ api: `${gateway}/` }, { WID_API: 'https://other' }, undefined)).toEqual({
    url: gateway,
    region: 'eu-west-1',
  })
  expect(endpointFrom({}, { WID_API: `${gateway}.cn` }, undefined)).toEqual({
    url: `${gateway}.cn`,
    region: 'eu-west-1',
  })
})

test('keeps the path of an API with tokens', () => {
  expect(endpointFrom({ api: `${gateway}/staff` }, {}, undefined).url).toBe(`${gateway}/staff`)
})

test('the region of a custom domain is from the option or the environment', () => {
  const own = { api: 'https://roles.example.com' }
  expect(endpointFrom({ ...own, region: 'us-east-1' }, { AWS_REGION: 'eu-west-1' }, undefined).region).toBe('us-east-1')
  expect(endpointFrom(own, { AWS_REGION: 'eu-west-1' }, undefined).region).toBe('eu-west-1')
  expect(endpointFrom(own, {}, undefined)).toEqual({ url: 'https://roles.example.com' })
})

test.for(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'])(
  'requests to %s are not signed',
  (api) => {
    expect(endpointFrom({ api }, { AWS_REGION: 'eu-west-1' }, undefined)).toEqual({ url: api })
  },
)

test.for(['roles.example.com', 'http://roles.example.com', 'ftp://127.0.0.1', ''])('refuses "%s" as an API', (api) => {
  expect(() => endpointFrom({ api }, {}, undefined)).toThrow(`"${api}" is not the URL of an API`)
})

test('without a URL, uses the sandbox if it exists', () => {
  expect(endpointFrom({}, {}, { api: 'http://127.0.0.1:9' })).toEqual({ url: 'http://127.0.0.1:9' })
  expect(() => endpointFrom({}, {}, undefined)).toThrow('No API is named. Give its URL with --api or in WID_API')
})

test('an empty variable counts as not set', () => {
  const sandbox = { api: 'http://127.0.0.1:9' }
  expect(endpointFrom({}, { WID_API: '' }, sandbox)).toEqual({ url: 'http://127.0.0.1:9' })
  expect(endpointFrom({ api: 'https://roles.example.com' }, { AWS_REGION: '' }, undefined)).not.toHaveProperty('region')
})
