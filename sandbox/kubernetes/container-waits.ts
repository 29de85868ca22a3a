import { at, isObject, type JsonObject } from './objects/objects.ts'

/** The factor by which the sandbox shortens the waits of containers: 5 seconds take 250 ms. */
const waitScale = 0.05

export function shortened(milliseconds: number): number {
  return milliseconds * waitScale
}

/** Milliseconds between the start of a container and its first readiness probe. */
export function initialDelayMs({ readinessProbe: probe }: JsonObject): number {
  return isObject(probe) ? shortened(Number(probe.initialDelaySeconds ?? 0) * 1000) : 0
}

/** Milliseconds between a container's deletion and the signal to end. */
export function preStopMs(container: JsonObject): number {
  return shortened(Number(at(container, 'lifecycle', 'preStop', 'sleep', 'seconds') ?? 0) * 1000)
}
