import { expect, test } from 'vitest'
import { releaseNotes } from '../../tools/release/notes.ts'

const changelog = `# Changelog

## [Unreleased]

## [1.1.0] - 2027-01-01

### Added

- B

## [1.0.0] - 2026-12-01

- A
`

test('the notes of a release are its section of the changelog', () => {
  expect(releaseNotes(changelog, '1.1.0')).toBe('### Added\n\n- B\n')
  expect(releaseNotes(changelog, '1.0.0')).toBe('- A\n')
})

test('a version without a section is refused', () => {
  expect(() => releaseNotes(changelog, '1.0')).toThrow('CHANGELOG.md has no section for 1.0')
})
