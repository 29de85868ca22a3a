import type { Duplex } from 'node:stream'

/**
 * Joins the two ends. Each may close its half while the other still sends; an end that breaks takes the other with it.
 */
export function join(one: Duplex, other: Duplex): void {
  one.pipe(other).pipe(one)
  for (const [end, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    end.on('error', () => peer.destroy())
    end.on('close', () => !end.readableEnded && peer.destroy())
  }
}

/** The streams that are open, to end them all at once. */
export class OpenStreams {
  readonly #open = new Set<Duplex>()

  add<Stream extends Duplex>(stream: Stream): Stream {
    this.#open.add(stream)
    stream.once('close', () => this.#open.delete(stream))
    return stream
  }

  destroy(): void {
    for (const stream of this.#open) stream.destroy()
  }
}
