import { describe, expect, it, test } from 'vitest'
import { shortNameOf } from '../../portal/src/api/caller.ts'
import { pathOfOperation } from '../../portal/src/parts/path-of-operation.ts'
import { languageFrom } from '../../portal/src/settings/language.ts'
import { crumbsOf } from '../../portal/src/shell/crumbs.ts'
import { en } from '../../portal/src/texts/en.ts'

describe('the breadcrumbs of a page', () => {
  it('lead from the first page through the list to the entry', () => {
    expect(crumbsOf('/clusters/prod-eu', en)).toEqual([
      { text: 'Workload identity', href: '/workloads' },
      { text: 'Clusters', href: '/clusters' },
      { text: 'prod-eu', href: '/clusters/prod-eu' },
    ])
  })

  it('end at the first page if the list does not exist', () => {
    const first = [{ text: 'Workload identity', href: '/workloads' }]
    expect(crumbsOf('/nowhere/x', en)).toEqual(first)
    expect(crumbsOf('/__proto__/x', en)).toEqual(first)
    expect(crumbsOf('/constructor', en)).toEqual(first)
  })

  it('show an entry with a wrong encoding unchanged', () => {
    expect(crumbsOf('/clusters/%E0%A4%A', en).at(-1)).toEqual({ text: '%E0%A4%A', href: '/clusters/%E0%A4%A' })
    expect(crumbsOf('/clusters/a%20b', en).at(-1)).toEqual({ text: 'a b', href: '/clusters/a%20b' })
  })
})

test('selects the first supported language, whatever its region', () => {
  expect(languageFrom(['', 'fr-FR', 'ja-JP', 'en'])).toBe('ja')
  expect(languageFrom(['toString', 'de'])).toBe('en')
})

test('a problem links only to the page of its operation', () => {
  expect(pathOfOperation('/v1/operations/01a2-1f2e')).toBe('/operations/01a2-1f2e')
  expect(pathOfOperation('/v1/clusters/prod-eu')).toBeUndefined()
  expect(pathOfOperation('https://elsewhere.example/v1/operations/1')).toBeUndefined()
  expect(pathOfOperation(undefined)).toBeUndefined()
})

test('the short name of a caller is its user, its role or its subject', () => {
  expect(shortNameOf('arn:aws:iam::000000000000:user/people/ada')).toBe('ada')
  expect(shortNameOf('arn:aws:iam::000000000000:role/Operators')).toBe('Operators')
  expect(shortNameOf('https://login.example.com/realms/staff#ada@example.com')).toBe('ada@example.com')
})
