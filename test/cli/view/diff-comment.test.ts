import { expect, test } from 'vitest'
import { diffComment, type Planned } from '../../../cli/view/diff-comment.ts'
import { operationWith } from '../support/operations.ts'

const counts = { created: 1, updated: 1, adopted: 0, deleted: 0, unchanged: 0, temporary: 0, unknown: 0, problems: 0 }

function differing(object: string, cluster = 'prod-eu'): Planned {
  const operation = operationWith({
    kind: 'plan',
    dryRun: true,
    cluster,
    status: 'succeeded',
    endedAt: '2026-11-25T10:00:02.000Z',
    result: {
      outcome: 'changes',
      writes: [
        {
          step: 'CreateRole',
          object,
          action: 'updated',
          differences: [{ field: 'description', observed: 'old\n```', desired: 'new' }],
        },
      ],
      unknown: [],
      additions: [],
      problems: [],
      summary: { ...counts, created: 0 },
    },
  })
  return { file: 'clusters/prod-eu.yaml', cluster, code: 4, operation }
}

const same: Planned = { file: 'a.yaml', cluster: 'same', code: 0 }

test('a comment lists the clusters, each with its changes collapsed', () => {
  const refused: Planned = { file: 'b.yaml', cluster: 'other', code: 3, message: 'The caller may not do this: ask' }
  expect(diffComment([differing('role/x'), same, refused])).toBe(`### wid diff: 1 of 3 clusters would change

- \` prod-eu \` would change: 1 object (\` clusters/prod-eu.yaml \`)
- \` same \` would not change (\` a.yaml \`)
- \` other \` would be refused (\` b.yaml \`)

<details>
<summary><code>prod-eu</code> would change: 1 object</summary>

\`\`\`\`diff
prod-eu was planned  2.0 s
A setup would write this:
      would update role/x
               description
-                old \`\`\`
+                new
  total     1 to change
\`\`\`\`

</details>

<details>
<summary><code>other</code> would be refused</summary>

\`\`\`diff
The caller may not do this: ask
\`\`\`

</details>`)
})

test('foreign names cannot add markup, HTML or mentions', () => {
  const hostile = '`</code></details>\n# @org/team <img src=x>'
  const comment = diffComment([differing(hostile, hostile)])
  const withoutCode = comment
    .replaceAll(/^(`{3,})diff\n[\s\S]*?\n\1$/gm, '')
    .replaceAll(/(`+) .*? \1(?!`)/g, '')
    .replaceAll(/<code>[^<]*<\/code>/g, '')
  expect(withoutCode).not.toMatch(/img|org|`/)
  expect(withoutCode.match(/<[^>]*>/g)).toEqual(['<details>', '<summary>', '</summary>', '</details>'])
})

test('a comment fits the limit of GitHub, and says how many changes it omits', () => {
  const many = Array.from({ length: 2_000 }, (_, index) => differing('x'.repeat(200), `cluster-${index}`))
  const comment = diffComment(many)
  expect(comment.length).toBeLessThan(65_000)
  expect(comment).toMatch(/^_Omitted, because the length of a comment is limited: 1\d{3} more\._$/m)
})

test('a comment contains the generation of each plan, for people and for --if-generation', () => {
  const comment = diffComment([
    { ...differing('role/x'), generation: 12 },
    { ...same, generation: 0 },
  ])
  expect(comment).toContain('would change: 1 object, from generation 12 (')
  expect(comment).toContain('\n\n<!-- generations prod-eu=12 same=0 -->')
})

test('a comment without all generations has no list for --if-generation', () => {
  expect(diffComment([{ ...differing('role/x'), generation: 12 }, same])).not.toContain('<!--')
  const many = Array.from({ length: 400 }, (_, index) => ({ ...same, cluster: `same-${index}`, generation: index }))
  expect(diffComment(many)).not.toContain('<!--')
})
