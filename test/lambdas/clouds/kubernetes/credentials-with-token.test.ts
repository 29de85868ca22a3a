import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { credentialsWithToken } from '../../../../lambdas/clouds/kubernetes/credentials-with-token.ts'

const withToken = (value: string, token: string) => credentialsWithToken(value, token, 'arn:secret')

/** With two users, of which the context names the second. */
function kubeconfig(token: string, more: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'prod', cluster: { server: 'https://prod.example', 'certificate-authority-data': 'Q0E=' } }],
    users: [
      { name: 'other', user: { token: 'other-token' } },
      { name: 'robot', user: { token, ...more } },
    ],
    contexts: [{ name: 'now', context: { cluster: 'prod', user: 'robot' } }],
    'current-context': 'now',
  }
}

/** A possible token of an API server: those of Kubernetes have no such characters, but none are forbidden. */
const anyToken = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
})

describe('credentials with another token', () => {
  it('have the literal token, whatever replacement patterns are in it', () => {
    for (const token of ["$'", '$`', '$&', '$$', '$1', "a$'b"]) {
      expect(parse(withToken(stringify(kubeconfig('old')), token))).toEqual(kubeconfig(token))
    }
  })

  it('differ only in the token of the current user, although the old token occurs elsewhere', () => {
    const text = stringify(kubeconfig('prod'))
    expect(parse(withToken(text, 'next'))).toEqual(kubeconfig('next'))
  })

  it('stay JSON, in both forms', () => {
    fc.assert(
      fc.property(anyToken, anyToken, fc.constantFrom(undefined, 2), (token, next, indent) => {
        const { caData, server } = { caData: 'A'.repeat(3_000), server: 'https://prod.example' }
        const plain = withToken(JSON.stringify({ server, caData, token }, null, indent), next)
        expect(JSON.parse(plain)).toEqual({ server, caData, token: next })
        const asKubeconfig = withToken(JSON.stringify(kubeconfig(token, { note: caData }), null, indent), next)
        expect(JSON.parse(asKubeconfig)).toEqual(kubeconfig(next, { note: caData }))
      }),
    )
  })

  it('keep all other fields of a kubeconfig', () => {
    const other = fc.dictionary(
      fc.string().filter((name) => name !== 'token' && name !== '__proto__'),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(anyToken, anyToken, other, (token, next, more) => {
        const extensions = { extensions: [JSON.parse(JSON.stringify(more))] }
        const text = withToken(stringify(kubeconfig(token, extensions)), next)
        expect(parse(text)).toEqual(parse(stringify(kubeconfig(next, extensions))))
      }),
    )
  })

  it('keep comments, quotes and blocks', () => {
    const text = (token: string) => `# made by hand
clusters:
  - name: prod # the only one
    cluster:
      server: 'https://prod.example'
      certificate-authority-data: |
        -----BEGIN CERTIFICATE-----
        AAAA
        -----END CERTIFICATE-----
users:
  - name: robot
    user:
      # from wid connect
      token: "${token}" # renewed
contexts:
  - name: now
    context: { cluster: prod, user: robot }
`
    expect(withToken(text('old'), 'next')).toBe(text('next'))
  })

  it('may have the user in an alias', () => {
    const text = stringify(kubeconfig('old')).replace('apiVersion: v1', 'robot: &robot\n  token: old\napiVersion: v1')
    const aliased = text.replace('user:\n      token: old', 'user: *robot')
    expect(aliased).toContain('*robot')
    expect(parse(withToken(aliased, 'next')).users[1].user.token).toBe('next')
  })
})
