import { open } from 'node:fs/promises'

const tailBytes = 2048

/** The end of a container's log; as much as a kubelet keeps of it in the container's status. */
export async function endOfLog(file: string): Promise<string> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(tailBytes),
      position: Math.max(0, size - tailBytes),
    })
    return buffer.subarray(0, bytesRead).toString()
  } finally {
    await handle.close()
  }
}
