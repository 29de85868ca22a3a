/**
 * The section of a version in a changelog of https://keepachangelog.com/en/1.1.0/, without its heading.
 *
 * @param version as in `1.0.0`
 * @throws {Error} when the changelog has no section for it
 */
export function releaseNotes(changelog: string, version: string): string {
  const [, ...sections] = changelog.split(/^## /m)
  const found = sections.find((section) => section.startsWith(`[${version}]`))
  if (found === undefined) {
    throw new Error(
      `CHANGELOG.md has no section for ${version}: add "## [${version}] - DATE", or correct the version in package.json`,
    )
  }
  return `${found.slice(found.indexOf('\n')).trim()}\n`
}
