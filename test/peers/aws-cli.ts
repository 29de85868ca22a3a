/** Runs programs of AWS in the environment that a pod gives them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import * as z from 'zod'

/** The fields of a pod that affect the process of its only container. */
const podSchema = z.object({
  spec: z.object({
    containers: z
      .array(
        z.object({
          env: z.array(z.object({ name: z.string(), value: z.string() })),
          volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
        }),
      )
      .length(1),
    volumes: z.array(
      z.object({
        name: z.string(),
        projected: z.optional(
          z.object({
            sources: z.array(
              z.object({
                serviceAccountToken: z.optional(
                  z.object({
                    audience: z.optional(z.string()),
                    expirationSeconds: z.number(),
                    path: z.string(),
                  }),
                ),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
})

/** A token that the kubelet requests and mounts. */
export interface ProjectedToken {
  readonly audience: string
  readonly expirationSeconds: number
  /** Absolute. */
  readonly file: string
}

export interface Container {
  readonly env: Readonly<Record<string, string>>
  /** Without the token for the API server, which has no audience. */
  readonly tokens: readonly ProjectedToken[]
}

/** The environment of the process of a pod's only container. Throws when the pod has another form. */
export function containerOf(pod: unknown): Container {
  const { containers, volumes } = podSchema.parse(pod).spec
  const [container = { env: [], volumeMounts: [] }] = containers
  const mountPaths = new Map(container.volumeMounts.map(({ name, mountPath }) => [name, mountPath]))
  const tokens = volumes.flatMap(({ name, projected }) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken: token }) =>
      token?.audience === undefined
        ? []
        : [{ ...token, audience: token.audience, file: `${mountPaths.get(name)}/${token.path}` }],
    ),
  )
  return { env: Object.fromEntries(container.env.map(({ name, value }) => [name, value])), tokens }
}

export interface Ended {
  readonly status: unknown
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program with only these variables, and with `token` in `file`. The program has its own mount namespace with an
 * empty /var/run, so that the file has exactly this path.
 *
 * @param program a command line whose first word is an absolute path
 */
export async function runWithToken(
  program: readonly string[],
  { env, file, token }: { env: Readonly<Record<string, string>>; file: string; token: string },
): Promise<Ended> {
  const script = 'mount -t tmpfs tmpfs /var/run; mkdir -p "$(dirname "$0")"; cat > "$0"; exec "$@"'
  const child = spawn(
    'unshare',
    ['--user', '--map-root-user', '--mount', 'sh', '-ec', script, file, ...program],
    // Like a container: a PATH, and a home directory without AWS configuration.
    { env: { ...env, PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/var/run' } },
  )
  child.stdin.end(token)
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { status, stdout, stderr }
}
