import type { Step } from '../../client/api.ts'
import { field, type Line } from './line.ts'
import { styled } from './terminal-text.ts'

/** What a step waits for in a few words: a person's task, or else the reason. */
export function waitingTitle({ task, waitingFor = '' }: Step): string {
  return task?.title ?? waitingFor
}

/** A person's commands, each on separate lines below its purpose. The deadline and a reference follow. */
export function taskLines({ task, waitsUntil }: Step): Line[] {
  if (!task) return []
  return [
    ...task.commands.flatMap(({ purpose, command }) => [
      { text: `      ${purpose}:`, hang: 6 },
      ...command
        .split('\n')
        .map((line) => ({ text: `          ${styled('bold', line)}`, hang: 10, isWhole: true as const })),
    ]),
    ...(waitsUntil === undefined ? [] : [field('until', waitsUntil)]),
    ...(task.link === undefined ? [] : [field('more', task.link)]),
  ]
}
