/**
 * The sandbox's webhook as a program of its own, started as the real one is: the same command line, the same mounted files.
 * SANDBOX_WEBHOOK_IMAGE says for which image it stands; left out: the newest.
 */
import { once } from 'node:events'
import { listenEverywhere } from '../../network/listen.ts'
import { parseFlags, type WebhookFlags } from './flags.ts'
import { newestImage, pullWebhook, type WebhookImage } from './images.ts'
import { inClusterAccess } from './in-cluster.ts'
import { metricsServer } from './metrics.ts'
import { readMounted, watchMounted } from './mounted-certificate.ts'
import { WebhookServer } from './server.ts'

/** Of pflag for a command line that it does not take, and of klog.Fatal. */
const exitCodes = { usage: 2, fatal: 255 }

async function main(): Promise<void> {
  const reference = process.env.SANDBOX_WEBHOOK_IMAGE ?? newestImage
  const image = pullWebhook(reference) ?? end(exitCodes.usage, `there is no image ${reference}`)
  const server = await start(flagsFor(image), image)
  await once(process, 'SIGTERM')
  log('Gracefully shutting down')
  await server.shutDown()
  process.exit(0)
}

function flagsFor(image: WebhookImage): WebhookFlags {
  try {
    return parseFlags(process.argv.slice(2), image)
  } catch (error) {
    return end(exitCodes.usage, messageOf(error))
  }
}

async function start(flags: WebhookFlags, image: WebhookImage): Promise<WebhookServer> {
  const api = await inClusterAccess(process.env).catch(fatal('Error creating config'))
  const mounted = flags.inCluster ? undefined : await readMounted(flags).catch(fatal('Error initializing certwatcher'))
  const server = new WebhookServer({ flags, image, api, ...(mounted && { mounted }) })
  if (mounted) void watchMounted(flags, mounted, (pair) => server.useCertificate(pair))
  await server.listenAsTold().catch(fatal('Error listening', `listen tcp :${flags.port}: bind`))
  await listenEverywhere(metricsServer(image), flags.metricsPort).catch(
    fatal('Error listening', `listen tcp :${flags.metricsPort}: bind`),
  )
  log(`Listening on :${flags.port}, for metrics on :${flags.metricsPort}`)
  return server
}

/** Ends the program with what went wrong, as klog.Fatalf("...: %q") does. */
function fatal(what: string, where?: string): (error: unknown) => never {
  return (error) => {
    const reason = where === undefined ? messageOf(error) : `${where}: ${wordsOf(error)}`
    return end(exitCodes.fatal, `${what}: ${JSON.stringify(reason)}`)
  }
}

/** Go's for the same failure of the system. */
function wordsOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return { EACCES: 'permission denied', EADDRINUSE: 'address already in use' }[code] ?? messageOf(error)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function end(code: number, message: string): never {
  log(message)
  process.exit(code)
}

function log(message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${message}\n`)
}

await main()
