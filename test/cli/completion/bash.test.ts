import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { bashScript } from '../../../cli/completion/bash.ts'
import { places } from '../support/places.ts'

const script = bashScript(places)

/** What bash proposes for the last of these words, with the cursor behind it. Files are left to bash itself. */
function proposedFor(...words: readonly string[]): string[] {
  return proposedBy('compopt() { COMPREPLY+=("(compopt $*)"); }', words)
}

function proposedBy(compopt: string, words: readonly string[]): string[] {
  const ask = `
    ${script}
    ${compopt}
    COMP_WORDS=(wid "$@") COMP_CWORD=$#
    _wid
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const answer = execFileSync('bash', ['-c', ask, 'bash', ...words], { encoding: 'utf8' })
  return answer.split('\n').filter((line) => line !== '')
}

test('commands follow the name of the program, and those of "get" follow it', () => {
  expect(proposedFor('')).toEqual(expect.arrayContaining(['apply', 'get', 'teardown', 'completion']))
  expect(proposedFor('get', '')).toEqual(['clusters', 'operations', 'workloads', 'help'])
})

test('what was begun is completed', () => {
  expect(proposedFor('te')).toEqual(['teardown'])
  expect(proposedFor('get', 'op')).toEqual(['operations'])
  expect(proposedFor('completion', 'f')).toEqual(['fish'])
})

test('options are proposed where they are, and those of all commands everywhere', () => {
  expect(proposedFor('drift', 'prod', '--re')).toEqual(['--repair', '--region'])
  expect(proposedFor('get', 'clusters', '--re')).toEqual(['--region'])
})

test('an option with choices is followed by one of them, before the command and after it', () => {
  expect(proposedFor('get', 'operations', '--status', 'f')).toEqual(['failed'])
  expect(proposedFor('--output', 'json', 'get', 'clusters', '--output', '')).toEqual(['text', 'json', 'markdown'])
})

test('an option with a file is followed by what bash itself proposes', () => {
  expect(proposedFor('apply', '-f', '')).toEqual(['(compopt -o default)'])
  expect(proposedFor('apply', '--file', 'pr')).toEqual(['(compopt -o default)'])
})

test('where bash has no compopt, as on macOS, the names of files are proposed', () => {
  const file = fileURLToPath(import.meta.url)
  expect(proposedBy('compopt() { return 127; }', ['apply', '-f', file.slice(0, -4)])).toEqual([file])
})

test('nothing is proposed for what nobody can guess', () => {
  expect(proposedFor('--profile', '')).toEqual([])
  expect(proposedFor('status', '')).toEqual([])
})

test('a name is no command where a command takes a name', () => {
  expect(proposedFor('status', 'get', '')).toEqual([])
})

test('what was typed is not run', () => {
  expect(proposedFor('get', '$(echo clusters)')).toEqual([])
})
