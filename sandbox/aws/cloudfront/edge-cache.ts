import type { Answer } from './origin.ts'

/**
 * How long errors of the origin are kept, in seconds, unless a distribution says otherwise, which none here does:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
 */
const errorSeconds = 10

interface Kept {
  readonly answer: Answer
  readonly since: number
}

export interface Hit {
  readonly answer: Answer
  /** Seconds, whole. */
  readonly age: number
}

/** The answers of origins that an edge keeps, by their URL. */
export class EdgeCache {
  /** How long an answer is kept at most; may be changed at any time. */
  seconds: number
  readonly #kept = new Map<string, Kept>()

  constructor(seconds: number) {
    this.seconds = seconds
  }

  /** Undefined for what is not kept, or for too long. */
  get(url: string): Hit | undefined {
    const kept = this.#kept.get(url)
    if (kept === undefined) return undefined
    const age = (Date.now() - kept.since) / 1000
    return age < Math.min(this.seconds, lifetimeOf(kept.answer))
      ? { answer: kept.answer, age: Math.floor(age) }
      : undefined
  }

  put(url: string, answer: Answer): void {
    if (this.seconds > 0) this.#kept.set(url, { answer, since: Date.now() })
  }

  /** Of what would be answered without asking the origin. */
  urls(): string[] {
    return [...this.#kept.keys()].filter((url) => this.get(url) !== undefined)
  }

  clear(): void {
    this.#kept.clear()
  }
}

/**
 * How long the origin lets an answer be kept, in seconds. Without a word of it CloudFront keeps it for a day:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
 */
function lifetimeOf({ status, headers }: Answer): number {
  if (status >= 400) return errorSeconds
  const control = headers['cache-control'] ?? ''
  if (/\b(no-cache|no-store|private)\b/.test(control)) return 0
  const [, seconds] = /\bmax-age=(\d+)/.exec(control) ?? []
  return seconds === undefined ? 24 * 60 * 60 : Number(seconds)
}
