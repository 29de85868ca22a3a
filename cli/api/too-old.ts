/**
 * The warning when the API supports no `wid` of this version: docs/compatibility.md. A command from the sources has no version.
 *
 * @param version as in `1.0.0` or `1.0.0-rc.1`
 */
export function tooOld(version: string, { headers }: Response): string | undefined {
  const oldest = headers.get('Workload-Identity-Oldest-Command')
  if (oldest === null || !isVersion(version) || !isVersion(oldest)) return undefined
  if (release(version).localeCompare(release(oldest), 'en', { numeric: true }) >= 0) return undefined
  const deployed = headers.get('Workload-Identity-Version')
  return `wid ${version} is too old for this deployment (${deployed}), which supports ${oldest} and newer. Install the package of its release.`
}

function isVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+/.test(text)
}

/** Without the name of a pre-release: 1.0.0-rc.1 may use what 1.0.0 may. */
function release(version: string): string {
  return version.replace(/-.*$/, '')
}
