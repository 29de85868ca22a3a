import { vi } from 'vitest'

/** Each file gets new modules, without the state of other files of its worker, such as a client of an AWS that has ended. */
vi.resetModules()
