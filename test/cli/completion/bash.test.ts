import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { bashScript } from '../../../cli/completion/bash.ts'
import { points } from '../support/points.ts'

const script = bashScript(points)

/** The proposals of bash for the last of these words. A call of compopt stands for bash's own completion of files. */
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

test('proposes the commands after the program, and the subcommands after "get"', () => {
  expect(proposedFor('')).toEqual(expect.arrayContaining(['apply', 'get', 'teardown', 'completion']))
  expect(proposedFor('get', '')).toEqual(['clusters', 'operations', 'workloads', 'help'])
})

test('completes a partial word', () => {
  expect(proposedFor('te')).toEqual(['teardown'])
  expect(proposedFor('get', 'op')).toEqual(['operations'])
  expect(proposedFor('completion', 'f')).toEqual(['fish'])
})

test("proposes a command's own options, and the common options of all commands", () => {
  expect(proposedFor('drift', 'prod', '--re')).toEqual(['--repair', '--region'])
  expect(proposedFor('get', 'clusters', '--re')).toEqual(['--region'])
})

test('proposes the choices of an option, before and after the command', () => {
  expect(proposedFor('get', 'operations', '--status', 'f')).toEqual(['failed'])
  expect(proposedFor('--output', 'json', 'get', 'clusters', '--output', '')).toEqual(['text', 'json', 'markdown'])
})

test("uses bash's own completion after an option with a file", () => {
  expect(proposedFor('apply', '-f', '')).toEqual(['(compopt -o default)'])
  expect(proposedFor('apply', '--file', 'pr')).toEqual(['(compopt -o default)'])
})

test('proposes files itself if bash has no compopt, as on macOS', () => {
  const file = fileURLToPath(import.meta.url)
  expect(proposedBy('compopt() { return 127; }', ['apply', '-f', file.slice(0, -4)])).toEqual([file])
})

test('proposes nothing for unknown values', () => {
  expect(proposedFor('--profile', '')).toEqual([])
  expect(proposedFor('status', '')).toEqual([])
})

test('does not read the argument of a command as a command', () => {
  expect(proposedFor('status', 'get', '')).toEqual([])
})

test('does not run the typed text', () => {
  expect(proposedFor('get', '$(echo clusters)')).toEqual([])
})
