/** Runs a pod whose program ends only when it is made to; to be killed. Arguments: the pod's directory, a word to know it by. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { PodProcess } from '../../../../sandbox/kubernetes/real/node/pod-process.ts'

const [directory = '', word = ''] = process.argv.slice(2)
const program = path.join(directory, 'program')
await writeFile(program, '#!/bin/sh\ntrap "" TERM\nsh -c "sleep 1000; : $1" &\necho started\nwait\n', { mode: 0o700 })
await PodProcess.start(
  {
    program,
    entrypoint: '/webhook',
    command: ['/webhook', word],
    env: { PATH: '/usr/bin:/bin' },
    directory: '/',
    user: 65534,
    group: 65534,
    dropsCapabilities: true,
    mounts: [],
    address: '10.244.0.2',
    api: { address: '10.96.0.1', port: 443, socket: 'api.sock' },
  },
  directory,
  path.join(directory, 'log'),
)
