import { describe, expect, test } from 'vitest'
import {
  filteredField,
  filteredManager,
  filteredReason,
  filteredSentence,
  filteredTime,
  shortenedList,
  unnamed,
} from '../../../../lambdas/clouds/kubernetes/shown.ts'

/** A token as API servers create it: header, claims and signature. */
const jwt = [
  { alg: 'RS256', kid: 'Vh5Ey7Rr1bOkMx0Vk4pS2dJ0eBq1u9cLq0Wq1mUe2nA' },
  { aud: ['sts.amazonaws.com'], iss: 'https://issuer.example', sub: 'system:serviceaccount:default:s3-reader' },
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('s'.repeat(342))
  .join('.')

/** Texts that are no field, manager, reason or time. */
const strange = [
  jwt,
  `Bearer ${jwt}`,
  `.${jwt}`,
  '',
  'a sentence that somebody wrote',
  '<script>',
  'a\0b',
  'a\nb',
  `a${'b'.repeat(100)}`,
  'é',
]

describe("the shown part of a server's texts", () => {
  test.each([
    '.spec.replicas',
    'spec.networking.vpcID',
    '.metadata.annotations.eks.amazonaws.com/role-arn',
    'metadata.annotations[eks.amazonaws.com/role-arn]',
    '.spec.template.spec.containers[name="main"].image',
    '.spec.ports[port=443,protocol="TCP"].targetPort',
    '.metadata.finalizers[="example.com/protection"]',
    'spec.containers[0].env[10].value',
  ])('is a field: %s', (field) => {
    expect(filteredField(field)).toBe(field)
  })

  test.each([
    'kubectl',
    'kubectl-client-side-apply',
    'helm',
    'before-first-apply',
    'kube-controller-manager',
    'Mozilla',
  ])('is a manager: %s', (manager) => {
    expect(filteredManager(manager)).toBe(manager)
  })

  test.each(['FieldValueInvalid', 'Unknown', 'ImagePullBackOff'])('is a reason: %s', (reason) => {
    expect(filteredReason(reason)).toBe(reason)
  })

  test.each(['2026-11-25T19:00:00Z', '2026-11-25T10:03:00.000001Z', '2026-11-25T19:00:00+01:00'])(
    'is a time: %s',
    (time) => {
      expect(filteredTime(time)).toBe(time)
    },
  )

  test.each(strange)('is nothing of a text of another form: %j', (text) => {
    expect([filteredField(text), filteredManager(text), filteredReason(text)]).toEqual([unnamed, unnamed, unnamed])
    expect(filteredTime(text)).toBeUndefined()
  })

  test.each(['2026-13-45T19:00:00Z', `Nov 25 2026 (${jwt})`])('is no invalid time: %s', (text) => {
    expect(filteredTime(text)).toBeUndefined()
  })

  test('is a sentence in one line, without the tokens in it', () => {
    expect(filteredSentence(`it sent\n Bearer ${jwt}, and eyes.eyebrows`)).toBe(
      'it sent  Bearer (a token), and eyes.eyebrows',
    )
  })

  test('is the beginning of a list', () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}`)
    expect(shortenedList(names(10))).toBe('0, 1, 2, 3, 4, 5, 6, 7, 8, 9')
    expect(shortenedList(names(100_000))).toBe('0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 99990 more')
  })

  test('is found in linear time, however long the text is', () => {
    const long = ['a'.repeat(5_000_000), 'a.'.repeat(2_500_000), '["'.repeat(2_500_000), 'ey'.repeat(2_500_000)]
    for (const text of long) {
      expect([filteredField(text), filteredManager(text), filteredReason(text), filteredTime(text)]).not.toContain(text)
      expect(filteredSentence(text)).toBe(text)
    }
  })
})
