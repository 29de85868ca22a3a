/**
 * The warning when the API no longer supports this version of `wid`: docs/compatibility.md. A command that runs
 * from its sources has no version, and gets no warning.
 *
 * @param version as in `1.0.0` or `1.0.0-rc.1`
 */
export function tooOld(version: string, { headers }: Response): string | undefined {
  const oldest = headers.get('Workload-Identity-Oldest-Command')
  if (oldest === null || !isVersion(version) || !isVersion(oldest)) return undefined
  if (release(version).localeCompare(release(oldest), 'en', { numeric: true }) >= 0) return undefined
  const deployed = headers.get('Workload-Identity-Version')
  return `wid ${version} is too old for this deployment (${deployed}), which supports ${oldest} and newer. Install wid from the release of the deployment.`
}

function isVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+/.test(text)
}

/** The version without the name of a pre-release. APIs that support 1.0.0 also support 1.0.0-rc.1. */
function release(version: string): string {
  return version.replace(/-.*$/, '')
}
