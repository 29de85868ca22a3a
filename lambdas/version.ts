declare const RELEASE_VERSION: string | undefined

/** The release of this code, as in `1.0.0`: infra/functions/bundle.ts defines it. Code that runs from its sources has none. */
export const version = typeof RELEASE_VERSION === 'undefined' ? 'unreleased' : RELEASE_VERSION

/** The oldest `wid` that can use this API: docs/compatibility.md. */
export const oldestCommand = '1.0.0'
