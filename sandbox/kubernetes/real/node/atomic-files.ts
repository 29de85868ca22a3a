import { mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Files } from './volume-files.ts'

const current = '..data'

/**
 * Makes these the files of the directory, all at once: they lie in a directory of their own, to which `..data` links, as a
 * kubelet has it (k8s.io/kubernetes/pkg/volume/util/atomic_writer.go). Readers see the old ones or the new ones.
 */
export async function replaceFiles(directory: string, files: Files): Promise<void> {
  const before = await readlink(path.join(directory, current)).catch(() => undefined)
  const version = `..${new Date().toISOString().replaceAll(/[-:]/g, '_')}`
  for (const [name, { content, mode }] of files) {
    const file = path.join(directory, version, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, content, { mode })
  }
  await mkdir(path.join(directory, version), { recursive: true })
  await link(version, path.join(directory, current))
  for (const top of new Set([...files.keys()].map((name) => name.split('/')[0] ?? ''))) {
    await link(path.join(current, top), path.join(directory, top))
  }
  if (before !== undefined && before !== version) await rm(path.join(directory, before), { recursive: true })
}

async function link(target: string, file: string): Promise<void> {
  await symlink(target, `${file}.new`)
  await rename(`${file}.new`, file)
}
