import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'

interface LeaveGuard {
  /** Where the reader was about to go. */
  readonly asked: string | undefined
  readonly leave: () => void
  readonly stay: () => void
}

/**
 * Holds the reader on this page while it has something to lose. Links, the back button and what the page itself goes to are
 * events of the browser: https://developer.mozilla.org/docs/Web/API/Navigation/navigate_event. The router needs none of it.
 *
 * @param hasToAsk whether something would be lost now
 */
export function useLeaveGuard(hasToAsk: () => boolean): LeaveGuard {
  const navigate = useNavigate()
  const [asked, setAsked] = useState<string>()
  const [isLeaving, setLeaving] = useState(false)
  useEffect(() => {
    const guard = (event: NavigateEvent) => {
      const { pathname, search } = new URL(event.destination.url)
      const stays = pathname === window.location.pathname && search === window.location.search
      if (isLeaving || stays || !event.cancelable || !event.destination.sameDocument || !hasToAsk()) return
      event.preventDefault()
      setAsked(pathname + search)
    }
    const unload = (event: BeforeUnloadEvent) => {
      if (!isLeaving && hasToAsk()) event.preventDefault()
    }
    // Browsers from before 2026 have no such events: there only those ask that leave the portal.
    const events = 'navigation' in window ? window.navigation : undefined
    events?.addEventListener('navigate', guard)
    window.addEventListener('beforeunload', unload)
    return () => {
      events?.removeEventListener('navigate', guard)
      window.removeEventListener('beforeunload', unload)
    }
  }, [hasToAsk, isLeaving])
  useEffect(() => {
    if (isLeaving && asked !== undefined) void navigate(asked)
  }, [isLeaving, asked, navigate])
  return { asked, leave: () => setLeaving(true), stay: () => setAsked(undefined) }
}
