/** The files that comments and pages name. Links of pages: links.test.ts. */
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { matches, read, root } from './support.ts'

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '')
const topFolders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0] ?? ''))
const anyTopFolder = [...topFolders].join('|').replaceAll('.', '\\.')

/** Made by a build. */
const made = ['docs/site/dist', 'portal/dist', 'agent.mjs']

/** The lines of a file in which people write about other files: all lines of a page, the comments of a source. */
function textOf(file: string): string {
  const lines = read(file).split('\n')
  const isText = file.endsWith('.md') ? /./ : /\.(py|sh|toml|ya?ml)$/.test(file) ? /^\s*#/ : /^\s*(\/?\*|\/\/)/
  return lines
    .filter((line) => isText.test(line))
    .map((line) => line.replaceAll(/https?:\/\/\S+/g, ''))
    .join('\n')
}

/** A file or folder at any depth, perhaps without the end of its name, as the suites of vitest name it. */
function exists(name: string): boolean {
  const wanted = `/${name.replace(/^(\.\.?\/)+/, '').replace(/\/$/, '')}`
  return files.some((file) => {
    const at = `/${file}`.indexOf(wanted)
    return at >= 0 && ['', '/', '.'].includes(`/${file}`.charAt(at + wanted.length))
  })
}

function brokenIn(text: string): string[] {
  const named = [
    ...matches(text, /(?<![\w/.@$<{-])((?:\.{1,2}\/)*\w[\w./-]*\.(?:[cm]?ts|tsx|mjs|py|md))\b(?![\w*/-])/g),
    ...matches(text, new RegExp(`(?<![\\w/.@$<{-])((?:${anyTopFolder})/[\\w./-]*\\w)(?![\\w*{]|/[*{])`, 'g')),
  ]
  const isPlaceholder = (name: string) => /^(?:X\.|NNNN-)/.test(name) || made.some((each) => name.endsWith(each))
  return [...new Set(named)].filter((name) => !isPlaceholder(name) && !exists(name))
}

test('finds what does not exist, and only that', () => {
  const text =
    'links.test.ts, test/docs, test/docs/links, and `X.test.ts`; not gone.ts, docs/gone, ../docs/gone.md, links.ts'
  expect(brokenIn(text)).toEqual(['gone.ts', '../docs/gone.md', 'links.ts', 'docs/gone'])
})

test('every file and folder that comments and pages name exists', () => {
  const sources = files.filter((file) => /\.([cm]?ts|tsx|mjs|py|sh|toml|ya?ml|md)$/.test(file))
  const own = sources.filter((file) => !/^(test\/peers\/charts|integrations\/github)\//.test(file))
  const broken = own.flatMap((file) => brokenIn(textOf(file)).map((name) => `${file}: ${name}`))
  expect(broken).toEqual([])
})

test('every folder that docs/architecture.md lists exists', () => {
  const [, tree = ''] = /## Folders\n\n```\n([^`]*)```/.exec(read('docs/architecture.md')) ?? []
  let parent = ''
  const listed = tree.split('\n').flatMap((line) => {
    const names =
      matches(line, /^( *\S+\/(?: +\S+\/)*)/gm)[0]
        ?.split(/ +/)
        .filter((name) => name !== '') ?? []
    if (/^\S/.test(line)) parent = names[0] ?? ''
    return /^\S/.test(line) ? names : names.map((name) => path.join(parent, name))
  })
  expect(listed.length).toBeGreaterThan(30)
  expect(listed.filter((folder) => !files.some((file) => file.startsWith(folder)))).toEqual([])
})
