/** A source of change notifications: the store of an emulated cluster, or a watch on a real cluster. */
export interface ChangeSource {
  /** Calls the listener for each change until the returned function is called. */
  onChange(listener: (change: { readonly object: { readonly kind: string } }) => void): () => void
}

export interface Loop {
  poke(): void
  /** Resolves when the current work has ended. */
  close(): Promise<void>
}

/**
 * Runs `work` when an object of one of the kinds has changed. One run can handle many changes, and runs never overlap.
 * If `work` returns true, it runs again after a while.
 */
export function runLoop(source: ChangeSource, kinds: readonly string[], work: () => Promise<boolean>): Loop {
  const retryMs = 250
  let wanted = false
  let isClosed = false
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const run = async () => {
    while (wanted && !isClosed) {
      // A pause, so that the work sees all writes of one turn, and other code can run.
      await new Promise((resolve) => setImmediate(resolve))
      if (isClosed) break
      wanted = false
      if (await attempt(work)) timer ??= setTimeout(retry, retryMs)
    }
    running = undefined
  }
  const poke = () => {
    wanted = true
    if (!isClosed) running ??= run()
  }
  const retry = () => {
    timer = undefined
    poke()
  }
  const stop = source.onChange(({ object }) => {
    if (kinds.includes(object.kind)) poke()
  })
  poke()
  return {
    poke,
    async close() {
      isClosed = true
      clearTimeout(timer)
      stop()
      await running
    },
  }
}

/** Runs the work. A failure emits a process warning, and causes a retry. */
async function attempt(work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work()
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
    return true
  }
}
