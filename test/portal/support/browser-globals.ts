import { vi } from 'vitest'

/** Gives modules of the portal what they need of a browser: URLs relative to the page, and an empty local storage. */
export function stubBrowser(): void {
  vi.stubGlobal(
    'Request',
    class extends Request {
      constructor(input: string | URL | Request, init?: RequestInit) {
        super(typeof input === 'string' ? new URL(input, 'https://portal.example') : input, init)
      }
    },
  )
  vi.stubGlobal('localStorage', { getItem: () => null })
}
