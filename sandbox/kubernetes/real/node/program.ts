import { createHash } from 'node:crypto'
import { access, constants, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ownWebhook = fileURLToPath(new URL('../../webhook/main.ts', import.meta.url))

/**
 * What stands for the program of the webhook's images: the executable that WEBHOOK_BINARY names, or the sandbox's own, which
 * reads from a variable for which image. It gets no other arguments and no other files than the container's.
 *
 * @throws Error when the executable is not there, or is none
 */
export async function webhookProgram(
  directory: string,
  binary: string | undefined,
): Promise<(image: string) => Promise<string>> {
  if (binary === undefined) return (image) => writeOwn(directory, image)
  const file = path.resolve(binary)
  await access(file, constants.X_OK).catch(() => {
    throw new Error(`WEBHOOK_BINARY is ${binary}, and ${file} is not there or cannot be executed.`)
  })
  return async () => file
}

async function writeOwn(directory: string, image: string): Promise<string> {
  const file = path.join(directory, createHash('sha256').update(image).digest('hex').slice(0, 16))
  const command = [process.execPath, ownWebhook].map(quoted).join(' ')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeFile(file, `#!/bin/sh\nSANDBOX_WEBHOOK_IMAGE=${quoted(image)} exec ${command} "$@"\n`, { mode: 0o700 })
  return file
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
