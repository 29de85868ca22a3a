import { describe, expect, test } from 'vitest'
import { egressProxyFor } from '../../../../lambdas/clouds/network/egress-proxy.ts'

const proxy = 'http://proxy.corp:3128'
const target = { host: 'api.example.com', port: 6443 }

describe('egressProxyFor', () => {
  test('is the proxy of HTTPS_PROXY, in either case, or none', () => {
    expect(egressProxyFor(target, { HTTPS_PROXY: proxy })).toBe(proxy)
    expect(egressProxyFor(target, { https_proxy: proxy })).toBe(proxy)
    expect(egressProxyFor(target, { HTTPS_PROXY: '' })).toBeUndefined()
    expect(egressProxyFor(target, { HTTP_PROXY: proxy })).toBeUndefined()
  })

  test.each([
    '*',
    'api.example.com',
    'API.example.com',
    '.example.com',
    '*.example.com',
    'api.example.com:6443',
    'x, .com',
    'x .com',
  ])('is none when NO_PROXY is %j', (exceptions) =>
    expect(egressProxyFor(target, { HTTPS_PROXY: proxy, NO_PROXY: exceptions })).toBeUndefined(),
  )

  test.each(['', 'example.com', 'api.example.com:443', '.api.example.com', 'i.example.com'])(
    'is the proxy when NO_PROXY is %j',
    (exceptions) => expect(egressProxyFor(target, { HTTPS_PROXY: proxy, NO_PROXY: exceptions })).toBe(proxy),
  )
})
