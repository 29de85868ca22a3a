declare const RELEASE_VERSION: string | undefined

/** The release of the command or the portal, as in `1.0.0`. Their builds define it. */
export const version = typeof RELEASE_VERSION === 'undefined' ? 'unreleased' : RELEASE_VERSION
