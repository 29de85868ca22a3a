import path from 'node:path'

/** How the tests of one file ended in one project of vitest.config.ts. */
export interface FileResult {
  readonly project: string
  /** Relative to the repository: `test/peers/thumbprints.test.ts`. */
  readonly file: string
  readonly passed: number
  readonly failed: number
}

/** A program that the sandbox or the steps are compared with. */
export interface Peer {
  readonly name: string
  readonly version: string
  /** The tests that use it, as globs of `PROJECT/FILE`. */
  readonly tests: readonly string[]
}

export interface Checked extends Peer {
  readonly passed: number
  readonly failed: number
}

/** The peers with the numbers of their tests. A test may use several peers. */
export function checkedPeers(peers: readonly Peer[], results: readonly FileResult[]): Checked[] {
  return peers.map((peer) => {
    const own = results.filter((result) => isOf(peer, result))
    return { ...peer, passed: sum(own, 'passed'), failed: sum(own, 'failed') }
  })
}

/** A table for the terminal, with a heading. */
export function checkedTable(checked: readonly Checked[]): string {
  const rows = checked.map(({ name, version, passed, failed }) => [name, version, tests(passed, failed)])
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const [names, versions] = [width(0), width(1)]
  const lines = rows.map(([name = '', version = '', outcome = '']) =>
    [name.padEnd(names), version.padEnd(versions), outcome].join('  '),
  )
  return ['What was checked, and on what:', ...lines.map((line) => `  ${line}`)].join('\n')
}

function tests(passed: number, failed: number): string {
  return failed === 0 ? `${passed} passed` : `${passed} passed, ${failed} failed`
}

/** Whether the tests of a file use the peer. */
export function isOf({ tests }: Pick<Peer, 'tests'>, { project, file }: Pick<FileResult, 'project' | 'file'>): boolean {
  return tests.some((glob) => path.matchesGlob(`${project}/${file}`, glob))
}

function sum(results: readonly FileResult[], outcome: 'passed' | 'failed'): number {
  return results.reduce((total, result) => total + result[outcome], 0)
}
