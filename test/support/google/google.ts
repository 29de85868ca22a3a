import { type Google, startGoogle } from '../../../sandbox/google/server.ts'
import { type Internet, startInternet } from '../network/internet.ts'
import { temporaryDirectory } from '../temporary.ts'

export interface GoogleForTests {
  readonly google: Google
  readonly internet: Internet
  /** Stops it and starts it again on the same directory. */
  restart(): Promise<Google>
  end(): Promise<void>
}

/** The sandbox's Google, which this process reaches by its real host names. */
export async function startGoogleForTests(): Promise<GoogleForTests> {
  const [internet, directory] = await Promise.all([startInternet(), temporaryDirectory()])
  const start = () => startGoogle({ authority: internet.authority, proxy: internet.proxy, directory: directory.path })
  let google = await start()

  return {
    get google() {
      return google
    },
    internet,
    async restart() {
      await google.close()
      google = await start()
      return google
    },
    async end() {
      await google.close()
      await internet.end()
      await directory.remove()
    },
  }
}
