import { vi } from 'vitest'

/** A file does not see what another of its worker has left in a module, such as a client of an AWS that has ended. */
vi.resetModules()
