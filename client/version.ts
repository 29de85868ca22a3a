declare const RELEASE_VERSION: string | undefined

/** The release of the command or the portal, as in `1.0.0`: their builds define it. Code that runs from its sources has none. */
export const version = typeof RELEASE_VERSION === 'undefined' ? 'unreleased' : RELEASE_VERSION
