import { closeSync, constants, openSync } from 'node:fs'

/** Sockets in a directory, by paths that are short enough for them wherever it lies: 107 bytes is all they may have. */
export interface SocketDirectory {
  /** For connect and listen of this process alone. */
  path(name: string): string
  close(): void
}

/** Linux only, as all that uses it: see proc(5) on /proc/pid/fd. */
export function openSocketDirectory(directory: string): SocketDirectory {
  const file = openSync(directory, constants.O_DIRECTORY)
  return {
    path: (name) => `/proc/self/fd/${file}/${name}`,
    close: () => closeSync(file),
  }
}
